"""Several inputs, one report: which are read, what they share, what is told once, and where each report goes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import resource
from tfsrm import api
from tfsrm.assess.accounts import account_of
from tfsrm.cli.analyze import Target, targets
from tfsrm.errors import InputError, UsageError
from tfsrm.model.checklist import Checklist
from tfsrm.model.world import Input, World
from tfsrm.report.boxes import Boxes
from tfsrm.report.json_v1_shape import schema
from tfsrm.report.markdown import LIMIT
from tfsrm.report.several import keys, names, parts, unchanged
from tfsrm.report.view import View, chosen, rows

ROOT = Path(__file__).parents[1]
WEB, DATABASE, QUIET, GONE = (
    ROOT / "fixtures" / name / "plan.json"
    for name in ("web-app-created", "database-replaced", "nothing-to-say", "bucket-destroyed")
)
ACCOUNT, OTHER = "111122223333", "444455556666"


def analyzed(*paths: Path) -> Checklist:
    """One checklist of several inputs."""
    first, *others = map(str, paths)
    return api.analyze(api.Request(first, today="2026-11-24", also=tuple(others)))


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """What ``terragrunt run --all --json-out-dir`` leaves: a folder per unit, a plan in each."""
    units = {"dev/web": WEB, "prod/web": WEB, "prod/db": DATABASE, "dev/vpc": QUIET, "prod/vpc": QUIET}
    for unit, plan in units.items():
        (tmp_path / unit).mkdir(parents=True)
        shutil.copy(plan, tmp_path / unit / "tfplan.json")
    return tmp_path


# What is read


def test_a_directory_of_plans_is_one_input_per_plan(stack: Path) -> None:
    found = analyzed(stack)
    assert names(found) == ["dev/vpc", "dev/web", "prod/db", "prod/vpc", "prod/web"]
    assert {i.kind for i in found.inputs} == {"plan"}


def test_other_json_is_named_and_a_damaged_plan_is_refused(stack: Path) -> None:
    (stack / "package.json").write_text('{"name": "x"}')
    (stack / "list.json").write_text("[1, 2]")
    (stack / ".terraform").mkdir()
    (stack / ".terraform" / "modules.json").write_text("not JSON at all")
    seen = [n.what for i in analyzed(stack).inputs for n in i.not_seen]
    assert [Path(what).name for what in seen if what.endswith(".json")] == ["list.json", "package.json"]
    (stack / "prod" / "broken.json").write_bytes(WEB.read_bytes()[:2000])
    with pytest.raises(InputError, match=r"broken\.json"):
        analyzed(stack)


def test_a_directory_of_configuration_stays_one_input(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    shutil.copy(WEB, tmp_path / "tfplan.json")
    assert [i.kind for i in analyzed(tmp_path).inputs] == ["hcl"]


def test_a_directory_without_a_plan_or_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x"}')
    with pytest.raises(InputError):
        analyzed(tmp_path)


def test_compressed_plans_of_a_directory_are_read(tmp_path: Path) -> None:
    (tmp_path / "plan.json.gz").write_bytes(gzip.compress(WEB.read_bytes()))
    assert [i.kind for i in analyzed(tmp_path).inputs] == ["plan"]


def test_an_input_that_two_paths_lead_to_is_read_once(stack: Path) -> None:
    found = analyzed(
        stack / "prod" / "web" / "tfplan.json", stack, stack / "prod" / ".." / "prod" / "db" / "tfplan.json"
    )
    assert len(found.inputs) == 5


# What the checklist holds


def test_one_of_several_has_the_duties_that_it_has_alone(stack: Path) -> None:
    together, alone = analyzed(stack), analyzed(stack / "prod" / "db" / "tfplan.json")
    number = names(together).index("prod/db")
    theirs = {
        (d.fingerprint, d.state_digest, d.change)
        for d in together.duties
        if number in d.inputs and d.scope == "resource"
    }
    assert theirs == {(d.fingerprint, d.state_digest, d.change) for d in alone.duties if d.scope == "resource"}


def test_counts_are_those_of_all_duties(stack: Path) -> None:
    found = analyzed(stack)
    assert sum(getattr(found.summary, c) for c in ("created", "changed", "kept", "retired")) == len(found.duties)
    assert found.summary.resources == sum(i.resources for i in found.inputs)


def test_what_stays_aws_is_told_once_for_the_services_of_all(stack: Path) -> None:
    found = analyzed(stack)
    controls = [i.control for i in found.inherited]
    assert controls == sorted(set(controls))
    alone = {i.control: set(i.services) for i in analyzed(WEB).inherited}
    assert all(alone[i.control] <= set(i.services) for i in found.inherited if i.control in alone)


def test_the_order_of_inputs_changes_no_duty() -> None:
    def duties(found: Checklist) -> set[tuple[object, ...]]:
        named = names(found)
        return {(d.fingerprint, d.change, d.verdict, frozenset(named[n] for n in d.inputs)) for d in found.duties}

    assert duties(analyzed(WEB, DATABASE, GONE)) == duties(analyzed(GONE, WEB, DATABASE))


# Accounts


def plan(address: str, values: dict[str, Any], account: str | None, before: bool = False) -> dict[str, Any]:
    """A plan of one resource, and of what tells its account."""
    arn = {"arn": f"arn:aws:sqs:eu-west-1:{account}:old", "name": "old"} if account else None
    rows = [_row(address, values, before)]
    if arn:
        rows.append(_row("aws_sqs_queue.old", arn, before=True))
    return {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {}, "resource_changes": rows}


def _row(address: str, values: dict[str, Any], before: bool) -> dict[str, Any]:
    kind, name = address.split(".")
    change = {"actions": ["no-op"] if before else ["create"], "before": values if before else None, "after": values}
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {**change, "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {}},
    }


TRAIL = {
    "name": "org",
    "is_multi_region_trail": True,
    "enable_logging": True,
    "include_global_service_events": True,
    "s3_bucket_name": "logs",
    "enable_log_file_validation": True,
}


def two(tmp_path: Path, accounts: tuple[str | None, str | None]) -> Checklist:
    """A plan with a trail, one with a queue."""
    for name, address, values, account in (
        ("trail", "aws_cloudtrail.org", TRAIL, accounts[0]),
        ("queue", "aws_sqs_queue.q", {"name": "q"}, accounts[1]),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(plan(address, values, account)))
    return analyzed(tmp_path / "queue.json", tmp_path / "trail.json")


def trails(found: Checklist) -> list[tuple[tuple[int, ...], str | None]]:
    """Where the duty of the account to keep a trail stands, and its verdict."""
    return [(d.inputs, d.verdict) for d in found.duties if d.control == "log-api-calls" and d.scope == "account"]


def test_what_one_plan_shows_of_an_account_holds_for_the_others_of_it(tmp_path: Path) -> None:
    assert trails(two(tmp_path, (ACCOUNT, ACCOUNT))) == [((0, 1), "met")]


def test_accounts_that_differ_keep_their_duties_apart(tmp_path: Path) -> None:
    assert sorted(trails(two(tmp_path, (ACCOUNT, OTHER)))) == [((0,), "attest"), ((1,), "met")]


def test_an_account_that_is_not_known_takes_nothing_from_another(tmp_path: Path) -> None:
    assert sorted(trails(two(tmp_path, (None, ACCOUNT)))) == [((0,), "attest"), ((1,), "met")]
    assert sorted(trails(two(tmp_path, (None, None)))) == [((0,), "attest"), ((1,), "met")]


def test_what_unknown_accounts_say_alike_is_told_once_and_said_so(tmp_path: Path) -> None:
    found = two(tmp_path, (None, None))
    roots = [d.inputs for d in found.duties if d.control == "protect-root-user"]
    assert roots == [(0, 1)]
    assert [n.text for n in found.notes if n.kind == "account"] == [
        "2 of 2 inputs do not show which account they are for: what they say alike of an account is told once."
    ]
    assert not [n for n in two(tmp_path, (ACCOUNT, OTHER)).notes if n.kind == "account"]


def test_a_duty_that_stood_in_one_plan_of_an_account_is_not_new(tmp_path: Path) -> None:
    found = two(tmp_path, (ACCOUNT, ACCOUNT))
    assert {d.change for d in found.duties if d.control == "protect-root-user"} == {"kept"}
    [trail] = [d for d in found.duties if d.control == "log-api-calls" and d.scope == "account"]
    assert (trail.change, trail.previous_verdict, trail.verdict) == ("changed", "attest", "met")


def test_an_account_is_known_by_its_caller_before_its_arns() -> None:
    def of(*resources: Any, data: Any = ()) -> str | None:
        return account_of(Input(kind="state", path="x", digest="", after=World(resources=resources, data=data)))

    mine = resource("aws_sqs_queue.a", {"arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:a"})
    theirs = resource("aws_sqs_queue.b", {"arn": f"arn:aws-cn:sqs:cn-north-1:{OTHER}:b"})
    caller = resource("aws_caller_identity.me", {"account_id": OTHER}, mode="data", type="aws_caller_identity")
    assert of(mine) == ACCOUNT
    assert of(mine, theirs) is None
    assert of(mine, data=(caller,)) == OTHER
    assert of(resource("aws_s3_bucket.b", {"arn": "arn:aws:s3:::b"})) is None
    assert of(resource("aws_sqs_queue.c", {"arn": 7}), resource("aws_sqs_queue.d")) is None


# What people read


def test_parts_tell_every_duty_that_moved_and_what_is_shared_first(stack: Path) -> None:
    found = analyzed(stack)
    told = parts(found)
    moved = [p for p in told if chosen(p.checklist, View())]
    assert [p.title for p in moved] == ["dev/web, prod/web", "prod/db"]
    assert sum(len(d.inputs) for p in told for d in p.checklist.duties) == sum(len(d.inputs) for d in found.duties)
    assert unchanged(found) == ["dev/vpc", "prod/vpc"]


def test_duties_of_two_parts_have_boxes_of_their_own(stack: Path) -> None:
    found = analyzed(stack)
    named = [Boxes(found).name(r) for p in parts(found) for r in rows(list(p.checklist.duties))]
    pairs = [pair for name in named for pair in name.removeprefix("<!-- d:").removesuffix(" -->").split(",")]
    assert len({pair.partition(":")[0] for pair in pairs if pair[0] != "*"}) == sum(pair[0] != "*" for pair in pairs)
    assert len(set(named)) == len(named)


def test_one_input_has_one_part_without_a_title() -> None:
    found = analyzed(WEB)
    assert [(p.title, p.checklist) for p in parts(found)] == [("", found)]


def test_the_table_and_the_comment_have_a_section_for_each(stack: Path) -> None:
    found = analyzed(stack)
    table = api.render(found, "table", View())
    assert "--- dev/web, prod/web ---" in table
    assert "--- prod/db ---" in table
    assert "2 inputs move no duty." in table
    assert "dev/vpc" not in table
    assert "dev/vpc, prod/vpc" in api.render(found, "table", View(everything=True))
    assert max(len(line) for line in table.splitlines()[1:]) <= 79
    comment = api.render(found, "markdown", View())
    assert "### In <code>prod&#47;db</code>" in comment
    assert len(comment.encode()) <= LIMIT


def test_the_json_of_several_inputs_holds_to_the_schema_and_says_where(stack: Path) -> None:
    found = analyzed(stack)
    for view in (View(), View(everything=True)):
        report = json.loads(api.render(found, "json", view))
        assert [e.message for e in jsonschema_rs.validator_for(schema()).iter_errors(report)] == []
        assert all(d["inputs"] for d in report["duties"])
        assert all(0 <= n < 5 for d in report["duties"] for n in d["inputs"])
        assert all("input" in piece for name in ("lines", "no_duty", "gaps", "notes") for piece in report[name])


def test_why_says_in_which_input(stack: Path) -> None:
    said = api.why("aws_db_instance.orders", "encrypt-at-rest", api.Request(str(stack), today="2026-11-24"))
    assert [line for line in said.splitlines() if line.startswith("  In ")] == [
        "  In dev/web.",
        "  In prod/web.",
        "  In prod/db.",
    ]
    assert "  In " not in api.why(
        "aws_db_instance.orders", "encrypt-at-rest", api.Request(str(WEB), today="2026-11-24")
    )


def test_a_hundred_units_fit_a_comment(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"unit{number}").mkdir()
        plan = json.loads((WEB, DATABASE, GONE)[number % 3].read_text())
        for row in plan["resource_changes"]:
            row["address"] = f"module.u{number}.{row['address']}"
            row["module_address"] = f"module.u{number}"
        (tmp_path / f"unit{number}" / "tfplan.json").write_text(json.dumps(plan))
    assert len(api.render(analyzed(tmp_path), "markdown", View()).encode()) <= LIMIT


@given(
    st.permutations(["dev/web.json", "./prod/web.json", "/srv/x/a.json", "/srv/x/b.json", "c.json"]), st.integers(2, 5)
)
def test_keys_of_inputs_are_those_they_have_in_any_company(paths: list[str], count: int) -> None:
    """Law: different inputs have different keys, and a relative path has the same one whatever else is read."""
    found = one()
    inputs = [msgspec.structs.replace(found.inputs[0], path=path) for path in paths]
    known = keys(msgspec.structs.replace(found, inputs=tuple(inputs[:count])))
    assert len(set(known)) == count
    for path, key in zip(paths, known, strict=False):
        assert key == path.removeprefix("./") if not path.startswith("/") else key.startswith("/")


@cache
def one() -> Checklist:
    """The checklist of one input."""
    return analyzed(WEB)


@given(
    st.lists(st.lists(st.sampled_from("ab"), min_size=1, max_size=4).map("/".join), min_size=1, max_size=6, unique=True)
)
def test_names_tell_inputs_apart(paths: list[str]) -> None:
    """Law: inputs with different paths have different names, and none is empty."""
    found = one()
    inputs = tuple(msgspec.structs.replace(found.inputs[0], path=path) for path in paths)
    named = names(msgspec.structs.replace(found, inputs=inputs))
    assert len(set(named)) == len(paths)
    assert all(named)


# Formats of lines


def test_lines_of_a_ci_name_their_inputs(stack: Path) -> None:
    """Every annotation says which inputs it is of; nothing else of it differs from that of the input alone."""
    found = analyzed(stack)
    warnings = [w for w in api.render(found, "github-annotations", View()).splitlines() if "More unmet" not in w]
    assert len(warnings) == 9
    assert all(re.search("::in (dev/web, prod/web|prod/db): aws_", w) for w in warnings)
    notes = json.loads(api.render(found, "bitbucket-annotations", View()))
    assert {n["summary"].split(": ")[1] for n in notes} == {"in dev/web, prod/web", "in prod/db"}
    assert len({n["external_id"] for n in notes}) == len(notes)
    report = json.loads(api.render(found, "bitbucket-report", View()))
    assert report["details"].endswith("Of 5 plans: dev/vpc, dev/web, prod/db, prod/vpc, prod/web.")
    alone = api.render(analyzed(stack / "prod" / "db"), "github-annotations", View()).splitlines()
    assert {w.replace("::in prod/db: ", "::") for w in warnings if "::in prod/db: " in w} <= set(alone)


def test_no_two_findings_of_several_inputs_are_one(stack: Path) -> None:
    """The same address in two inputs is two rows of a register, and two items of a plan of action."""
    found = analyzed(stack)
    rows_of_csv = list(csv.DictReader(io.StringIO(api.render(found, "csv", View(everything=True)))))
    assert len({r["duty_id"] for r in rows_of_csv}) == len(rows_of_csv)
    items = json.loads(api.render(found, "oscal-poam", View()))["plan-of-action-and-milestones"]["poam-items"]
    groups = [p["group"] for item in items for p in item["props"] if p["name"] == "duty"]
    assert len(set(groups)) == len(groups)


def test_what_is_told_beside_the_duties_names_its_input(tmp_path: Path) -> None:
    """Forgotten objects, notes, caveats, gaps, resources without a duty and gates."""
    for name in ("dev", "prod"):
        shutil.copy(ROOT / "fixtures" / "forgotten" / "plan.json", tmp_path / f"{name}.json")
    shutil.copy(ROOT / "fixtures" / "moved-and-imported" / "plan.json", tmp_path / "test.json")
    found = analyzed(tmp_path)
    for form in ("table", "markdown", "plain-markdown"):
        text = api.render(found, form, View(everything=True, width=400)).replace("<code>", "").replace("</code>", "")
        lines = text.replace("`", "").replace("&#46;", ".").splitlines()
        for note in found.notes:
            at = note.address.split("[")[0]
            assert [line for line in lines if at in line and names(found)[note.input] in line], (form, note)
    text = api.render(found, "github-annotations", View())
    assert "::in dev.json: aws_" in text
    assert "; in prod.json: aws_" in text
    gated = api.analyze(api.Request(str(tmp_path), today="2026-11-24", fail_on=("created:low", "unmet")))
    assert all(t.first.endswith(".json") for t in gated.tripped)


@pytest.mark.parametrize("form", ["table", "markdown", "plain-markdown"])
def test_a_type_that_is_not_catalogued_is_named_with_its_inputs(form: str, tmp_path: Path) -> None:
    for name in ("dev", "prod"):
        (tmp_path / f"{name}.json").write_text(json.dumps(plan("aws_not_there.x", {}, None)))
    shutil.copy(WEB, tmp_path / "web.json")
    text = api.render(analyzed(tmp_path), form, View())
    lines = text.replace("<code>", "").replace("</code>", "").replace("`", "").replace("&#58;", ":").splitlines()
    assert [line for line in lines if line.strip(" -*").startswith("aws_not_there (2 in dev.json, prod.json):")]
    (tmp_path / "prod.json").unlink()
    (tmp_path / "web.json").unlink()
    assert "aws_not_there (1):" in api.render(analyzed(tmp_path), "table", View())


# Where reports go


@pytest.mark.parametrize(
    ("formats", "outputs", "wanted"),
    [
        ((), (), [("table", None)]),
        (("json",), (), [("json", None)]),
        ((), ("r.JSON",), [("json", "r.JSON")]),
        ((), ("report",), [("table", "report")]),
        (("markdown", "json"), ("c.md", "r.json"), [("markdown", "c.md"), ("json", "r.json")]),
        (("json", "table"), ("r.json",), [("json", "r.json"), ("table", None)]),
        (("markdown",), ("c.md", "d.csv", "c.xml"), [("markdown", "c.md"), ("csv", "d.csv"), ("junit", "c.xml")]),
        (("table", "json"), ("-", "r.json"), [("table", None), ("json", "r.json")]),
    ],
)  # fmt: skip
def test_formats_and_outputs_are_paired_in_order(
    formats: tuple[str, ...], outputs: tuple[str, ...], wanted: list[tuple[str, str | None]]
) -> None:
    assert targets(formats, outputs) == [Target(*pair) for pair in wanted]


@pytest.mark.parametrize(
    ("formats", "outputs", "says"),
    [
        (("json", "table"), (), "json and table would both be printed"),
        (("json", "table"), ("-",), "json and table would both be printed"),
        (("json", "table"), ("a", "a"), "--output a: named twice"),
        (("nope",), (), "--format nope: not a format"),
    ],
)
def test_reports_that_would_mix_are_refused(formats: tuple[str, ...], outputs: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        targets(formats, outputs)
