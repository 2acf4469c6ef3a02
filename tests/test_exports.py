"""Machine formats against the official schemas of those who read them, and against their limits."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import subprocess
import uuid
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import xmlschema
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.hostile import CASES as HOSTILE
from tests.hostile import IN_PLANS, plan_with
from tfsrm import api
from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report.csv_duties import COLUMNS
from tfsrm.report.csv_text import Cell, cell, csv_text
from tfsrm.report.json_v1_shape import schema as report_schema
from tfsrm.report.oscal_document import aws_ids, markup, nist_id
from tfsrm.report.places import Places
from tfsrm.report.plain import clean
from tfsrm.report.sarif import RESULTS, SECURITY_SEVERITY, TAGS, TEXT, uri
from tfsrm.report.view import MOVED, View

ROOT = Path(__file__).parents[1]
CONTRACTS = Path(__file__).parent / "contracts"
FIXTURES = sorted(p.parent.name for p in (ROOT / "fixtures").glob("*/plan.json"))
REAL = (
    "eks-pod-identity--complete",
    "change--destroy",
    "change--forget",
    "rds--complete-postgres",
    "s3-bucket--complete",
)
VIEWS = {"default": View(), "all": View(everything=True)}
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"


def analyzed(*paths: Path) -> Checklist:
    """The checklist of inputs."""
    first, *others = map(str, paths)
    return api.analyze(api.Request(first, today="2026-11-24", also=tuple(others)))


def fixture(name: str) -> Path:
    """The plan of a fixture."""
    return ROOT / "fixtures" / name / "plan.json"


@pytest.fixture(scope="module", params=[*FIXTURES, "several"])
def found(request: pytest.FixtureRequest) -> Checklist:
    """The checklist of every fixture, and of three at once."""
    names = (
        ("web-app-created", "database-replaced", "bucket-destroyed") if request.param == "several" else (request.param,)
    )
    return analyzed(*(fixture(name) for name in names))


@cache
def validator(name: str) -> Any:
    """A validator of a JSON Schema in tests/contracts/, formats too."""
    return jsonschema_rs.validator_for(
        json.loads((CONTRACTS / name).read_text(encoding="utf-8")), validate_formats=True
    )


def problems(name: str, document: Any) -> list[str]:
    """What a schema has against a document."""
    return [f"{'/'.join(map(str, e.instance_path))}: {e.message[:200]}" for e in validator(name).iter_errors(document)]


def standing(found: Checklist) -> list[DutyResult]:
    """The duties that stand after the change."""
    return [d for d in found.duties if d.change != "retired"]


def with_copies(found: Checklist, count: int) -> Checklist:
    """A checklist with a duty that the plan contradicts, many times over, each on a resource of its own."""
    duty = next(d for d in found.duties if d.verdict == "unmet")
    duties = tuple(
        msgspec.structs.replace(duty, address=f"aws_x.n[{n}]", fingerprint=f"{n:016x}") for n in range(count)
    )
    return msgspec.structs.replace(found, duties=duties)


# SARIF


def sarif(found: Checklist, view: View) -> dict[str, Any]:
    """The one run of the report, after the official schema had its say."""
    document = json.loads(api.render(found, "sarif", view))
    assert problems("sarif-schema-2.1.0.json", document) == []
    [run] = document["runs"]
    return dict(run)


def github_accepts(run: dict[str, Any]) -> None:
    """GitHub's own rules beyond the schema (its documentation of SARIF support)."""
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"]
    assert len(rules) <= 25_000
    assert len(run["results"]) <= RESULTS <= 25_000
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert 0 < len(rule["name"]) <= 255
        assert 0 < len(rule["shortDescription"]["text"]) <= TEXT <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= TEXT
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule["properties"]["tags"]) <= TAGS <= 20
        assert 0.1 <= float(rule["properties"]["security-severity"]) <= 10.0
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
    hashes = [r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]]
    assert len(set(hashes)) == len(hashes)
    for result in run["results"]:
        [location] = result["locations"]
        physical = location["physicalLocation"]
        assert physical["region"]["startLine"] >= 1
        assert re.fullmatch(r"(file://)?[A-Za-z0-9%._~/-]+(:/)?[A-Za-z0-9%._~/-]*", physical["artifactLocation"]["uri"])
        assert result["message"]["text"]
        assert "](" not in result["message"]["text"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_holds_what_is_unmet_whatever_moved(found: Checklist) -> None:
    run = sarif(found, View())
    github_accepts(run)
    assert len(run["results"]) == sum(d.verdict == "unmet" for d in standing(found))
    assert {r["kind"] for r in run["results"]} <= {"fail"}
    assert {r["ruleId"] for r in run["results"]} == {r["id"] for r in run["tool"]["driver"]["rules"]}


def test_sarif_of_everything_holds_every_duty_with_its_kind(found: Checklist) -> None:
    run = sarif(found, View(everything=True))
    github_accepts(run)
    assert len(run["results"]) == len(standing(found))
    assert all((r["kind"] == "fail") == (r["level"] != "none") for r in run["results"])


def test_sarif_fingerprints_survive_a_move_of_the_plan_and_the_order_of_its_rows(tmp_path: Path) -> None:
    plan = json.loads(fixture("web-app-created").read_text())
    plan["resource_changes"].reverse()
    moved = tmp_path / "elsewhere.json"
    moved.write_text(json.dumps(plan))
    first, second = (sarif(analyzed(p), View()) for p in (fixture("web-app-created"), moved))
    for run in (first, second):
        run["prints"] = {(r["ruleId"], r["partialFingerprints"]["primaryLocationLineHash"]) for r in run["results"]}
    assert first["prints"] == second["prints"]


def test_sarif_points_at_the_configuration_where_there_is_one() -> None:
    folder = ROOT / "fixtures" / "web-app-created"
    run = sarif(analyzed(folder), View())
    lines = (folder / "main.tf").read_text().splitlines()
    assert run["results"]
    for result in run["results"]:
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"].endswith("/fixtures/web-app-created/main.tf")
        assert physical["region"]["startLine"] <= len(lines)
    secret = next(
        r for r in run["results"] if r["ruleId"] == "keep-secrets-out-of-code" or "password" in r["message"]["text"]
    )
    line = secret["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert "password" in lines[line - 1] or "aws_db_instance" in lines[line - 1]


def test_sarif_beyond_githubs_limit_says_what_is_left_out() -> None:
    many = with_copies(analyzed(fixture("web-app-created")), RESULTS + 1)
    text = api.render(many, "sarif", View())
    run = json.loads(text)["runs"][0]
    github_accepts(run)
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith(f"1 of {RESULTS + 1} results are left out")
    assert len(gzip.compress(text.encode())) < 10 * 1024**2


@pytest.mark.parametrize(
    ("severity", "least", "most"),
    [("critical", 9.1, 10.0), ("high", 7.0, 8.9), ("medium", 4.0, 6.9), ("low", 0.1, 3.9)],
)
def test_sarif_severities_fall_into_githubs_bands(severity: str, least: float, most: float) -> None:
    assert least <= float(SECURITY_SEVERITY[severity]) <= most


def test_paths_become_uris() -> None:
    assert uri("plans/my plan#2.json") == "plans/my%20plan%232.json"
    assert uri("/plans/today.json") == "file:///plans/today.json"
    assert uri("C:/plans/today.json") == "file:///C:/plans/today.json"
    assert uri("ü.tf") == "%C3%BC.tf"


# GitLab


CODE_QUALITY = {
    "$comment": "docs.gitlab.com/ci/testing/code_quality, Code Quality report format: GitLab publishes no schema of its own",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer"}}},
                },
            },
        },
    },
}


