"""Configuration without a plan: what is written is known, everything else is unknown and nothing is guessed."""

from __future__ import annotations

import gc
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.factories import addresses, at
from tfsrm.errors import InputError
from tfsrm.model.world import NOT_EVALUATED, Input, Resource
from tfsrm.sources import read
from tfsrm.sources.hcl import read_hcl_text


def parsed(text: str, **files: str) -> Input:
    return read_hcl_text({"main.tf": text, **{name.replace("__", "."): content for name, content in files.items()}})


def outcome(text: str) -> Input | InputError:
    try:
        return parsed(text)
    except InputError as error:
        return error


def only(body: str, before: str = "") -> Resource:
    """The single resource with this body; ``before``: other blocks."""
    source = parsed(f'{before}\nresource "aws_x_y" "this" {{\n{body}\n}}\n')
    return at(source.after, "aws_x_y.this")


def value(expression: str, before: str = "") -> Any:
    """The value of an attribute, ``...`` where it is unknown."""
    found = only(f"a = {expression}", before)
    assert isinstance(found.values, dict)
    if found.unknown == {"a": True}:
        return ...
    assert not found.unknown
    return found.values.get("a")


VARIABLES = """
variable "name" { default = "n" }
variable "on" { default = true }
variable "null" { default = null }
variable "map" { default = { k = ["v"] } }
variable "nothing" {}
locals {
  l     = "${var.name}-l"
  loop  = local.loop2
  loop2 = local.loop
}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a\\n\\"b\\" \\u00e4"', 'a\n"b" ä'),
        ('"$${x} %%{y}"', "${x} %{y}"),
        ("1", 1),
        ("-12", -12),
        ("- 3", -3),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        ("true", True),
        ("!true", False),
        ("null", None),
        ('["a", 1, null]', ["a", 1, None]),
        ('{ a = 1, "b" : 2, (var.name) = 3 }', {"a": 1, "b": 2, "n": 3}),
        ('"x-${var.name}-${1}-${true}"', "x-n-1-true"),
        ('"${var.on}"', True),
        ("var.map.k[0]", "v"),
        ('var.map["k"]', ["v"]),
        ("var.null", None),
        ("var.nothing", ...),
        ("var.undeclared", ...),
        ("local.l", "n-l"),
        ("local.loop", ...),
        ("local.none", ...),
        ('var.on ? "y" : "z"', "y"),
        ('var.nothing ? "y" : "z"', ...),
        ('var.name == "n" && !false || var.nothing', True),
        ("var.nothing && false", False),
        ("var.on && var.nothing", ...),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("1 < 2", True),
        ("1 / 2", 0.5),
        ("1 == true", False),
        ('"1" != "2"', True),
        ('jsonencode({ b = "<&>", a = [1, true, null] })', '{"a":[1,true,null],"b":"\\u003c\\u0026\\u003e"}'),
        ("jsonencode({ a = aws_kms_key.k.arn })", ...),
        ("merge({ a = 1 }, { a = 2, b = 3 })", {"a": 2, "b": 3}),
        ('concat(["a"], ["b"])', ["a", "b"]),
        ("merge(var.nothing, {})", ...),
        ('toset(["b", "a", "b"])', ["a", "b"]),
        ("tostring(1)", "1"),
        ('tonumber("2")', 2),
        ('tonumber("x")', ...),
        ('tobool("true")', True),
        ('upper("a")', "A"),
        ('lower("A")', "a"),
        ('length(["a"])', 1),
        ('flatten([["a"], [["b"]]])', ["a", "b"]),
        ("upper()", ...),
        ('file("x")', ...),
        ("[for x in [1] : x]", [1]),
        ("aws_x_y.other[*].id", ...),
        ("path.module", "."),
        ("terraform.workspace", "default"),
        ("data.aws_region.r.name", ...),
        ("aws_kms_key.k.arn", ...),
        ("aws_x_y.this.a", ...),
    ],
)
def test_expressions_are_worth_what_is_written(expression: str, expected: object) -> None:
    assert value(expression, VARIABLES) == expected


def test_parts_that_are_unknown_are_missing_and_masked() -> None:
    found = only("tags = { a = var.x, b = 1 }\n l = [aws_kms_key.k.id, 2]\n n = null\n m = { o = { p = var.x } }")
    assert found.values == {"tags": {"b": 1}, "l": [None, 2], "n": None, "m": {"o": {}}}
    assert found.unknown == {"tags": {"a": True}, "l": [True, False], "m": {"o": {"p": True}}}


def test_an_attribute_that_is_not_set_is_neither_known_nor_unknown() -> None:
    found = only("")
    assert (found.values, found.unknown) == ({}, None)


def expressions(source: Input, name: str) -> Any:
    assert source.after.configuration is not None
    return source.after.configuration.resources[name].expressions


def test_expressions_have_the_shape_of_a_plan() -> None:
    text = """
