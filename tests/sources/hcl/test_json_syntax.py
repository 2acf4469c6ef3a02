"""Configuration in JSON gives the tree that the native language would give."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfsrm.sources.hcl.json_syntax import parse_json
from tfsrm.sources.hcl.nodes import (
    Attribute,
    Block,
    Body,
    Literal,
    Number,
    Object,
    Template,
    Traversal,
    Tuple,
    Unary,
    Wrap,
)

SYNTHESISED = """{
  "//": { "metadata": { "version": "0.20.0" } },
  "resource": {
    "aws_s3_bucket": {
      "b": {
        "//": { "metadata": { "path": "s/b" } },
        "bucket": "${var.name}-x",
        "tags": { "${var.k}": "$${v}", "n": -1.50 },
        "rule": [{ "on": true }, null],
        "depends_on": ["aws_kms_key.k"]
      }
    },
    "aws_x": [{ "c": [{ "d": 1 }, { "d": 2 }] }, { "e": {} }]
  },
  "locals": { "l": "${local.m}" }
}
"""


def test_what_cdk_for_terraform_writes() -> None:
    parsed = parse_json(SYNTHESISED)
    assert parsed.diagnostics == ()
    bucket, first, second, other, local = parsed.body.blocks
    assert (bucket.type, bucket.labels, bucket.line, bucket.column) == ("resource", ("aws_s3_bucket", "b"), 5, 7)
    assert bucket.body == Body(
        (
            Attribute("bucket", Template((Traversal("var", ("name",), 7, 3), Literal("-x"))), 7, 9),
            Attribute(
                "tags",
                Object(
                    (
                        (Wrap(Traversal("var", ("k",), 8, 3)), Literal("${v}")),
                        (Literal("n"), Unary("-", Number("1.50"))),
                    )
                ),
                *(8, 9),
            ),
            Attribute("rule", Tuple((Object(((Literal("on"), Literal(True)),)), Literal(None))), 9, 9),
            Attribute("depends_on", Tuple((Literal("aws_kms_key.k"),)), 10, 9),
        ),
        (),
    )
    assert [(b.labels, b.body.attributes[0].value) for b in (first, second)] == [
        (("aws_x", "c"), Number("1")),
        (("aws_x", "c"), Number("2")),
    ]
    assert other == Block("resource", ("aws_x", "e"), Body((), ()), 13, 52)
    assert local.body.attributes == (Attribute("l", Wrap(Traversal("local", ("m",), 15, 3)), 15, 15),)


def test_a_variable_is_taken_as_it_is_written_but_for_its_validation() -> None:
    text = '{"variable": {"v": {"default": "${x}", "validation": {"condition": "${var.v}"}}}}'
    default, validation = parse_json(text).body.blocks[0].body.attributes
    assert default.value == Literal("${x}")
    assert validation.value == Object(((Literal("condition"), Wrap(Traversal("var", ("v",), 1, 3))),))


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "ends too early"),
        ("{", 1, 2, "ends too early"),
        ('{"a": 1,}', 1, 8, "`,` before `}`"),
        ('{"a" 1}', 1, 6, "`:` is expected"),
        ('{"a": 01}', 1, 8, "`,` or `}` is expected"),
        ('{"a": "x\ny"}', 1, 7, "this is no JSON"),
        ('{"a": "\\q"}', 1, 7, "this is no JSON"),
        ("{a: 1}", 1, 2, "this is no JSON"),
        ("{} {}", 1, 4, "something follows"),
        ('resource "a" "b" {\n}\n', 1, 1, "this is no JSON"),
        ("[" * 300, 1, 102, "nested more than 100 deep"),
        ('"x"', 1, 1, "must be an object"),
        ('{"resources": {}}', 1, 2, "no block of this name"),
        ('{"resource": {"a": 3}}', 1, 15, "must be an object"),
        ('{"locals": 3}', 1, 2, "must be an object"),
        ('{"locals": {"a": "${"}}', 1, 13, "never closed; the block `locals` is not read"),
        ('{"locals": {"a": 1, "a": 2}}', 1, 21, "there twice; the block `locals` is not read"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, line: int, column: int, message: str) -> None:
    found = parse_json(text).diagnostics[0]
    assert message in found.message
    assert (found.line, found.column) == (line, column)


def test_a_broken_block_leaves_the_others() -> None:
    parsed = parse_json('{"module": {"a": {"x": "${"}, "b": {"source": "./b"}}}')
    assert [block.labels for block in parsed.body.blocks] == [("b",)]
    assert len(parsed.diagnostics) == 1


def test_half_a_character_is_replaced() -> None:
    parsed = parse_json('{"locals": {"a": "\\ud800x\\u00e9\\ud83d\\ude00"}}')
    assert parsed.body.blocks[0].body.attributes[0].value == Literal("\ufffdxé😀")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["resource", "locals", "variable", "x", "//", "${a}", ""]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_gives_a_tree_or_says_why_not(value: object) -> None:
    text = json.dumps(value, indent=1)
    parsed = parse_json(text)
    assert parsed == parse_json(text)
    assert all(1 <= d.line <= text.count("\n") + 1 for d in parsed.diagnostics)


@given(st.text(alphabet='{}[]",:\\/0123456789.eE-+ \nabu', max_size=30))
@settings(max_examples=300, deadline=None)
def test_what_is_no_json_is_refused(text: str) -> None:
    """Whatever Python's own reader refuses is refused here, and nothing raises."""
    parsed = parse_json(text)
    try:
        json.loads(text)
    except ValueError:
        assert parsed.diagnostics
        assert parsed.body == Body((), ())
