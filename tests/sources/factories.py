"""Builds small plans, states and state files as Terraform writes them."""

from __future__ import annotations

import json
from typing import Any

from tfsrm.model.world import Input, Resource, World
from tfsrm.sources import read_bytes

AWS = "registry.terraform.io/hashicorp/aws"


def row(address: str, actions: str, before: Any = None, after: Any = None, **fields: Any) -> dict[str, Any]:
    """One of ``resource_changes``; fields of the change (``after_unknown`` ...) and of the row together."""
    kind, _, name = address.rpartition(".aws_")[2].partition(".")
    own = {k: fields.pop(k) for k in CHANGE_FIELDS & fields.keys()}
    change = {"actions": actions.split(), "before": before, "after": after, **MASKS, **own}
    named = {"type": f"aws_{kind.removeprefix('aws_')}", "name": name.partition("[")[0]}
    return {"address": address, "mode": "managed", **named, "provider_name": AWS, "change": change, **fields}


CHANGE_FIELDS = {"after_unknown", "before_sensitive", "after_sensitive", "replace_paths", "importing"}
MASKS: dict[str, Any] = {"after_unknown": {}, "before_sensitive": {}, "after_sensitive": {}}


def plan(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A plan with these resource changes."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": list(rows),
        "configuration": {"root_module": {}},
        **fields,
    }


def held(address: str, values: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An object of a state."""
    kind, _, name = address.rpartition(".aws_")[2].partition(".")
    named = {"type": f"aws_{kind.removeprefix('aws_')}", "name": name.partition("[")[0]}
    return {"address": address, "mode": "managed", **named, "provider_name": AWS, "values": values, **fields}


def prior(*resources: dict[str, Any], modules: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A ``prior_state`` (or a whole state)."""
    root: dict[str, Any] = {"resources": list(resources)}
    if modules:
        root["child_modules"] = modules
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}}


def state_file(*resources: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A raw state file."""
    return {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {},
            "resources": list(resources), **fields}  # fmt: skip


def read_json(document: Any) -> Input:
    """Read one document."""
    [source] = read_bytes(json.dumps(document).encode())
    return source


def addresses(world: World | None) -> list[str]:
    """The addresses of a world's managed resources, sorted."""
    return sorted(r.address for r in world.resources) if world else []


def at(world: World | None, address: str) -> Resource:
    """The one resource (or data source) at an address."""
    assert world is not None
    [found] = [r for r in (*world.resources, *world.data) if r.address == address]
    return found


def tree(raw: Any) -> Any:
    """An attribute tree, decoded."""
    return json.loads(bytes(raw)) if raw is not None and not isinstance(raw, dict | bool) else raw