resource "aws_s3_bucket" "b" {
  a = "x"
  b = aws_kms_key.k["a.b"].arn
  c = data.aws_region.r.name
  d = module.m.out
  e = "${var.x}-${local.y.z}"
  f = [for k, v in aws_iam_role.r : v.arn if k != var.x]
  g = aws_instance.i[count.index].id
  h = aws_instance.i[*].id
  rule { i = 1 }
  rule { i = var.x }
  timeouts { create = "5m" }
  lifecycle { prevent_destroy = true }
}
variable "x" { default = "v" }
locals { y = { z = 1 } }
"""
    assert expressions(parsed(text), "aws_s3_bucket.b") == {
        "a": {"constant_value": "x"},
        "b": {"references": ['aws_kms_key.k["a.b"].arn', 'aws_kms_key.k["a.b"]', "aws_kms_key.k", NOT_EVALUATED]},
        "c": {"references": ["data.aws_region.r.name", "data.aws_region.r", NOT_EVALUATED]},
        "d": {"references": ["module.m.out", "module.m", NOT_EVALUATED]},
        "e": {"references": ["var.x", "local.y.z", "local.y"]},
        "f": {"references": ["aws_iam_role.r", "var.x", NOT_EVALUATED]},
        "g": {"references": ["aws_instance.i", "count.index", NOT_EVALUATED]},
        "h": {"references": ["aws_instance.i", NOT_EVALUATED]},
        "rule": [{"i": {"constant_value": 1}}, {"i": {"references": ["var.x"]}}],
        "timeouts": {"create": {"constant_value": "5m"}},
    }


@pytest.mark.parametrize("expression", ["var.x", 'file("k")', "each.value", "local.none", "aws_s3_bucket.o.bucket"])
def test_an_expression_that_nobody_can_evaluate_does_not_pass_for_null(expression: str) -> None:
    text = 'resource "aws_s3_bucket" "b" { a = %s }\nresource "aws_s3_bucket" "o" { bucket = var.x }\nvariable "x" {}'
    assert NOT_EVALUATED in expressions(parsed(text % expression), "aws_s3_bucket.b")["a"]["references"]


def test_attributes_that_another_block_sets_are_known() -> None:
    before = """
resource "aws_s3_bucket" "one" { bucket = "b1" }
resource "aws_s3_bucket" "many" {
  for_each = { k = "v" }
  bucket   = "${each.key}-${each.value}"
}
resource "aws_s3_bucket" "unknown" {
  count  = var.nothing
  bucket = "x"
}
"""
    assert value("aws_s3_bucket.one.bucket", before) == "b1"
    assert value('aws_s3_bucket.many["k"].bucket', before) == "k-v"
    assert value('aws_s3_bucket.many["z"].bucket', before) is ...
    assert value("aws_s3_bucket.many.bucket", before) is ...
    assert value("aws_s3_bucket.unknown[0].bucket", before) is ...
    assert value("aws_s3_bucket.one", before) is ...


def test_count_and_for_each_over_what_is_written_are_expanded() -> None:
    text = """
variable "create" { default = true }
resource "aws_a_a" "n" {
  count = var.create ? 2 : 0
  name  = "n${count.index}"
}
resource "aws_b_b" "m" {
  for_each = { y = { z = 1 }, "x.1" = { z = 2 } }
  z = each.value.z
}
resource "aws_c_c" "s" { for_each = toset(["p"]) }
resource "aws_d_d" "none" { count = 0 }
resource "aws_e_e" "chained" {
  for_each = aws_b_b.m
  bucket   = each.value.id
}
"""
    source = parsed(text)
    expected = ["aws_a_a.n[0]", "aws_a_a.n[1]", 'aws_b_b.m["x.1"]', 'aws_b_b.m["y"]', 'aws_c_c.s["p"]']
    assert addresses(source.after) == [*expected, 'aws_e_e.chained["x.1"]', 'aws_e_e.chained["y"]']
    assert at(source.after, "aws_a_a.n[1]").values == {"name": "n1"}
    assert (at(source.after, 'aws_b_b.m["x.1"]').values, at(source.after, 'aws_b_b.m["x.1"]').key) == ({"z": 2}, "x.1")
    assert expressions(source, "aws_e_e.chained")["bucket"] == {
        "references": ["each.value.id", "each.value", NOT_EVALUATED]
    }
    assert "aws_d_d.none" in (source.after.configuration.resources if source.after.configuration else {})
    assert source.not_seen == ()


@pytest.mark.parametrize(
    ("for_each", "keys"),
    [
        ("var.nothing == null ? [] : toset(var.nothing)", []),
        ('true ? ["x"] : toset(var.nothing)', ["x"]),
        ('true ? ["x"] : (toset(var.texts))', ["x"]),
        ("toset(var.nothing == null ? [55] : var.nothing)", ["55"]),
        ('var.texts != [] ? toset(["x"]) : toset([])', ["x"]),
        ("{} == var.map ? { x = 1 } : { y = 1 }", ["y"]),
    ],
)
def test_the_branch_that_is_passed_over_has_a_type_too(for_each: str, keys: list[str]) -> None:
    """What Terraform plans: a list beside a set is a set, numbers beside texts are texts, a list is never equal to ``[]``."""
    variables = """
