"""Every real plan is analysed, and every managed AWS resource instance in it is accounted for."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tfsrm import api
from tfsrm.assess.compose import checklist
from tfsrm.assess.knowledge import Knowledge
from tfsrm.model.checklist import Checklist, ToolInfo
from tfsrm.report.table_duties import duties
from tfsrm.report.view import View

PLANS = sorted((SHARED / "data" / "plans").glob("*.json.gz"))
CASES = [
    pytest.param(path, id=name, marks=[pytest.mark.slow] if name == "scale--20000" else [])
    for path in PLANS
    for name in [path.name.removesuffix(".json.gz")]
]
AWS = ("registry.terraform.io/hashicorp/aws", "registry.opentofu.org/hashicorp/aws")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return api.open_knowledge()


@pytest.fixture(scope="module")
def first_types(shared: Path) -> set[str]:
    with (shared / "data" / "first-types.csv").open() as file:
        return {row["resource_type"] for row in csv.DictReader(file)}


def found_in(path: Path, knowledge: Knowledge) -> Checklist:
    return checklist(api.read_inputs(str(path)), knowledge, date(2026, 11, 24), ToolInfo(name="tfsrm", version="0"))


def instances(plan: dict[str, Any]) -> dict[str, str]:
    """address -> type of every managed AWS instance of the plan and of its prior state; deposed ones by key."""
    out: dict[str, str] = {}
    for change in plan.get("resource_changes", []):
        if change["mode"] == "managed" and change["provider_name"] in AWS:
            out[named(change["address"], change.get("deposed"))] = change["type"]
    for resource in prior(plan.get("prior_state", {}).get("values", {}).get("root_module", {})):
        if resource["mode"] == "managed" and resource["provider_name"] in AWS:
            out.setdefault(named(resource["address"], resource.get("deposed_key")), resource["type"])
    return out


def named(address: str, deposed: str | None) -> str:
    return f"{address} (deposed {deposed})" if deposed else address


def prior(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from prior(child)


@pytest.mark.skipif(not PLANS, reason="needs the shared folder beside the repository (real plans)")
@pytest.mark.parametrize("path", CASES)
def test_every_instance_is_a_duty_or_has_none(path: Path, knowledge: Knowledge) -> None:
    found = found_in(path, knowledge)
    wanted = instances(json.loads(gzip.decompress(path.read_bytes())))
    places = [
        {d.address: d.resource_type for d in found.duties if d.scope == "resource"},
        {n.address: n.resource_type for n in found.no_duty},
        {g.address: g.resource_type for g in found.gaps},
    ]
    union = {address: kind for place in places for address, kind in place.items()}
    assert union == wanted
    assert sum(len(place) for place in places) == len(wanted), "in one place only"
    assert Counter(union.values()) == Counter(wanted.values())
    assert found.summary.resources == len(wanted)
    assert found.gaps == ()
    for form in ("table", "markdown", "json"):
        assert api.render(found, form, View(everything=form == "json"))


@pytest.mark.skipif(not PLANS, reason="needs the shared folder beside the repository (real plans)")
@pytest.mark.parametrize("path", [c for c in CASES if not str(c.id).startswith("scale")])
def test_every_facet_to_attest_has_a_question(path: Path, knowledge: Knowledge) -> None:
    """To attest: ask a person. So there is something to ask, also where the doubt is whose companion it is."""
    found = found_in(path, knowledge)
    silent = [
        (d.address, d.control, f.id)
        for d in found.duties
        for f in d.facets
        if f.verdict == "attest" and not (f.ask or "").strip()
    ]
    assert silent == []
    assert [f.id for d in found.duties for f in d.facets if f.verdict in ("met", "unmet") and f.ask] == []


@pytest.mark.skipif(not PLANS, reason="needs the shared folder beside the repository (real plans)")
def test_what_a_plan_creates_is_told_on_a_screen(knowledge: Knowledge, capsys: pytest.CaptureFixture[str]) -> None:
    """Over plans that create 10 resources or more, nine in ten tell the created duties in at most 40 lines."""
    lines = []
    for path in PLANS:
        if path.name.startswith("scale--20000"):
            continue
        found = found_in(path, knowledge)
        if sum(d.scope == "resource" for d in found.duties if d.change == "created") and _creates(path) >= 10:
            lines.append(len(duties(found, View(show=("created",)))))
    lines.sort()
    with capsys.disabled():
        print(f"\n{len(lines)} plans tell what they create in {lines[len(lines) * 9 // 10]} lines (90th percentile)")
    assert len(lines) > 100
    assert lines[len(lines) * 9 // 10] <= 40


def _creates(path: Path) -> int:
    plan = json.loads(gzip.decompress(path.read_bytes()))
    return sum("create" in change["change"]["actions"] for change in plan.get("resource_changes", []))


@pytest.mark.skipif(not PLANS, reason="needs the shared folder beside the repository (real plans)")
def test_most_judged_facets_are_decided(
    knowledge: Knowledge, first_types: set[str], record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """At least 80 % of the judged facets of the first types are met or unmet rather than unknown."""
    verdicts: Counter[str] = Counter()
    for path in PLANS:
        if path.name.startswith("scale"):
            continue  # made up, and thousands of times the same
        for duty in found_in(path, knowledge).duties:
            if duty.resource_type in first_types and duty.change != "retired":
                verdicts.update(f.verdict for f in duty.facets)
    decided = verdicts["met"] + verdicts["unmet"]
    share = decided / (decided + verdicts["unknown"])
    with capsys.disabled():
        print(f"\nof {decided + verdicts['unknown']} judged facets of the first types {share:.1%} are met or unmet")
    assert share >= 0.8
