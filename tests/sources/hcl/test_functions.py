"""Operators and functions, as Terraform computes them: the table, Terraform itself where it is installed, unknown arguments."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sources.hcl.expressions import outcome, table, value_of
from tfsrm.sources.hcl.functions import FUNCTIONS, NOT_KNOWN
from tfsrm.sources.hcl.functions.special import EXPRESSIONS, SCOPED
from tfsrm.sources.hcl.values import Entity, List, Map, Set, Unknown, Value

SECTIONS = list(table())
BATCH = 60
"""Expressions in one process of Terraform: it reads lines of at most 64 KB."""


@pytest.mark.parametrize(("name", "cases"), SECTIONS, ids=[name for name, _ in SECTIONS])
def test_every_expression_of_the_table_is_what_terraform_makes_of_it(name: str, cases: list[tuple[str, str]]) -> None:
    different = {text: (result, outcome(text)) for text, result in cases if outcome(text) != result}
    assert not different


def test_the_table_is_as_large_as_promised() -> None:
    assert sum(len(cases) for _, cases in SECTIONS) >= 600


def test_the_table_calls_every_function_that_computes_a_known_result() -> None:
    text = "\n".join(expression for _, cases in SECTIONS for expression, _ in cases)
    called = set(re.findall(r"([a-z][a-z0-9_]*)\(", text))
    of_files = set(SCOPED) - {"sensitive"}
    unjudged = {"abspath", "issensitive", "ephemeralasnull"}  # other machines, marks that JSON does not show
    expected = {name for name in FUNCTIONS if "::" not in name} | set(EXPRESSIONS) | {"sensitive"}
    assert expected - called - of_files == unjudged


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_itself_says_what_the_table_says(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1"}
    version = json.loads(
        subprocess.run(
            ["terraform", "version", "-json"], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        ).stdout
    )["terraform_version"]
    if not version.startswith("1.11."):
        pytest.skip(f"the table is of Terraform 1.11, here is {version}")
    cases = [case for _, section in SECTIONS for case in section]
    different: dict[str, str] = {}
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        tried = ", ".join(f'try(jsonencode({text}), "error")' for text, _ in batch)
        ran = subprocess.run(
            ["terraform", "console"],
            input=f"base64encode(jsonencode([{tried}]))\n",
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env=environment,
        )
        results = json.loads(base64.b64decode(ran.stdout.strip().splitlines()[-1].strip('"')))
        different |= {text: got for (text, wanted), got in zip(batch, results, strict=True) if got != wanted}
    assert not different


# --- arguments that are not known ---------------------------------------------------------------------------------

U = Unknown("not known", of="aws_kms_key.this.arn", kind="string", not_null=True, not_empty=True)
ANY = Unknown("not known", of="module.m.x")
STRING = Unknown("not known", kind="string")
LIST = Unknown("not known", kind="list")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("length([u, u])", 2),
        ("length({ a = u })", 1),
        ("keys({ a = u, b = any })", ["a", "b"]),
        ("values({ b = 1, a = u })", [U, 1]),
        ("merge({ a = 1 }, { b = u })", {"a": 1, "b": U}),
        ('lookup({ a = u }, "a", 1)', U),
        ('lookup({ a = u }, "b", 1)', 1),
        ('contains([u, "a"], "a")', True),
        ("concat([u], [1])", [U, 1]),
        ("element([1, u], 1)", U),
        ("flatten([[u], 1])", [U, 1]),
        ('compact([u, "", null, "a"])', List([U, "a"])),
        ("coalesce(null, u)", U),
        ('coalesce("", u, "a")', U),
        ("coalesce(null, any)", ANY),
        ('coalesce("a", any)', "a"),
        ("coalescelist([], [u])", [U]),
        ("one([u])", U),
        ("try(u, 1)", U),
        ("try({ a = u }.a, 1)", U),
        ("can(u)", True),
        ("tostring(u)", U),
        ("tolist([u])", List([U])),
        ("toset([u])", Set([U])),
        ("tomap({ a = u })", Map({"a": U})),
        ('zipmap(["a"], [u])', {"a": U}),
        ("reverse([u, 1])", [1, U]),
        ("slice([1, u, 2], 1, 2)", [U]),
        ('chunklist(["a", u], 1)', List([List(["a"]), List([U])])),
        ("setproduct([u], [1])", List([[U, 1]])),
        ("alltrue([false, any])", False),
        ("anytrue([true, any])", True),
        ('startswith("arn:${u}", "arn:")', True),
        ('startswith("arn:${u}", "x")', False),
        ("jsondecode(jsonencode({ a = u, b = [1] }))", {"a": U, "b": [1]}),
        ("sensitive(u)", U),
        ("false && any", False),
        ("any && false", False),
        ("true || any", True),
        ("any || true", True),
        ("any ? 1 : 1", 1),
        ("any ? u : u", U),
        ("any ? { a = 1, b = 2 } : { a = 1, b = 2 }", {"a": 1, "b": 2}),
        ("u == null", False),
        ("u != null", True),
        ('u == ""', False),
        ('"a-${u}" == "b"', False),
        ("[1, u] == [2, u]", False),
        ("[u] == []", False),
        ("{ a = u } == { b = u }", False),
        ("[for x in [u, 1] : x]", [U, 1]),
        ("[for x in [1, 2] : u]", [U, U]),
        ("[{ a = u }][*].a", [U]),
        ("u[*]", [U]),
    ],
)
def test_what_does_not_depend_on_an_unknown_part_is_known(text: str, expected: Value) -> None:
    value = value_of(text, {"u": U, "any": ANY})
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("text", "kind", "refined"),
    [
        ('"a-${u}"', "string", {"not_null": True, "not_empty": True, "prefix": "a-"}),
        ('"${s}"', "string", {"not_empty": False}),
        ('"${s}${s}"', "string", {"not_null": True, "not_empty": False}),
        ('join("-", ["a", s])', "string", {"not_null": True, "not_empty": True, "prefix": "a-"}),
        ('format("arn:%s", s)', "string", {"not_null": True, "prefix": "arn:"}),
        ("jsonencode({ a = s })", "string", {"not_empty": True, "prefix": "{"}),
        ("length(l)", "number", {"not_null": True}),
        ("length(distinct([s, s]))", "number", {"not_null": True}),
        ("concat(l, [1])", "tuple", {"not_empty": True}),
        ("concat(l, tolist([1]))", "list", {"not_empty": True}),
        ("merge({ a = 1 }, any)", "object", {"not_null": True, "not_empty": True}),
        ('sort([s, "a"])', "list", {"not_empty": True, "length": None}),
        ("compact([s])", "list", {"not_empty": False}),
        ('compact([s, "a"])', "list", {"not_empty": True}),
        ('toset([s, "a"]) == toset(["a"])', "bool", {"not_null": True}),
        ('s == "a"', "bool", {"not_null": True}),
        ('any ? "a" : "b"', "string", {"not_null": True, "not_empty": True}),
        ("any ? [1] : [2, 3]", "list", {"not_null": True, "not_empty": True}),
        ("timestamp()", "string", {"not_null": True}),
        ("uuid()", "string", {"not_null": True}),
        ('base64gzip("a")', "string", {"not_null": True}),
    ],
)
def test_what_is_not_known_keeps_what_is_sure_about_it(text: str, kind: str, refined: dict[str, object]) -> None:
    value = value_of(text, {"u": U, "any": ANY, "s": STRING, "l": LIST})
    assert isinstance(value, Unknown)
    assert value.kind == kind
    assert not value.error
    assert {name: getattr(value, name) for name in refined} == refined


@pytest.mark.parametrize(
    "text",
    [
        "any == null",
        "any ? 1 : 2",
        "any[0]",
        "any.a.b",
        "coalesce(any, 1)",
        "try(any.a, 1)",
        "try([any.a, 1], 2)",
        "try([1, 1][any], 2)",
        "can(any.a)",
        "flatten([any, 1])",
        "distinct([any, 1])",
        "contains([any], 1)",
        "{ (any) = 1 }",
        "{ for x in [any] : x => 1 }",
        "[for x in any : 1]",
        "[for x in [1] : x if any]",
        "any[*].a",
        'lookup(any, "a", 1)',
        "merge(any, { a = 1 })",
        "true && any",
        "false || any",
        'regex("a", any)',
        "toset([any, 1])[*]",
        "max(any, 1)",
        "any + 1",
        "tolist([]) == tolist([])",
    ],
)
def test_what_depends_on_the_unknown_is_not_known(text: str) -> None:
    value = value_of(text, {"any": ANY})
    assert isinstance(value, Unknown)
    assert not value.error, value.reason


def test_a_slice_of_an_unknown_list_has_a_known_length() -> None:
    value = value_of(
        "slice(l, 0, 3)", {"l": Unknown("not known", of="data.aws_availability_zones.a.names", kind="list")}
    )
    assert isinstance(value, list)
    assert [part.of for part in value if isinstance(part, Unknown)] == [
        f"data.aws_availability_zones.a.names[{position}]" for position in range(3)
    ]


def test_elements_of_a_list_of_known_length_are_counted() -> None:
    zones = Unknown("not known", kind="list", not_null=True, length=2)
    assert value_of("length(z)", {"z": zones}) == 2
    assert value_of("length(concat(z, [1]))", {"z": zones}) == 3


def test_a_text_that_encodes_a_structure_keeps_it() -> None:
    value = value_of('jsonencode({ Statement = [{ Effect = "Allow", Resource = u }] })', {"u": U})
    assert isinstance(value, Unknown)
    assert value.partial == {"Statement": [{"Effect": "Allow", "Resource": U}]}


def test_the_functions_of_the_aws_provider_that_only_compute() -> None:
    arn = "arn:aws:iam::123456789012:role/with/path/name"
    assert value_of(f'provider::aws::arn_parse("{arn}").resource') == "role/with/path/name"
    assert value_of(f'provider::aws::trim_iam_role_path("{arn}")') == "arn:aws:iam::123456789012:role/name"
    assert value_of('provider::aws::arn_build("aws", "s3", "", "", "b")') == "arn:aws:s3:::b"
    other = value_of('provider::time::rfc3339_parse("x")')
    assert isinstance(other, Unknown)
    assert other.reason == "function provider::time::rfc3339_parse"


def test_every_function_that_cannot_be_known_says_its_name() -> None:
    for name in NOT_KNOWN:
        value = value_of(f'{name}("x")')
        assert isinstance(value, Unknown)
        assert value.reason == f"function {name}"


class Resource(Entity):
    """A resource with one configured attribute."""

    __slots__ = ()

    def attribute(self, name: str) -> Value:
        return (
            "b"
            if name == "bucket"
            else Unknown("known after apply", of=f"{self.address}.{name}", kind="string", not_null=True)
        )


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("r.arn", "aws_s3_bucket.this.arn"),
        ('r["arn"]', "aws_s3_bucket.this.arn"),
        ("[r][0].arn", "aws_s3_bucket.this.arn"),
        ("([r][*].arn)[0]", "aws_s3_bucket.this.arn"),
        ("one([r][*].arn)", "aws_s3_bucket.this.arn"),
        ("[for x in [r] : x.arn][0]", "aws_s3_bucket.this.arn"),
        ("values({ a = r })[0].arn", "aws_s3_bucket.this.arn"),
        ("{ for k, x in { a = r } : k => x.arn }.a", "aws_s3_bucket.this.arn"),
        ("try(r.arn, null)", "aws_s3_bucket.this.arn"),
        ("coalesce(null, r.arn)", "aws_s3_bucket.this.arn"),
        ("true ? r.arn : null", "aws_s3_bucket.this.arn"),
        ("element([r.arn], 0)", "aws_s3_bucket.this.arn"),
        ("merge({ a = r.arn }, { b = 1 }).a", "aws_s3_bucket.this.arn"),
        ('"${r.arn}"', "aws_s3_bucket.this.arn"),
        ('lookup(r, "arn", null)', "aws_s3_bucket.this.arn"),
        ("([{ id = r.arn }][*].id)[0]", "aws_s3_bucket.this.arn"),
        ("nonsensitive(r.arn)", "aws_s3_bucket.this.arn"),
        ("try(r.arn, r.id)", "aws_s3_bucket.this.arn"),
        ('"${r.arn}/*"', ""),
        ('join("", [r.arn])', ""),
        ("upper(r.arn)", ""),
    ],
)
def test_the_identity_of_a_resource_survives_where_the_value_is_the_reference(text: str, of: str) -> None:
    value = value_of(text, {"r": Resource("aws_s3_bucket.this")})
    assert isinstance(value, Unknown)
    assert value.of == of


def test_a_configured_attribute_of_a_resource_is_its_value() -> None:
    assert value_of("r.bucket", {"r": Resource("aws_s3_bucket.this")}) == "b"


def test_a_resource_as_a_whole_is_not_known_but_keeps_its_identity() -> None:
    assert value_of("jsonencode(r)", {"r": Resource("aws_s3_bucket.this")}) == Unknown(
        "known after apply", kind="string", not_null=True, not_empty=True
    )