def test_code_quality_is_what_gitlab_describes(found: Checklist) -> None:
    report = json.loads(api.render(found, "gitlab-codequality", View()))
    assert [e.message for e in jsonschema_rs.validator_for(CODE_QUALITY).iter_errors(report)] == []
    prints = [issue["fingerprint"] for issue in report]
    assert len(set(prints)) == len(prints) == sum(d.verdict == "unmet" for d in standing(found))


def test_metrics_are_openmetrics_and_count_every_duty(found: Checklist) -> None:
    text = api.render(found, "gitlab-metrics", View())
    families = {f.name: f for f in text_string_to_metric_families(text)}  # type: ignore[no-untyped-call]
    assert set(families) == {"tfsrm_duties", "tfsrm_duties_by_change", "tfsrm_resources", "tfsrm_gaps"}
    assert sum(s.value for s in families["tfsrm_duties"].samples) == len(standing(found))
    assert sum(s.value for s in families["tfsrm_duties_by_change"].samples) == len(found.duties)


def test_metrics_have_the_same_series_whatever_the_plan(found: Checklist) -> None:
    other = analyzed(fixture("nothing-to-say"))
    series = [
        [line.split(" ")[0] for line in api.render(c, "gitlab-metrics", View()).splitlines() if line[0] != "#"]
        for c in (found, other)
    ]
    assert series[0] == series[1]