variable "nothing" {
  type    = list(string)
  default = null
}
variable "texts" { type = list(string) }
variable "map" { type = map(string) }
"""
    source = parsed(f'{variables}resource "aws_a_a" "n" {{\n for_each = {for_each}\n}}')
    assert addresses(source.after) == [f'aws_a_a.n["{key}"]' for key in keys]


def test_a_resource_may_be_named_with_the_word_resource() -> None:
    """``resource.aws_x.y`` is ``aws_x.y``, in values and in links."""
    source = parsed(
        """
resource "aws_s3_bucket" "b" {
  count  = 1
  bucket = "b"
}
resource "aws_s3_bucket_versioning" "v" {
  bucket = join("", resource.aws_s3_bucket.b[*].id)
  name   = resource.aws_s3_bucket.b[0].bucket
  none   = resource.aws_s3_bucket.c.bucket
}
"""
    )
    found = at(source.after, "aws_s3_bucket_versioning.v")
    assert found.values == {"name": "b"}
    assert found.reasons is not None
    assert found.reasons["none"] == "aws_s3_bucket.c is not declared here"
    assert expressions(source, "aws_s3_bucket_versioning.v")["bucket"] == {
        "references": ["aws_s3_bucket.b", NOT_EVALUATED]
    }


@pytest.mark.parametrize(
    ("meta", "of"),
    [
        ("count = var.n", "var.n"),
        ("for_each = var.n", "var.n"),
        ("count = 99999", "more than 2000"),
        ("for_each = [1]", ""),
    ],
)
def test_how_many_is_not_known_is_looked_at_as_one_and_said(meta: str, of: str) -> None:
    source = parsed(f'variable "n" {{}}\nresource "aws_a_a" "n" {{\n {meta} \n}}')
    assert addresses(source.after) == ["aws_a_a.n[*]"]
    [missing] = source.not_seen
    assert missing.what == "aws_a_a.n"
    assert of in missing.because


def test_dynamic_blocks_over_what_is_written_are_expanded() -> None:
    found = only(
        """
  rule { port = 22 }
  dynamic "rule" {
    for_each = [80, 443]
    iterator = it
    content {
      port = it.value
      at   = it.key
    }
  }
  dynamic "deep_one" {
    for_each = { a = aws_kms_key.k.arn }
    content {
      name = deep_one.key
      key  = deep_one.value
    }
  }
  dynamic "gone" {
    for_each = []
    content {}
  }
"""
    )
    assert found.values == {
        "rule": [{"port": 22}, {"port": 80, "at": 0}, {"port": 443, "at": 1}],
        "deep_one": [{"name": "a"}],
    }
    assert found.unknown == {"deep_one": [{"key": True}]}


def test_dynamic_blocks_are_left_out_of_the_configuration_as_a_plan_does() -> None:
    text = """
