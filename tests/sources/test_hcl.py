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
from tfsrm.model.world import Input, Resource
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
        ("1 / 2", ...),
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
        ("[for x in [1] : x]", ...),
        ("aws_x_y.other[*].id", ...),
        ("path.module", ...),
        ("terraform.workspace", ...),
        ("data.aws_region.r.name", ...),
        ("aws_kms_key.k.arn", ...),
        ("aws_x_y.this.a", ...),
    ],
)
def test_expressions_are_worth_what_is_written(expression: str, expected: object) -> None:
    assert value(expression, VARIABLES) == expected


def test_parts_that_are_unknown_are_missing_and_masked() -> None:
    found = only("tags = { a = var.x, b = 1 }\n l = [aws_kms_key.k.id, 2]\n n = null\n m = { o = { p = var.x } }")
    assert found.values == {"tags": {"b": 1}, "l": [None, 2], "m": {"o": {}}}
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
        "b": {"references": ['aws_kms_key.k["a.b"].arn', 'aws_kms_key.k["a.b"]', "aws_kms_key.k"]},
        "c": {"references": ["data.aws_region.r.name", "data.aws_region.r"]},
        "d": {"references": ["module.m.out", "module.m"]},
        "e": {"references": ["var.x", "local.y.z", "local.y"]},
        "f": {"references": ["aws_iam_role.r", "var.x"]},
        "g": {"references": ["aws_instance.i", "count.index"]},
        "h": {"references": ["aws_instance.i"]},
        "rule": [{"i": {"constant_value": 1}}, {"i": {"references": ["var.x"]}}],
        "timeouts": {"create": {"constant_value": "5m"}},
    }


@pytest.mark.parametrize("expression", ["var.x", 'file("k")', "each.value", "local.none", "aws_s3_bucket.o.bucket"])
def test_an_expression_that_nobody_can_evaluate_does_not_pass_for_null(expression: str) -> None:
    text = 'resource "aws_s3_bucket" "b" { a = %s }\nresource "aws_s3_bucket" "o" { bucket = var.x }\nvariable "x" {}'
    assert "local.(not evaluated)" in expressions(parsed(text % expression), "aws_s3_bucket.b")["a"]["references"]


@pytest.mark.parametrize(
    "expression", ["aws_kms_key.k.arn", "data.aws_region.r.name", "module.m.out", "upper(aws_kms_key.k.arn)"]
)
def test_a_reference_to_another_object_is_left_as_it_is(expression: str) -> None:
    source = parsed(f'resource "aws_s3_bucket" "b" {{ a = {expression} }}')
    assert not [r for r in expressions(source, "aws_s3_bucket.b")["a"]["references"] if "(" in r]


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
    assert expressions(source, "aws_e_e.chained")["bucket"] == {"references": ["each.value.id", "each.value"]}
    assert "aws_d_d.none" in (source.after.configuration.resources if source.after.configuration else {})
    assert source.not_seen == ()


