"""A local correction for whoever disagrees: a duty copied into the user's own mapping folder, to edit there."""

from __future__ import annotations

import os
from typing import Any

import msgspec
import yaml

from tfsrm.catalog.folder import load_folder
from tfsrm.catalog.shapes import did_you_mean
from tfsrm.errors import UsageError
from tfsrm.model.catalog import (
    Catalog,
    ResourceType,
    Service,
    TypeDuty,
    decommission_duties,
    standing_duties,
)

_HEAD = "# Local corrections of tfsrm's catalogue: see mappings/README.md, and check them with `tfsrm catalog lint {folder}`.\n"


def override(catalog: Catalog, resource_type: str, control: str, folder: str, because: str | None) -> str:
    """Write the correction; returns what was written where. ``because``: switch the duty off, for this reason.

    Raises UsageError where the type has no such duty, or where the folder already says something of the type.
    """
    entry = catalog.entry(resource_type)
    if entry is None:
        near = did_you_mean(resource_type, catalog.index.types)
        raise UsageError(f"{resource_type}: not a resource type of the catalogue{near}")
    stem = catalog.index.types[resource_type]
    standing, decommission = _duties(entry.type, catalog, control)
    if not standing and not decommission:
        known = sorted({d.control for duties in _duties(entry.type, catalog) for d in duties})
        raise UsageError(f"{resource_type} has no duty {control}\n  It has {', '.join(known) or 'none'}.")
    body: dict[str, Any] = {"type": resource_type, "role": entry.type.role}
    if because is not None:
        body["without"] = [{"control": control, "because": because}]
    else:
        body |= {"duties": [_plain(d) for d in standing]} if standing else {}
        body |= {"on_delete": [_plain(d) for d in decommission]} if decommission else {}
    return _written(os.path.join(folder, "aws", f"{stem}.yaml"), folder, entry.service, body)


def _duties(kind: ResourceType, catalog: Catalog, control: str = "") -> tuple[list[TypeDuty], list[TypeDuty]]:
    """Standing and decommission duties of a type; of one control, or all."""
    role = next(r for r in catalog.index.roles if r.id == kind.role)
    return (
        [d for d in standing_duties(kind, role) if control in ("", d.control)],
        [d for d in decommission_duties(kind, role) if control in ("", d.control)],
    )


def _plain(duty: TypeDuty) -> dict[str, Any]:
    """A duty as people write it, without the note of where it came from."""
    tree: dict[str, Any] = msgspec.to_builtins(duty, builtin_types=())
    return {name: value for name, value in tree.items() if name != "rule"}


def _written(path: str, folder: str, service: Service, body: dict[str, Any]) -> str:
    there = _read(path)
    entry = _indented(yaml.safe_dump([body], sort_keys=False, allow_unicode=True, width=120))
    if there is None:
        head = {"service": service.service, "model": service.model, "sources": msgspec.to_builtins(service.sources[:1])}
        there = _HEAD.format(folder=folder) + yaml.safe_dump(head, sort_keys=False, width=120) + "resources:\n"
    elif f"type: {body['type']}\n" in there:
        raise UsageError(f"{path}: {body['type']} is in there already\n  Add this to it by hand:\n{entry}")
    text = there.rstrip("\n") + "\n" + entry
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(text)
    problems = load_folder(folder, folder).problems
    if problems:
        raise UsageError(f"{path}: written, and not yet right\n  " + "\n  ".join(problems))
    return f"{path}: {body['type']}. Edit it, then: tfsrm analyze plan.json --mappings {folder}\n"


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as handle:
            return handle.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}\n  Give another folder with --into.") from None


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