resource "aws_x_y" "a" {
  dynamic "deep_one" {
    for_each = [aws_kms_key.k.arn]
    content { key = deep_one.value }
  }
}
"""
    assert expressions(parsed(text), "aws_x_y.a") == {}


def test_dynamic_blocks_over_something_unknown_are_unknown() -> None:
    block = 'dynamic "r" {\n for_each = var.x\n content { p = r.value + local.z }\n }'
    text = f'variable "x" {{}}\nresource "aws_x_y" "a" {{\n {block}\n}}'
    source = parsed(text)
    found = at(source.after, "aws_x_y.a")
    assert (found.values, found.unknown) == ({}, {"r": True})
    assert expressions(source, "aws_x_y.a")["r"] == {"references": [NOT_EVALUATED]}  # as little as a plan tells


def test_what_a_data_source_is_asked_with_null_it_answers() -> None:
    """``region = var.region`` where that is null: the provider's Region, or what AWS says."""
    source = parsed(
        """
variable "none" {
  type    = string
  default = null
}
provider "aws" { region = "eu-west-1" }
data "aws_region" "null" { region = var.none }
data "aws_region" "other" { region = "us-west-2" }
data "aws_vpc" "v" { cidr_block = var.none }
resource "aws_a_a" "x" {
  here  = data.aws_region.null.region
  name  = data.aws_region.null.name
  there = data.aws_region.other.region
  id    = data.aws_region.other.id
  cidr  = data.aws_vpc.v.cidr_block
}
"""
    )
    found = at(source.after, "aws_a_a.x")
    assert found.values == {"here": "eu-west-1", "name": "eu-west-1", "there": "us-west-2"}
    assert found.reasons == {
        "id": "data.aws_region.other.id is looked up in a plan only",
        "cidr": "data.aws_vpc.v.cidr_block is looked up in a plan only",
    }


def test_data_sources_providers_and_regions_are_read() -> None:
    text = """
terraform {
  required_providers {
    aws   = { source = "hashicorp/aws", version = "~> 6.0" }
    cloud = { source = "registry.terraform.io/acme/cloud" }
  }
}
variable "region" { default = "eu-west-1" }
provider "aws" { region = var.region }
provider "aws" {
  alias  = "west"
  region = "us-west-1"
}
provider "aws" {
  alias  = "other"
  region = data.x.y
}
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["s3:*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
resource "aws_s3_bucket" "w" { provider = aws.west }
resource "awscc_s3_bucket" "c" {}
resource "cloud_thing" "t" {}
"""
    world = parsed(text).after
    assert world.regions == {"aws": "eu-west-1", "aws.west": "us-west-1"}
    document = at(world, "data.aws_iam_policy_document.d")
    assert isinstance(document.values, dict)
    assert document.values["statement"] == [
        {"actions": ["s3:*"], "principals": [{"type": "AWS", "identifiers": ["*"]}]}
    ]
    assert json.loads(document.values["json"])["Statement"][0]["Principal"] == {"AWS": "*"}
    assert document.mode == "data"
    named = {r.address: (r.provider, r.provider_config) for r in world.resources}
    assert named == {
        "aws_s3_bucket.w": ("hashicorp/aws", "aws.west"),
        "awscc_s3_bucket.c": ("hashicorp/awscc", "awscc"),
        "cloud_thing.t": ("acme/cloud", "cloud"),
    }


def test_modules_are_named_as_not_read() -> None:
    source = parsed(
        'module "net" {\n source = "./net"\n version = "1"\n id = aws_x_y.z.id\n}\noutput "o" { value = module.net.id }'
    )
    [missing] = source.not_seen
    assert (missing.what, "./net" in missing.because) == ("module.net", True)
    assert source.after.configuration is not None
    call = source.after.configuration.calls["net"]
    assert (call.source, call.version, call.expressions) == (
        "./net",
        "1",
        {"id": {"references": ["aws_x_y.z.id", "aws_x_y.z"]}},
    )
    assert source.after.configuration.outputs == {"o": {"references": ["module.net.id", "module.net"]}}


def test_variables_and_locals_of_the_configuration() -> None:
    configuration = parsed(VARIABLES).after.configuration
    assert configuration is not None
    found = {n: (v.has_default, v.default_is_null) for n, v in configuration.variables.items() if n[0] == "n"}
    assert found == {"name": (True, False), "null": (True, True), "nothing": (False, False)}
    assert configuration.locals is not None
    assert configuration.locals["l"] == {"references": ["var.name"]}


def test_values_of_sensitive_variables_are_masked_through_locals() -> None:
    before = 'variable "s" {\n sensitive = true\n default = "hunter2"\n}\nlocals {\n l = "x${var.s}"\n}\n'
    found = only("a = var.s\n b = local.l\n c = 1\n rule { d = var.s }\n tags = { e = local.l }", before)
    assert found.sensitive == {"a": True, "b": True, "rule": [{"d": True}], "tags": True}


