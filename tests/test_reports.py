"""The reports: their promises to readers and machines."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import jsonschema_rs
import pytest

from tests.golden import Golden
from tests.hostile import CASES as HOSTILE
from tfsrm import api
from tfsrm.model.checklist import Checklist
from tfsrm.report.json_v1_shape import DutyV1, FacetV1, ReportV1, schema
from tfsrm.report.markdown import LIMIT, code, escaped
from tfsrm.report.plain import clean, log_line
from tfsrm.report.table_duties import SCREEN, duties
from tfsrm.report.view import MOVED, QUESTIONS, View, chosen, columns, owners, rows, set_apart, shown_lines

ROOT = Path(__file__).parents[1]
CASES = sorted(p.parent.name for p in (ROOT / "fixtures").glob("*/plan.json"))


@pytest.fixture(params=CASES)
def found(request: pytest.FixtureRequest) -> Checklist:
    """The checklist of every fixture."""
    return api.analyze(api.Request(str(ROOT / "fixtures" / request.param / "plan.json"), today="2026-11-24"))


def test_the_published_schema_is_the_reports(golden: Golden) -> None:
    golden.check(ROOT / "docs" / "report-v1.schema.json", json.dumps(schema(), indent=2) + "\n")


@pytest.mark.parametrize("everything", [False, True])
def test_json_holds_to_its_schema(found: Checklist, everything: bool) -> None:
    published = json.loads((ROOT / "docs" / "report-v1.schema.json").read_text())
    report = json.loads(api.render(found, "json", View(everything=everything)))
    assert [e.message for e in jsonschema_rs.validator_for(published).iter_errors(report)] == []


def test_json_has_the_fields_of_its_promise_and_no_others(found: Checklist) -> None:
    report = json.loads(api.render(found, "json", View(everything=True)))
    assert set(report) == set(ReportV1.__struct_fields__)
    for duty in report["duties"]:
        assert set(DutyV1.__struct_encode_fields__) - {"inputs"} == set(duty)  # only in a report of several inputs
        assert all(set(facet) == set(FacetV1.__struct_fields__) for facet in duty["facets"])


def test_json_counts_everything_and_lists_what_moved(found: Checklist) -> None:
    short = json.loads(api.render(found, "json", View()))
    whole = json.loads(api.render(found, "json", View(everything=True)))
    assert short["summary"] == whole["summary"]
    assert {d["change"] for d in short["duties"]} <= set(MOVED)
    assert len(whole["duties"]) == sum(whole["summary"][c] for c in ("created", "changed", "kept", "retired"))
    assert all(d["about"] in short["about"] for d in short["duties"])


def test_a_value_and_a_reason_to_withhold_it_exclude_each_other(found: Checklist) -> None:
    report = json.loads(api.render(found, "json", View(everything=True)))
    for evidence in (e for d in report["duties"] for f in d["facets"] for e in f["evidence"]):
        assert ("value" in evidence) != ("withheld" in evidence)


def test_the_table_fits_79_columns(found: Checklist) -> None:
    assert max(len(line) for line in api.render(found, "table", View()).splitlines()[1:]) <= 79


def test_a_wider_terminal_is_used(found: Checklist) -> None:
    assert len(api.render(found, "table", View(width=120)).splitlines()) <= len(
        api.render(found, "table", View(width=79)).splitlines()
    )


def test_ascii_has_no_block_characters(found: Checklist) -> None:
    assert not set("█▒░") & set(api.render(found, "table", View(ascii=True)))


def test_color_only_where_asked(found: Checklist) -> None:
    assert "\x1b" not in api.render(found, "table", View(color=False))


def test_markdown_fits_a_comment_and_closes_what_it_opens(found: Checklist) -> None:
    text = api.render(found, "markdown", View())
    assert len(text.encode()) <= LIMIT
    assert text.count("<details>") == text.count("</details>")
    assert text.count("<code>") == text.count("</code>")


def test_markdown_has_a_box_for_each_folded_duty_that_is_not_met(found: Checklist) -> None:
    text = api.render(found, "markdown", View())
    open_rows = [r for r in rows(chosen(found, View())) if r.first.verdict in ("unmet", "unknown")]
    asked = [r for r in rows(chosen(found, View())) if r.first.verdict == "attest"]
    near, standing = set_apart([r for r in asked if r.first.scope == "resource"])
    open_rows += near + [r for s in standing for r in s.rows] + [r for r in asked if r.first.scope != "resource"]
    drift = [r for r in rows(list(found.drift)) if r.first.verdict in ("unmet", "attest", "unknown")]
    assert sum(line.startswith("- [ ] ") for line in text.splitlines()) == len(open_rows) + len(drift)


def test_the_duties_fit_a_screen_and_none_of_them_is_uncounted(found: Checklist) -> None:
    shown = chosen(found, View())
    lines = duties(found, View())
    assert len(lines) <= SCREEN
    headings = [int(m[1]) for line in lines if (m := re.match(r"[A-Z][A-Z ]+\((\d+)\)", line))]
    assert sum(headings) == len(shown)
    everything = " ".join(" ".join(duties(found, View(everything=True))).split())
    assert all(d.title in everything for d in shown)


def test_at_most_five_questions_of_a_resource_are_asked_first(found: Checklist) -> None:
    asked = [r for r in rows(chosen(found, View())) if r.first.verdict == "attest" and r.first.scope == "resource"]
    near, standing = set_apart(asked)
    counts = Counter(d.address for r in near for d in r.duties if d.occasion != "decommission")
    assert max(counts.values(), default=0) <= QUESTIONS
    kept = [d for r in near for d in r.duties] + [d for s in standing for d in s.duties]
    assert sorted(d.fingerprint for d in kept) == sorted(d.fingerprint for r in asked for d in r.duties)


def test_folding_never_merges_two_controls(found: Checklist) -> None:
    folded = rows(list(found.duties))
    assert all(len({d.control for d in r.duties}) == 1 for r in folded)
    assert sum(len(r.duties) for r in folded) == len(found.duties)


def test_the_same_input_gives_the_same_bytes(found: Checklist) -> None:
    for name in ("table", "markdown", "json"):
        assert api.render(found, name, View()) == api.render(found, name, View())


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_text_is_inert_in_a_terminal(text: str) -> None:
    shown = clean(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 or c == "\u202e" for c in shown)
    assert not re.search(r"##\w*\[", shown)
    assert not log_line(f"  {shown}").strip().startswith("::")


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_text_is_inert_in_markdown(text: str) -> None:
    inside = code(text).removeprefix("<code>").removesuffix("</code>")
    plain: set[str] = set(inside) - set("&#;")
    assert not plain & set("<>|`@*[]\\!:/\n~$\"'")
    assert "www." not in inside
    prose = escaped(text)
    assert "@" not in prose
    assert "#12" not in prose
    assert "://" not in prose
    assert "<script" not in prose


@pytest.mark.parametrize("name", ["iam--iam-user", "customer-gateway--complete", "global-accelerator--complete"])
def test_the_picture_draws_a_service_once_for_each_line_it_has_and_hides_no_owner(shared: Path, name: str) -> None:
    found = api.analyze(api.Request(str(shared / "data" / "plans" / f"{name}.json.gz"), today="2026-11-24"))
    lines = shown_lines(found, View(everything=True))
    drawn = columns(lines)
    for one, other in combinations(drawn, 2):
        if set(one.services) & set(other.services) and {one.sign, other.sign} in ({"+"}, {"-"}, {"="}):
            layers = [layer for layer, _, _ in found.layers]
            both = [(owners(one.line, layer), owners(other.line, layer)) for layer in layers]
            assert any(x and y and x != y for a, b in both for x, y in zip(a, b, strict=True))
    for line in lines:
        for layer, _, _ in found.layers:
            held = [owners(c.line, layer) for c in drawn if line.service in c.services]
            assert owners(line, layer) == ("", "") or owners(line, layer) in held
