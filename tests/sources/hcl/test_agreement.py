"""Configuration and plan agree: the same instances, no duty judged otherwise, nothing met that the plan does not know."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sources.factories import addresses
from tfsrm import api
from tfsrm.assess.compose import checklist
from tfsrm.assess.trees import decoded
from tfsrm.model.checklist import ToolInfo
from tfsrm.model.world import Input

ROOT = Path(__file__).parents[3] / "fixtures"
ROOTS = [*sorted((ROOT / "configuration").glob("*/plan.json")), ROOT / "web-app-created" / "plan.json"]


def verdicts(source: Input) -> dict[tuple[str, str, str], str]:
    """(control, address, facet) -> verdict."""
    found = checklist([source], api.open_knowledge(), date(2026, 1, 1), ToolInfo(name="tfsrm", version="0"))
    return {(d.control, d.address or "", f.id): f.verdict for d in found.duties for f in d.facets if d.verdict}


@pytest.mark.parametrize("plan", ROOTS, ids=lambda p: p.parent.name)
def test_the_same_instances_and_verdicts(plan: Path) -> None:
    [by_plan], [by_hcl] = api.read_inputs(str(plan)), api.read_inputs(str(plan.parent))
    assert by_hcl.not_seen == ()
    assert addresses(by_hcl.after) == addresses(by_plan.after)
    expected, found = verdicts(by_plan), verdicts(by_hcl)
    decided = {key: verdict for key, verdict in expected.items() if verdict in ("met", "unmet")}
    otherwise = {
        key: (v, found.get(key)) for key, v in decided.items() if found.get(key) not in (v, "unknown", "attest")
    }
    claimed = [key for key, verdict in expected.items() if verdict == "unknown" and found.get(key) == "met"]
    undecided = [key for key in decided if found.get(key) in ("unknown", "attest")]
    assert (otherwise, claimed, undecided) == ({}, [], [])


@pytest.mark.parametrize("plan", ROOTS, ids=lambda p: p.parent.name)
def test_what_is_known_of_an_attribute_is_what_the_plan_shows(plan: Path) -> None:
    """Every known leaf of the configuration that the plan knows too is the same there."""
    [by_plan], [by_hcl] = api.read_inputs(str(plan)), api.read_inputs(str(plan.parent))
    shown = {r.address: decoded(r.values) for r in by_plan.after.resources}
    different = [
        (resource.address, path, mine, theirs)
        for resource in by_hcl.after.resources
        for path, mine, theirs in leaves(decoded(resource.values), shown[resource.address], "")
        if mine != theirs
    ]
    assert different == []


def leaves(mine: Any, theirs: Any, path: str) -> list[tuple[str, Any, Any]]:
    """Path and both values, of every leaf that both know. Sets come in any order, and policies are normalised by AWS."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return [leaf for k in mine.keys() & theirs.keys() for leaf in leaves(mine[k], theirs[k], f"{path}.{k}")]
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        pairs = zip(_ordered(mine), _ordered(theirs), strict=True)
        return [leaf for i, (a, b) in enumerate(pairs) for leaf in leaves(a, b, f"{path}[{i}]")]
    if isinstance(mine, str) and isinstance(theirs, str) and mine[:1] == theirs[:1] == "{":
        return [(path, sorted(json.loads(mine)), sorted(json.loads(theirs)))]
    return [] if mine is None or theirs is None else [(path, mine, theirs)]


def _ordered(items: list[Any]) -> list[Any]:
    return sorted(
        items, key=lambda i: json.dumps(i, sort_keys=True) if not isinstance(i, dict) else str(i.get("from_port"))
    )