def test_secrets_are_masked_through_other_blocks_and_iterators() -> None:
    text = """
variable "s" {
  sensitive = true
  default   = "hunter2"
}
resource "aws_a_a" "one" { password = var.s }
resource "aws_a_a" "two" {
  copy = aws_a_a.one.password
  dynamic "rule" {
    for_each = [var.s]
    content {
      x = rule.value
      y = 1
    }
  }
}
resource "aws_a_a" "each" {
  for_each = { k = var.s }
  z        = "${each.value}-${each.key}"
}
"""
    world = parsed(text).after
    assert at(world, "aws_a_a.two").values == {"copy": "hunter2", "rule": [{"x": "hunter2", "y": 1}]}
    assert at(world, "aws_a_a.two").sensitive == {"copy": True, "rule": [{"x": True}]}
    assert at(world, 'aws_a_a.each["k"]').sensitive == {"z": True}


def test_positions_name_file_and_line() -> None:
    source = parsed('\nresource "aws_x_y" "a" {\n  b = 1\n  rule {\n    c = 2\n  }\n}\n')
    assert at(source.after, "aws_x_y.a").positions == {
        "": ("main.tf", 2),
        "b": ("main.tf", 3),
        "rule": ("main.tf", 4),
        "rule[0]": ("main.tf", 4),
        "rule[0].c": ("main.tf", 5),
    }


def test_overrides_replace_arguments_and_blocks_of_a_type() -> None:
    base = 'resource "aws_x_y" "a" {\n b = 1\n c = 2\n rule { d = 1 }\n rule { d = 2 }\n other { e = 1 }\n}'
    over = 'resource "aws_x_y" "a" {\n c = 3\n rule { d = 4 }\n}\nresource "aws_x_y" "new" {}'
    source = read_hcl_text({"main.tf": base, "a_override.tf": over})
    assert at(source.after, "aws_x_y.a").values == {"b": 1, "c": 3, "rule": [{"d": 4}], "other": [{"e": 1}]}
    assert addresses(source.after) == ["aws_x_y.a", "aws_x_y.new"]


def test_tfvars_give_variables_their_values_in_terraforms_order() -> None:
    base = (
        'variable "a" { default = 1 }\nvariable "b" {}\nresource "aws_x_y" "r" {\n a = var.a\n b = var.b\n z = var.z\n}'
    )
    files = {
        "main.tf": base,
        "terraform.tfvars": "a = 2\nz = 9\n",
        "x.auto.tfvars": "a = 3",
        "terraform.tfvars.json": json.dumps({"b": {"c": [1, None]}}),
        "other.tfvars": "a = 4",
    }
    found = at(read_hcl_text(files).after, "aws_x_y.r")
    assert (found.values, found.unknown) == ({"a": 3, "b": {"c": [1, None]}}, {"z": True})
    with pytest.raises(InputError, match="malformed JSON"):
        read_hcl_text({"main.tf": "", "terraform.tfvars.json": "{"})
    assert read_hcl_text({"main.tf": "", "terraform.tfvars.json": "[]"})


def test_a_single_file_is_read_with_a_caveat(tmp_path: Path) -> None:
    path = tmp_path / "anything"
    path.write_text('# first\n\n/* c */ resource "aws_x_y" "a" {}\n')
    [source] = read(str(path))
    assert (source.kind, addresses(source.after), len(source.caveats)) == ("hcl", ["aws_x_y.a"], 1)
    [source] = read("-", stdin=io.BytesIO(path.read_bytes()))
    assert source.path == "standard input"


def test_the_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    parsed("")
    assert gc.isenabled()
    gc.disable()
    try:
        parsed("")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_same_text_gives_the_same_digest_and_order() -> None:
    files = {"b.tf": 'resource "aws_x_y" "b" {}', "a.tf": 'resource "aws_x_y" "a" {}'}
    one, two = read_hcl_text(files), read_hcl_text(dict(reversed(files.items())))
    assert one.digest == two.digest
    assert [r.address for r in one.after.resources] == [r.address for r in two.after.resources]


_PIECES = st.sampled_from(
    [
        'resource "aws_x_y" "a" ',
        "{",
        "}",
        "\n",
        " ",
        "a",
        "=",
        '"',
        "${",
        "<<E\n",
        "\nE\n",
        "[",
        "]",
        "(",
        ")",
        "var.x",
        "count",
        "for_each",
        "dynamic",
        "content",
        ".",
        "1",
        "-",
        "?",
        ":",
        ",",
        "#",
        "/*",
        "*/",
        "%{",
        "~",
        "each.value",
        "jsonencode(",
        "\\",
        "...",
        "*",
        "locals",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=25).map("".join))
def test_no_text_crashes_the_reader(text: str) -> None:
    """The reader gives an Input or an InputError for any text."""
    for whole in (text, f'resource "aws_x_y" "a" {{\n{text}\n}}'):
        assert outcome(whole)