@pytest.mark.parametrize(
    ("meta", "of"),
    [
        ("count = var.n", "var.n"),
        ("for_each = var.n", "var.n"),
        ("count = 99999", "in a plan only"),
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


def test_the_iterator_of_a_dynamic_block_stands_for_what_it_runs_over() -> None:
    text = """
resource "aws_x_y" "a" {
  dynamic "deep_one" {
    for_each = [aws_kms_key.k.arn]
    content { key = deep_one.value }
  }
}
"""
    expected = [{"key": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}}]
    assert expressions(parsed(text), "aws_x_y.a")["deep_one"] == expected


def test_dynamic_blocks_over_something_unknown_are_unknown() -> None:
    text = 'resource "aws_x_y" "a" {\n dynamic "r" {\n for_each = var.x\n content { p = r.value + local.z }\n }\n}'
    source = parsed(text)
    found = at(source.after, "aws_x_y.a")
    assert (found.values, found.unknown) == ({}, {"r": True})
    assert expressions(source, "aws_x_y.a")["r"]["references"] == ["var.x", "local.z", "local.(not evaluated)"]


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
    assert document.values == {
        "statement": [{"actions": ["s3:*"], "principals": [{"type": "AWS", "identifiers": ["*"]}]}]
    }
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


# Traps of the parser, each with the silent misreading that it would be.


def test_a_heredoc_marker_followed_by_blanks_ends_the_heredoc() -> None:
    assert only("a = <<E\nx\nE  \nb = 1\nc = <<E\ny\nE\n").values == {"a": "x\n", "b": 1, "c": "y\n"}


def test_heredocs_keep_their_last_newline_and_lose_common_indentation() -> None:
    assert value("<<E\n  x\nE") == "  x\n"
    assert value("<<E\nE") == ""
    assert value('<<-E\n\t\tx "q" \\d\n\n\t\t  y\n\t\tE') == 'x "q" \\d\n\n  y\n'


def test_templates_in_heredocs_are_evaluated() -> None:
    assert (
        value('<<E\n{"n": "${var.name}", "t": "${upper("}{")}", "l": "$${x}"}\nE', VARIABLES)
        == '{"n": "n", "t": "}{", "l": "${x}"}\n'
    )
    found = parsed('resource "aws_x_y" "a" {\n p = <<E\n${aws_kms_key.k.arn}\nE\n}')
    assert at(found.after, "aws_x_y.a").unknown == {"p": True}
    assert expressions(found, "aws_x_y.a")["p"]["references"][0] == "aws_kms_key.k.arn"
    assert value("<<E\n%{ if true }x%{ endif }\nE") is ...


def test_directives_in_quoted_texts_are_unknown() -> None:
    assert value('"%{ if var.on }x%{ else }y%{ endif }"', VARIABLES) is ...
    assert value('"%{ for k in var.map }${k}%{ endfor }"', VARIABLES) is ...


def test_windows_line_ends_marks_and_comments_are_read() -> None:
    text = '// c\nresource "aws_x_y" "a" { # d\n  b = <<E\nx\nE\n  /* e */\n  c = (true # f\n   && true)\n}\n'
    text = "\ufeff" + text.replace("\n", "\r\n")
    assert at(parsed(text).after, "aws_x_y.a").values == {"b": "x\n", "c": True}


def test_an_argument_and_a_block_of_one_name_are_both_read() -> None:
    assert only("b = 1\n rule { c = 1 }\n").values == {"b": 1, "rule": [{"c": 1}]}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('resource "a" "b" {\n', "main.tf:1:19", "cannot be parsed"),
        ("x = = 1\n", "main.tf:1:5", "cannot be parsed"),
        ("locals {\n a = 1\n a = 2\n}", "main.tf:3:2", "the argument a is there twice"),
        ('locals {\n a = "$${x"\n b = 1\n c = "}"\n}', "main.tf:2:7", "quote inside"),
        ('locals {\n a = "x\ny"\n}', "main.tf:2:7", "several lines"),
        ('resource "a${b}" "c" {}', "main.tf:1:10", "block label"),
        ("locals {\n a = <<E\nx ${ 1 + }\nE\n}", "main.tf:3:1", "cannot be parsed"),
        ("a = <<E\n" + "\n" * 3000 + "E\n", "main.tf:2002:1", "blank lines"),
    ],
)
def test_what_cannot_be_read_is_located(text: str, where: str, what: str) -> None:
    with pytest.raises(InputError) as found:
        parsed(text)
    assert what in found.value.what
    assert found.value.where == where


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 3000 + "]" * 3000, "a = " + "(" * 3000 + "1" + ")" * 3000, "a {" * 2000 + "}" * 2000]
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parsed(f"locals {{\n{text}\n}}")


def test_a_very_long_expression_chain_is_refused_or_read() -> None:
    assert outcome("locals {\n a = " + " + ".join(["1"] * 5000) + "\n}")


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="larger than 5 MiB"):
        parsed("#" * (5 * 1024**2 + 1))


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


def test_a_directory_is_read_without_those_below_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.tf").write_text('resource "aws_x_y" "below" {}')
    (tmp_path / "main.tf").write_text('resource "aws_x_y" "a" {\n b = var.b\n}\nvariable "b" {}')
    (tmp_path / "terraform.tfvars").write_text("b = 1")
    (tmp_path / "more.tf.json").write_text("{}")
    (tmp_path / "more.tofu").write_text("")
    (tmp_path / ".hidden.tf").write_text("not read {{{")
    [source] = read(str(tmp_path))
    assert (source.kind, source.path, addresses(source.after)) == ("hcl", str(tmp_path), ["aws_x_y.a"])
    assert at(source.after, "aws_x_y.a").values == {"b": 1}
    assert at(source.after, "aws_x_y.a").positions == {
        "": (str(tmp_path / "main.tf"), 1),
        "b": (str(tmp_path / "main.tf"), 2),
    }
    assert [n.what for n in source.not_seen] == ["more.tf.json", "more.tofu"]
    assert source.before is None


def test_a_directory_without_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"without \.tf files"):
        read(str(tmp_path))
    (tmp_path / "main.tf.json").write_text("{}")
    with pytest.raises(InputError, match="JSON syntax"):
        read(str(tmp_path))


def test_files_of_a_directory_that_cannot_be_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "main.tf"
    path.write_bytes(b"# a\n# \xff\n")
    with pytest.raises(InputError, match=r"main.tf:2: not valid UTF-8"):
        read(str(tmp_path))
    path.write_bytes(b"#" * (5 * 1024**2 + 1))
    with pytest.raises(InputError, match="larger than 5 MiB"):
        read(str(tmp_path))

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path.write_bytes(b"")
    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(InputError, match="Permission denied"):
        read(str(tmp_path))


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