# JUnit


@cache
def junit_schema() -> xmlschema.XMLSchema:
    """The schema of Jenkins' xUnit plugin."""
    return xmlschema.XMLSchema(str(CONTRACTS / "junit-10.xsd"))


def junit(found: Checklist, view: View) -> ET.Element:
    """The report, after the schema had its say."""
    text = api.render(found, "junit", view)
    assert [e.reason for e in junit_schema().iter_errors(text)] == []
    return ET.fromstring(text)  # noqa: S314 (our own output)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_junit_has_a_case_for_each_duty_that_stands(found: Checklist, view: View) -> None:
    root = junit(found, view)
    wanted = [d for d in standing(found) if view.everything or d.change in MOVED]
    assert len(root.findall(".//testcase")) == int(root.attrib["tests"]) == len(wanted)
    assert len(root.findall(".//failure")) == int(root.attrib["failures"]) == sum(d.verdict == "unmet" for d in wanted)
    assert len(root.findall(".//skipped")) == sum(d.verdict in ("unknown", "attest") for d in wanted)
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite)
        cases = [(c.attrib["classname"], c.attrib["name"]) for c in suite]
        assert len(set(cases)) == len(cases)


# CSV


def table(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file by column."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_csv_has_a_row_for_each_duty_shown(found: Checklist, view: View) -> None:
    text = api.render(found, "csv", view)
    rows = table(text)
    wanted = [d for d in found.duties if view.everything or d.change in MOVED]
    assert [(r["duty_id"], r["resource_address"], r["change"]) for r in rows] == [
        (Places(found).identity(d), clean(d.address), d.change) for d in wanted
    ]
    assert all(tuple(row) == COLUMNS for row in rows)
    assert all(r["customer_does"] and r["aws_does"] and r["source"] and r["assessed_on"] == "2026-11-24" for r in rows)
    assert {r["verdict"] for r in rows} <= {"met", "unmet", "unknown", "attest", ""}


@pytest.mark.parametrize("form", ["csv", "fedramp-crm", "csa-ssrm"])
def test_csv_is_that_of_rfc_4180(found: Checklist, form: str) -> None:
    text = api.render(found, form, View(everything=True))
    assert text.endswith('"\r\n')
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1
    # A line ends with CR LF, a line inside a cell with LF alone.
    assert text.count("\r\n") == text.count("\r") == len(rows)


@pytest.mark.parametrize(("name", "text"), HOSTILE)
def test_no_cell_is_a_formula(name: str, text: str) -> None:
    for value in (text, f"  {text}", f"\t{text}", f"\u00a0{text}", f"x;{text}", f"x|  {text}", f"=1;{text}"):
        made = cell(value)
        assert made == "" or made.lstrip()[:1] not in tuple(SIGNS), name
        for separator in ";|\t":
            assert not [p for p in made.split(separator)[1:] if p.strip()[:1] and p.strip()[0] in SIGNS], name


def test_cells_come_back_as_they_were_written() -> None:
    rows: list[list[Cell]] = [
        ['a "quoted" one', "comma, and ; semicolon", "ü\u5317"],
        [("two", "lines"), "", " blank "],
    ]
    back = list(csv.reader(io.StringIO(csv_text(("a", "b", "c"), rows), newline=""), strict=True))
    assert back == [
        ["a", "b", "c"],
        ['a "quoted" one', "comma, and ; semicolon", "ü\u5317"],
        ["two\nlines", "", " blank "],
    ]


@pytest.mark.parametrize("form", ["csv", "fedramp-crm", "csa-ssrm"])
def test_a_hostile_plan_puts_no_formula_into_a_sheet(form: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    for name, text in IN_PLANS:
        path.write_text(json.dumps(plan_with(text)), encoding="utf-8")
        for row in table(api.render(analyzed(path), form, View(everything=True))):
            assert not [v for v in row.values() if v.strip()[:1] and v.strip()[0] in SIGNS], name
            assert not [v for v in row.values() if "\r" in v or "\t" in v], name


def test_a_hostile_plan_is_well_formed_xml_and_valid_json(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    for name, text in IN_PLANS:
        path.write_text(json.dumps(plan_with(text)), encoding="utf-8")
        hostile = analyzed(path)
        assert len(junit(hostile, View())) > 1, name
        github_accepts(sarif(hostile, View(everything=True)))
        for form, contract in OSCAL.items():
            assert problems(contract, json.loads(api.render(hostile, form, View()))) == [], name


# Responsibility matrices


def test_the_fedramp_matrix_has_a_row_for_each_control_that_a_duty_serves(found: Checklist) -> None:
    rows = table(api.render(found, "fedramp-crm", View()))
    served = {
        r.id for d in standing(found) for r in found.about[d.about].requirements if r.framework == "nist-800-53-r5"
    }
    assert {row["Control ID"] for row in rows} == served
    assert len(rows) == len(served)
    known = set((CONTRACTS / "nist-800-53-r5-ids.txt").read_text().split("\n"))
    assert served <= known
    says = "Specific Inheritance and Customer Agency/CSP Responsibilities"
    assert all(row["Can Be Inherited from CSP"] in ("Partial", "") and row[says] for row in rows)


def test_partial_stands_where_aws_has_a_half(found: Checklist) -> None:
    shared = {
        r.id
        for d in standing(found)
        if d.owner == "shared"
        for r in found.about[d.about].requirements
        if r.framework == "nist-800-53-r5"
    }
    rows = table(api.render(found, "fedramp-crm", View()))
    assert {row["Control ID"] for row in rows if row["Can Be Inherited from CSP"] == "Partial"} == shared


def test_the_csa_matrix_names_owners_in_csas_words(found: Checklist) -> None:
    rows = table(api.render(found, "csa-ssrm", View()))
    assert {row["SSRM Control Ownership"] for row in rows} <= {"CSC-owned", "Shared CSP and CSC"}
    assert all(re.fullmatch(r"[A-Z&]{2,4}-\d\d", row["CCM Control ID"]) for row in rows)
    assert all(row["CSC Responsibilities (Optional/Recommended)"] for row in rows)


# OSCAL


OSCAL = {"oscal": "oscal-component-1.2.1.schema.json", "oscal-poam": "oscal-poam-1.2.1.schema.json"}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("form", OSCAL)
def test_oscal_holds_to_nists_schema(found: Checklist, form: str, view: View) -> None:
    text = api.render(found, form, view)
    document = json.loads(text)
    assert problems(OSCAL[form], document) == []
    ids = re.findall(r'"uuid": "([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(i).version == 5 for i in ids)
    # No schema and no validator looks for roles that nobody defines.
    roles = {r["id"] for r in next(iter(document.values()))["metadata"]["roles"]}
    assert set(re.findall(r'"role-id": "([^"]+)"', text)) <= roles


def test_a_component_holds_every_duty_once(found: Checklist) -> None:
    components = json.loads(api.render(found, "oscal", View()))["component-definition"].get("components", [])
    own = [
        p
        for component in components
        for implementation in component["control-implementations"]
        for requirement in implementation["implemented-requirements"]
        for p in requirement.get("props", [])
        if p["name"] == "duty"
    ]
    assert sorted(p["group"] for p in own) == sorted(f"d-{Places(found).identity(d)}" for d in standing(found))


def test_requirements_point_to_published_catalogues(found: Checklist) -> None:
    components = json.loads(api.render(found, "oscal", View()))["component-definition"].get("components", [])
    nist = {nist_id(i) for i in (CONTRACTS / "nist-800-53-r5-ids.txt").read_text().split()}
    for component in components:
        for implementation in component["control-implementations"]:
            ids = {r["control-id"] for r in implementation["implemented-requirements"]}
            if "SP800-53" in implementation["source"]:
                assert ids <= nist
            if "security-hub" in implementation["source"]:
                assert ids <= aws_ids().controls


def test_the_plan_of_action_lists_what_is_unmet(found: Checklist) -> None:
    items = json.loads(api.render(found, "oscal-poam", View()))["plan-of-action-and-milestones"]["poam-items"]
    unmet = sum(d.verdict == "unmet" for d in standing(found))
    assert len(items) == max(unmet, 1)
    assert unmet or items[0]["title"] == "No open duty"


def test_ids_of_aws_are_those_of_its_published_content() -> None:
    published = (CONTRACTS / "aws-oscal-ids.txt").read_text().splitlines()
    services = {line.removeprefix("service ") for line in published if line.startswith("service ")}
    controls = {line.removeprefix("control ") for line in published if line.startswith("control ")}
    assert set(aws_ids().services.values()) <= services
    assert aws_ids().controls == controls


def test_services_with_an_id_of_aws_are_services_of_the_catalogue() -> None:
    texts = [p.read_text(encoding="utf-8") for p in (ROOT / "mappings" / "aws").glob("*.yaml")]
    ours = {name for text in texts for name in re.findall(r'^service: "?(.*?)"?\s*$', text, re.MULTILINE)}
    assert set(aws_ids().services) <= ours


def test_nist_ids_are_those_of_its_oscal_catalogue() -> None:
    assert [nist_id(i) for i in ("AC-2", "AC-2(1)", "SC-28(1)")] == ["ac-2", "ac-2.1", "sc-28.1"]


def test_markup_of_a_plan_means_nothing() -> None:
    assert markup("*a* <b> [x](y) `c`") == "\\*a\\* \\<b\\> \\[x\\](y) \\`c\\`"


TRESTLE = shutil.which("trestle")


@pytest.mark.skipif(
    TRESTLE is None, reason="compliance-trestle is not installed (it does not fit beside our other tools)"
)
@pytest.mark.parametrize(
    ("form", "folder"), [("oscal", "component-definitions"), ("oscal-poam", "plan-of-action-and-milestones")]
)
def test_trestle_accepts_it(form: str, folder: str, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(api.render(analyzed(fixture("web-app-created")), form, View()))
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    for arguments in (["init"], ["import", "-f", str(file), "-o", "ours"], ["validate", "-a"]):
        done = subprocess.run([str(TRESTLE), *arguments], cwd=workspace, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (workspace / folder / "ours").is_dir()


# Real plans


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_real_plans_hold_to_every_schema(name: str, shared: Path) -> None:
    path = shared / "data" / "plans" / f"{name}.json.gz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not in the shared folder")
    real = analyzed(path)
    for view in VIEWS.values():
        github_accepts(sarif(real, view))
        junit(real, view)
        for form, contract in OSCAL.items():
            assert problems(contract, json.loads(api.render(real, form, view))) == []
        shape = jsonschema_rs.validator_for(report_schema())
        assert shape.is_valid(json.loads(api.render(real, "json", view)))
        for form in ("csv", "fedramp-crm", "csa-ssrm"):
            list(csv.reader(io.StringIO(api.render(real, form, view), newline=""), strict=True))
