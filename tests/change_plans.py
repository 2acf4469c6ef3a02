"""The plans of ../shared/data/plans/change--*: what they do to each resource, read from the plan document itself."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec

from tests.conftest import SHARED
from tests.why import blocks, prior

FOLDER = SHARED / "data" / "plans"
PLANS = sorted(p.name.removeprefix("change--").removesuffix(".json.gz") for p in FOLDER.glob("change--*.json.gz"))
NOT_HERE = "needs the shared folder beside the repository (real plans)"
AWS = ("registry.terraform.io/hashicorp/aws", "registry.opentofu.org/hashicorp/aws")

Plan = dict[str, Any]
Change = dict[str, Any]


def path_of(name: str) -> Path:
    """The file of a change plan."""
    return FOLDER / f"change--{name}.json.gz"


def plan_of(name: str) -> Plan:
    """The document of a change plan."""
    return dict(json.loads(gzip.decompress(path_of(name).read_bytes())))


class Passage(msgspec.Struct, frozen=True):
    """Addresses of managed AWS resource instances by what the plan does to them."""

    created: set[str]
    updated: set[str]
    replaced: set[str]
    deleted: set[str]
    untouched: set[str]
    """no-op, with or without a move or an import; forgotten."""
    moved: dict[str, str]
    """new address -> old address."""
    imported: set[str]
    forgotten: set[str]
    rekeyed: set[str]
    """Old and new addresses of blocks of which instances are deleted and others, that differ in a key only, created."""


def passage(plan: Plan) -> Passage:
    """What a plan does, by its ``resource_changes`` alone."""
    out = Passage(set(), set(), set(), set(), set(), {}, set(), set(), set())
    for row in changes(plan):
        address, actions = row["address"], row["change"]["actions"]
        _place(out, actions).add(address)
        if actions == ["forget"]:
            out.forgotten.add(address)
        if "importing" in row["change"]:
            out.imported.add(address)
        if row.get("previous_address", address) != address:
            out.moved[address] = row["previous_address"]
    out.rekeyed.update(_rekeyed(plan, out))
    return out


def changes(plan: Plan) -> list[Change]:
    """The rows of managed AWS resources that are no deposed objects."""
    rows = plan.get("resource_changes", [])
    return [r for r in rows if r["mode"] == "managed" and r["provider_name"] in AWS and not r.get("deposed")]


def _place(out: Passage, actions: list[str]) -> set[str]:
    if set(actions) == {"create", "delete"}:
        return out.replaced
    places = {"create": out.created, "update": out.updated, "delete": out.deleted}
    return places.get(actions[0], out.untouched)


def _rekeyed(plan: Plan, way: Passage) -> set[str]:
    """Of each block as many deletes as there are creates, and the other way round; which of them is the tool's choice."""
    found: set[str] = set()
    names = blocks(plan)
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for row in changes(plan):
        gone, made = groups.setdefault(names[row["address"]], ([], []))
        if row["address"] in way.deleted:
            gone.append(row["address"])
        elif row["address"] in way.created:
            made.append(row["address"])
    for gone, made in groups.values():
        if gone and made:
            assert len(gone) == len(made), "a plan of which it is not plain what became of what"
            found.update(gone, made)
    return found


def prior_addresses(plan: Plan) -> set[str]:
    """The managed AWS instances of the prior state."""
    return {r["address"] for r in prior(plan) if r["mode"] == "managed" and r["provider_name"] in AWS}
