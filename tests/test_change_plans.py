"""What a change does to duties, held to the plan document of real plans: laws for all of them, golden reports for some."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.change_plans import NOT_HERE, PLANS, Passage, passage, path_of, plan_of, prior_addresses
from tests.golden import ROOT, Golden, steady
from tests.why import problems
from tfsrm import api
from tfsrm.assess.knowledge import Knowledge
from tfsrm.report.view import View

GOLDEN = ROOT / "fixtures" / "change-plans"
CASES = sorted(p.parent.name for p in GOLDEN.glob("*/why.md"))
TODAY = "2026-11-24"

Report = dict[str, Any]
Duty = dict[str, Any]

pytestmark = pytest.mark.skipif(not PLANS, reason=NOT_HERE)
every_plan = pytest.mark.parametrize("name", PLANS)


@cache
def report(name: str) -> Report:
    """The whole report of a change plan."""
    found = api.analyze(api.Request(str(path_of(name)), today=TODAY))
    return dict(json.loads(api.render(found, "json", View(everything=True))))


@cache
def way(name: str) -> Passage:
    return passage(plan_of(name))


def at(name: str, addresses: set[str], occasion: str = "standing") -> list[Duty]:
    """The duties at some addresses."""
    return [d for d in report(name)["duties"] if d["address"] in addresses and d["occasion"] == occasion]


def told(duties: list[Duty]) -> list[str]:
    """Duties in words, for a message that can be read."""
    return [f"{d['change']} {d['control']} of {d['address']} ({d['action']})" for d in duties]


def but(duties: list[Duty], *changes: str) -> list[str]:
    """The duties whose change is none of these."""
    return told([d for d in duties if d["change"] not in changes])


def decommissioning(knowledge: Knowledge, name: str, addresses: set[str]) -> set[str]:
    """Those of the addresses whose type has decommission duties that hold unconditionally."""
    types = {d["address"]: d["resource_type"] for d in report(name)["duties"]}
    known = {a: knowledge.of(t) for a, t in types.items() if a in addresses}
    return {a for a, k in known.items() if k is not None and any(d.when is None for d in k.on_delete)}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return api.open_knowledge()


@every_plan
def test_create(name: str) -> None:
    made = way(name).created - way(name).rekeyed
    assert but(at(name, made), "created") == []
    assert told(at(name, made, "decommission")) == []


@every_plan
def test_update(name: str) -> None:
    updated = way(name).updated
    assert but(at(name, updated), "created", "changed", "kept", "retired") == []
    assert told(at(name, updated, "decommission")) == []
    moved = [d for d in at(name, updated) if d["change"] == "kept"]
    assert [d["address"] for d in moved if d["verdict"] != d["previous_verdict"]] == []


@every_plan
def test_replace(name: str, knowledge: Knowledge) -> None:
    replaced = way(name).replaced
    duties = at(name, replaced)
    assert {d["action"] for d in duties} <= {"replace"}
    assert len({(d["control"], d["address"]) for d in duties}) == len(duties), "a control goes on or moves, never both"
    gone = at(name, replaced, "decommission")
    assert but(gone, "created") == []
    assert {d["address"] for d in gone} >= decommissioning(knowledge, name, replaced)


@every_plan
def test_the_reason_of_a_replacement_is_told(name: str) -> None:
    notes = {n["address"]: n["text"] for n in report(name)["notes"] if n["kind"] == "replace"}
    for row in plan_of(name).get("resource_changes", []):
        if row["address"] in way(name).replaced:
            for path in row["change"].get("replace_paths", [])[:1]:
                assert str(path[0]) in notes[row["address"]]


@every_plan
def test_delete(name: str, knowledge: Knowledge) -> None:
    deleted = way(name).deleted - way(name).rekeyed
    assert but(at(name, deleted), "retired") == []
    assert [d["verdict"] for d in at(name, deleted) if d["verdict"] is not None] == []
    gone = at(name, deleted, "decommission")
    assert but(gone, "created") == []
    assert {d["address"] for d in gone} >= decommissioning(knowledge, name, deleted)


@every_plan
def test_what_stays_is_neither_new_nor_gone(name: str) -> None:
    """No-op, move, import and forget: the duty may change by a companion, but is neither created nor retired."""
    untouched = way(name).untouched
    assert but(at(name, untouched), "kept", "changed") == []
    assert told(at(name, untouched, "decommission")) == []


@every_plan
def test_forget(name: str) -> None:
    forgotten = way(name).forgotten
    assert {d["action"] for d in at(name, forgotten)} <= {"forget"}
    assert {n["address"] for n in report(name)["notes"] if n["kind"] == "forget"} == forgotten


@every_plan
def test_move(name: str) -> None:
    moved = way(name).moved
    assert told(at(name, set(moved.values()) - set(moved))) == []
    still = {d["address"] for d in at(name, set(moved) & way(name).untouched)}
    assert {d["action"] for d in at(name, still)} <= {"move"}


@every_plan
def test_import(name: str) -> None:
    assert {d["action"] for d in at(name, way(name).imported & way(name).untouched)} <= {"import"}


@every_plan
def test_new_key(name: str, knowledge: Knowledge) -> None:
    old = way(name).rekeyed & way(name).deleted
    new = way(name).rekeyed & way(name).created
    assert told(at(name, old)) == []
    assert but(at(name, new), "kept", "changed") == []
    assert {d["action"] for d in at(name, new)} <= {"new key"}
    gone = at(name, old, "decommission")
    assert {d["action"] for d in gone} <= {"new key"}
    assert {d["address"] for d in gone} >= decommissioning(knowledge, name, old)
    assert {n["address"] for n in report(name)["notes"] if n["kind"] == "new key"} == new


@every_plan
def test_the_prior_state_is_judged_too(name: str) -> None:
    """A targeted or refresh-only plan lists few changes; the rest is still there, and nothing happens to it."""
    listed = set(way(name).moved.values()) | {r["address"] for r in plan_of(name).get("resource_changes", [])}
    rest = prior_addresses(plan_of(name)) - listed
    whole = report(name)
    seen = {d["address"] for key in ("duties", "no_duty", "gaps") for d in whole[key]}
    assert rest <= seen
    assert but(at(name, rest), "kept", "changed") == []


@every_plan
def test_a_plan_that_is_not_complete_says_so(name: str) -> None:
    plan = plan_of(name)
    caveats = [c for i in report(name)["inputs"] for c in i["caveats"]]
    assert bool(caveats) or (plan.get("complete", True) and not plan.get("errored", False))


@every_plan
def test_drift_is_told_apart(name: str, tmp_path: Path) -> None:
    """Without what it says of drift, a plan moves the same duties."""
    plan = plan_of(name)
    drifted = plan.pop("resource_drift", [])
    other = tmp_path / "plan.json"
    other.write_text(json.dumps(plan))
    found = api.analyze(api.Request(str(other), today=TODAY))
    without = json.loads(api.render(found, "json", View(everything=True)))
    assert without["drift"] == []
    assert without["duties"] == report(name)["duties"]
    if not drifted:
        assert report(name)["drift"] == []


def test_drift_that_matters_is_told() -> None:
    found = [
        (d["control"], d["address"], d["previous_verdict"], d["verdict"]) for d in report("drift-refresh-only")["drift"]
    ]
    assert found == [("block-public-data", "aws_s3_bucket.data", "met", "unmet")]


@pytest.mark.parametrize("form", ["table", "markdown", "plain-markdown", "github-summary"])
def test_what_people_read_tells_of_drift(form: str) -> None:
    found = api.analyze(api.Request(str(path_of("drift-refresh-only")), today=TODAY))
    text = api.render(found, form, View())
    assert "moved outside Terraform, before this plan" in text
    assert "aws_s3_bucket.data" in text


@pytest.mark.parametrize("name", ["drift-computed-only", "no-op", "output-only"])
def test_a_change_of_no_consequence_moves_nothing(name: str) -> None:
    assert but(report(name)["duties"], "kept") == []
    assert report(name)["drift"] == []


def test_a_count_that_shrinks_is_no_new_key() -> None:
    assert way("count-shrink").deleted
    assert not way("count-shrink").rekeyed
    assert not [n for n in report("count-shrink")["notes"] if n["kind"] == "new key"]


def test_every_kind_of_change_is_among_the_plans() -> None:
    ways = [way(name) for name in PLANS]
    for kind in Passage.__struct_fields__:
        assert any(getattr(w, kind) for w in ways), kind


@pytest.mark.parametrize("name", CASES)
def test_report_is_the_golden_one(name: str, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path(f"{name}.json")
    file.write_bytes(gzip.decompress(path_of(name).read_bytes()))
    found = api.analyze(api.Request(str(file), today=TODAY))
    golden.check(GOLDEN / name / "expected" / "report.json", steady(api.render(found, "json", View())))
    golden.all_read(GOLDEN / name / "expected")


@pytest.mark.parametrize("name", CASES)
def test_each_duty_that_moves_is_explained(name: str) -> None:
    assert problems(GOLDEN / name / "why.md", report(name), plan_of(name)) == []


def test_every_golden_report_has_its_why() -> None:
    assert sorted(p.name for p in GOLDEN.iterdir() if p.is_dir()) == CASES
    assert set(CASES) <= set(PLANS)
