"""A file in Terraform's native language becomes the tree that Terraform sees, or says where it cannot."""

from __future__ import annotations

import gc
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tfsrm.sources.hcl import front
from tfsrm.sources.hcl.front import parse, parse_expression, parse_template
from tfsrm.sources.hcl.grammar import TABLES, edited, source, tables_text
from tfsrm.sources.hcl.nodes import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Diagnostic,
    Every,
    ForObject,
    ForTuple,
    Literal,
    Node,
    Number,
    Object,
    Relative,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    Tuple,
    Unary,
    Wrap,
)


def text(value: str) -> Literal:
    return Literal(value)


def name(root: str, *steps: str | Node, at: tuple[int, int] = (1, 5)) -> Traversal:
    return Traversal(root, steps, *at)


def values(source: str) -> dict[str, Node]:
    """The arguments of a file that is read whole."""
    parsed = parse(source)
    assert parsed.diagnostics == ()
    return {attribute.name: attribute.value for attribute in parsed.body.attributes}


def first(source: str) -> Diagnostic:
    """The first diagnostic of a file."""
    return parse(source).diagnostics[0]


ONE, TWO = Number("1"), Number("2")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("123456789012345678901234567890", Number("123456789012345678901234567890")),
        ("1.50", Number("1.50")),
        ("1E+5", Number("1E+5")),
        ("-12", Unary("-", Number("12"))),
        ("5-30", Binary("-", Number("5"), Number("30"))),
        ("!!true", Unary("!", Unary("!", Literal(True)))),
        ("null", Literal(None)),
        ("1 + 2 * 3", Binary("+", ONE, Binary("*", TWO, Number("3")))),
        ("1 - 2 - 3", Binary("-", Binary("-", ONE, TWO), Number("3"))),
        ("1 /* c */ + 2", Binary("+", ONE, TWO)),
        ("(1 # c\n + 2)", Binary("+", ONE, TWO)),
        ("(1\n - 2)", Binary("-", ONE, TWO)),
        ("true ? 1 : false ? 2 : 1", Conditional(Literal(True), ONE, Conditional(Literal(False), TWO, ONE))),
        ("[1, 2,]", Tuple((ONE, TWO))),
        ("[ # c\n 1 # d\n , 2\n]", Tuple((ONE, TWO))),
        ("{ k = 1, 'v'".replace("'", '"') + " : 2 }", Object(((text("k"), ONE), (text("v"), TWO)))),
        ("{\n k = 1 # c\n\n /* d */ null = 2\n}", Object(((text("k"), ONE), (text("null"), TWO)))),
        ("{ (k) = 1 }", Object(((name("k", at=(1, 8)), ONE),))),
        ("{ (true) = 1 }", Object(((Literal(True), ONE),))),
        ("f(1, 2...)", Call("f", (ONE, TWO), True, 1, 5)),
        ("provider::aws::f()", Call("provider::aws::f", (), False, 1, 5)),
        ("x.y-z[0].true", name("x", "y-z", Number("0"), "true")),
        ("x.0.y", name("x", Number("0"), "y")),
        ('x["k"] . y', name("x", text("k"), "y")),
        ("f(1).y", Relative(Call("f", (ONE,), False, 1, 5), ("y",))),
        ("(x.y)[0]", Relative(name("x", "y", at=(1, 6)), (Number("0"),))),
        ("true.x", Relative(Literal(True), ("x",))),
        ("x[*].y[0]", Splat(name("x"), ("y", Number("0")), full=True)),
        ("x[*].y[*].z", Splat(name("x"), ("y", Every(), "z"), full=True)),
        ("x.*.y[0]", Relative(Splat(name("x"), ("y",), full=False), (Number("0"),))),
        ("x.*.y.0", Splat(name("x"), ("y", Number("0")), full=False)),
        ("x.*[0].y", Relative(Splat(name("x"), (), full=False), (Number("0"), "y"))),
        ("x[ * ]", Splat(name("x"), (), full=True)),
        ("[for v in x : 1 if true]", ForTuple("", "v", name("x", at=(1, 15)), ONE, Literal(True))),
        (
            "{\n for # c\n k,\n v in x : k => v...\n if true }",
            ForObject(
                *("k", "v", name("x", at=(4, 7)), name("k", at=(4, 11)), name("v", at=(4, 16)), True, Literal(True))
            ),
        ),
        (
            "[for if in x : if if true]",
            ForTuple("", "if", name("x", at=(1, 16)), name("if", at=(1, 20)), Literal(True)),
        ),
        ("é.ü", name("é", "ü")),
    ],
)
def test_expressions(expression: str, expected: Node) -> None:
    assert values(f"a = {expression}\n") == {"a": expected}


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ('""', text("")),
        (r'"\n\r\t\"\\\u00e9\U0001F600"', text('\n\r\t"\\é😀')),
        ('"$ $$ 100% %%"', text("$ $$ 100% %%")),
        ('"$${x} %%{y} $$${z}"', text("${x} %{y} $${z}")),
        ('"${x}"', Wrap(name("x", at=(1, 8)))),
        ('"${\n x\n}"', Wrap(name("x", at=(2, 2)))),
        ('"-${x}"', Template((text("-"), name("x", at=(1, 9))))),
        ('" ${~ x ~} "', Template((name("x", at=(1, 11)),))),
        ('"${"${x}"}"', Wrap(Wrap(name("x", at=(1, 11))))),
        ('"${{ k = "}" }}"', Wrap(Object(((text("k"), text("}")),)))),
        (
            '"%{ if x }y%{ endif }"',
            Template((TemplateIf(name("x", at=(1, 12)), Template((text("y"),)), Template(())),)),
        ),
        (
            '"%{ for k, v in x ~} ${v} %{~ endfor }"',
            Template((TemplateFor("k", "v", name("x", at=(1, 21)), Template((name("v", at=(1, 28)),))),)),
        ),
    ],
)
def test_texts(quoted: str, expected: Node) -> None:
    assert values(f"a = {quoted}\n") == {"a": expected}


@pytest.mark.parametrize(
    ("heredoc", "expected"),
    [
        ("<<E\nx\nE", "x\n"),
        ("<<E\nE", ""),
        ("<<E\n\n\nE", "\n\n"),
        ("<<E\n  x\n  E", "  x\n"),
        ("<<E\nx\nE  \t", "x\n"),
        ("<<E\nEX\nE,\nE", "EX\nE,\n"),
        ('<<E\n\\n "q" \\d $${x}\nE', '\\n "q" \\d ${x}\n'),
        ("<<-E\n    x\n\n      y\n    E", "x\n\n  y\n"),
        ("<<-E\n\t\tx\n\ty\n\tE", "\tx\ny\n"),
        ("<<-E\n    x\nE", "x\n"),
        ("<<E\r\nx\r\nE\r", "x\r\n"),
    ],
)
def test_heredocs(heredoc: str, expected: str) -> None:
    """The last line break stays, ``<<-`` takes the smallest indentation away, blank lines do not count."""
    assert values(f"a = {heredoc}\nb = 1\n") == {"a": text(expected), "b": ONE}


def test_heredocs_hold_templates() -> None:
    """As Terraform has it, ``~}`` strips the rest of its line, and the indentation of the next line then stays."""
    found = values("a = <<-E\n    x ${b}\n    %{ if c ~}\n      d\n    %{ endif ~}\n    E\n")["a"]
    branch = TemplateIf(name("c", at=(3, 11)), Template((text("      d\n"),)), Template(()))
    assert found == Template((text("x "), name("b", at=(2, 9)), text("\n"), branch))


def test_what_a_mark_strips_counts_as_no_indentation() -> None:
    """The official parser strips first and looks for the smallest indentation after it."""
    found = values("a = <<-E\n  x ${b}\n    ${~ c }\n    d\n  E\n")["a"]
    expected = (text("  x "), name("b", at=(2, 7)), text("\n"), name("c", at=(3, 9)), text("\n    d\n"))
    assert found == Template(expected)


def test_a_heredoc_ends_at_its_first_marker() -> None:
    """A known trap: a parser that asks for nothing behind the marker reads on to the next one and loses what is between."""
    assert list(values("a = <<E\nx\nE  \nb = 1\nc = <<E\ny\nE\n")) == ["a", "b", "c"]


def test_bodies_and_places() -> None:
    lines = ["\ufeff# c", 'r "a" b {', "  é = 1 // d", "  /* e", "  */", "  in { null = 2 }"]
    source = "\r\n".join([*lines, '  x "$${l}\\u0041" {}', "}", "z = 1"])
    assert parse(source).body == Body(
        (Attribute("z", ONE, 9, 1),),
        (
            Block(
                "r",
                ("a", "b"),
                Body(
                    (Attribute("é", ONE, 3, 3),),
                    (
                        Block("in", (), Body((Attribute("null", TWO, 6, 8),), ()), 6, 3),
                        Block("x", ("${l}A",), Body((), ()), 7, 3),
                    ),
                ),
                *(2, 1),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        ("a = 1\na = 2\n", 2, 1, "the argument a is there twice"),
        ("b {\n a = 1\n a = 2\n}\n", 3, 2, "the argument a is there twice"),
        ("a = 1 b = 2\n", 1, 7, "a name is not expected here"),
        ("b { a = 1, c = 2 }\n", 1, 10, "`,` is not expected here"),
        ("b { c {} }\n", 1, 7, "`{` is not expected here"),
        ("b {\n a = 1 }\n", 2, 8, "`}` is not expected here"),
        ('r "x"\n{\n}\n', 1, 3, "something is missing after this"),
        ('a = "\\d"\n', 1, 6, "a backslash"),
        ('a = "\\ud800"\n', 1, 6, "a backslash"),
        ('a = "x\ny"\n', 1, 5, "a quoted text stands on one line"),
        ('a = "x', 1, 5, "never closed"),
        ("a = <<E\nx\nE", 1, 5, "this heredoc is never closed"),
        ("a = <<E\nx\ry\nE\n", 2, 2, "carriage return"),
        ("a = 1\n/* x\n", 2, 1, "this comment is never closed"),
        ("a = (1]\n", 1, 7, "does not close what was opened in line 1, column 5"),
        ("a {\n", 1, 3, "never closed"),
        ("a = 'x'\n", 1, 5, "single quotes"),
        ("a = 1\u00a0\n", 1, 6, "U+00A0"),
        ("a\u00b2 = 1\n", 1, 1, "a name with a character"),
        ("a = x.0.1\n", 1, 7, "a number is not expected"),
        ("a = 1.2.3\n", 1, 5, "this is no number"),
        ("a = x[*].y.*.z\n", 1, 13, "`.*` inside another splat"),
        ("a = x.*.y.*.z\n", 1, 12, "`.*` inside another splat"),
        ('r "a${b}" {\n}\n', 1, 1, "a label of a block holds no template"),
        ('a = "%{ endif }"\n', 1, 6, "`endif` has no begin"),
        ('a = "%{ if x }y"\n', 1, 6, "`if` is never closed"),
        ('a = "%{ if x }%{ else }%{ else }%{ endif }"\n', 1, 24, "`else` has no begin"),
        ('a = "%{ when x }"\n', 1, 6, "a directive begins with"),
        ("a = [for in x : 1]\n", 1, 6, "`for` is followed by"),
        ("a =\n 1\n", 1, 3, "something is missing after this"),
        ("a = 1\n + 2\n", 2, 2, "`+` is not expected here"),
    ],
)
def test_what_terraform_refuses_is_refused_with_its_place(source: str, line: int, column: int, message: str) -> None:
    found = parse(source).diagnostics[0]
    assert message in found.message
    assert (found.line, found.column) == (line, column)


def test_a_broken_item_leaves_the_others() -> None:
    parsed = parse('a = 1\nr "x" {\n  b = 1 2\n  c = {\n  }\n}\n\nd = "\\q"\ne = 2\n')
    assert [attribute.name for attribute in parsed.body.attributes] == ["a", "e"]
    assert [d.message.partition("; ")[2] for d in parsed.diagnostics] == [
        "lines 2 to 6 are not read",
        "line 8 is not read",
    ]


def test_nothing_is_trusted_behind_a_bracket_that_does_not_close() -> None:
    parsed = parse('a = 1\nr "x" {\n  b = [\n}\nc = 1\n')
    assert [attribute.name for attribute in parsed.body.attributes] == ["a"]
    assert parsed.diagnostics[0].message.endswith("nothing is read from line 2 on")


def test_nothing_is_trusted_before_a_brace_too_many() -> None:
    """The block before it may have ended too early."""
    parsed = parse("a {\n x {} }\n}\n b = 1\n}\n")
    assert parsed.body == Body((), ())


def test_a_diagnostic_shows_no_text_of_the_file() -> None:
    """It may be secret, and it may be hostile."""
    for hostile in (
        'a = "hunter2" "hunter2"\n',
        "a = <<E\nhunter2\n",
        'a = "hunter2\n',
        'a = {"hunter2"}\n',
        "a = 1 \x1b[2J\n",
    ):
        message = parse(hostile).diagnostics[0].message
        assert "hunter2" not in message
        assert message.isprintable()


def test_many_broken_items_are_counted() -> None:
    parsed = parse("a b\n" * 100 + "c = 1\n")
    assert len(parsed.diagnostics) == front.MAX_TOLD + 1
    assert parsed.diagnostics[-1].message == "80 more places of this file are not read"
    assert len(parsed.body.attributes) == 1


DEEP: dict[str, Any] = {
    "lists": lambda n: "[" * n + "]" * n,
    "objects": lambda n: "{x=" * n + "1" + "}" * n,
    "calls": lambda n: "f(" * n + ")" * n,
    "templates": lambda n: '"${' * n + "x" + '}"' * n,
    "signs": lambda n: "!" * n + "x",
    "sums": lambda n: "+".join("1" * n),
    "conditions": lambda n: "x ? 1 : " * n + "2",
    "splats": lambda n: "x" + ".*[0]" * n,
    "directives": lambda n: '"' + "%{ if x }" * n + "%{ endif }" * n + '"',
}


@pytest.mark.parametrize("kind", DEEP)
def test_nesting_is_bounded(kind: str) -> None:
    """Readers of the tree may follow it with calls of their own."""
    assert parse(f"a = {DEEP[kind](60)}\n").diagnostics == ()
    for depth in (250, 50_000):
        assert re.match(
            r"nested more than (200|100 templates) deep", first(f"a = {DEEP[kind](depth)}\nb = 1\n").message
        )


def test_blocks_nest_within_bounds() -> None:
    assert parse("b {\n" * 150 + "}\n" * 150).diagnostics == ()
    assert parse("b {\n" * 250 + "}\n" * 250).diagnostics[0].line == 201


def test_steps_are_bounded() -> None:
    assert "more than 1000 steps" in parse("a = x" + "[0]" * 5000 + "\n").diagnostics[0].message


def test_a_file_is_bounded() -> None:
    assert parse("#" * (front.MAX_SIZE + 1)).diagnostics == (Diagnostic("larger than 5 MB; not read", 0, 0),)


LONG: dict[str, Any] = {
    "blank lines in a heredoc": lambda n: "a = <<E\n" + "\n" * n + "E\n",
    "blanks": lambda n: "a = 1" + " " * n + "\n",
    "blank lines": lambda n: "a = [\n" + "  \n" * n + "]\n",
    "comments": lambda n: "/* */ # x\n" * n,
    "openers": lambda n: "a = [" + "[/* */" * 100 + "]" * 100 + " # " * n + "\n]\n",
    "items": lambda n: 'r "a" {\n x = "${y}-z"\n}\n' * n,
    "list": lambda n: "a = [" + "1, " * n + "]\n",
    "quotes": lambda n: '"' * n,
    "heredocs that do not end": lambda n: "a = <<E\n" * n,
    "comments that do not end": lambda n: "a = 1 /*\n" * n,
    "dollars": lambda n: 'a = "' + "$" * n + '"\n',
}


@pytest.mark.parametrize("kind", LONG)
def test_time_grows_with_the_text(kind: str) -> None:
    """Measured in steps of the interpreter, not in seconds: eight times the text takes at most twelve times the calls."""
    small, large = _calls(LONG[kind](400)), _calls(LONG[kind](3200))
    assert large <= 12 * small + 500


def _calls(source: str) -> int:
    import sys

    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        parse(source)
    finally:
        sys.setprofile(None)
    return count


PIECES = st.sampled_from(
    [
        *(
            "a",
            " = ",
            "1",
            '"',
            "${",
            "}",
            "%{",
            "if x",
            "endif",
            "{",
            "[",
            "]",
            "(",
            ")",
            "\n",
            "<<E\n",
            "<<-E\n",
            "E\n",
        ),
        *(
            "for k in ",
            ".",
            "*",
            ":",
            ",",
            "?",
            "#",
            "/*",
            "*/",
            "\\",
            "$$",
            "~",
            "é",
            "\r\n",
            "=>",
            "...",
            "b {\n",
            "}\n",
        ),
        *("if ", "x.y", "[*]", "null"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
@settings(max_examples=400, deadline=None)
@example("a = b ? { for k in x : k => ")
def test_any_text_gives_a_tree_or_says_why_not(source: str) -> None:
    """Nothing raises; what is left out is told, with a place inside the text."""
    parsed = parse(source)
    lines = source.split("\n")
    for diagnostic in parsed.diagnostics:
        assert 1 <= diagnostic.line <= len(lines)
        assert diagnostic.column >= 1
    assert parse(source) == parsed


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(max_examples=200, deadline=None)
def test_items_are_read_one_by_one(source: str) -> None:
    """What stands before an item and is read whole does not change how it is read."""
    alone = parse(source)
    after = parse("zz = 1\n" + source)
    if alone.diagnostics == ():
        assert after.diagnostics == ()
        assert [a.name for a in after.body.attributes][1:] == [a.name for a in alone.body.attributes]


def test_the_collector_is_paused_and_comes_back() -> None:
    assert gc.isenabled()
    parse("a = 1\n")
    assert gc.isenabled()


def test_expressions_and_templates_by_themselves() -> None:
    assert parse_expression("aws.east", 7) == Traversal("aws", ("east",), 7, 1)
    assert parse_expression("list(\nstring)") == Call("list", (name("string", at=(2, 1)),), False, 1, 1)
    assert parse_template('"quoted" $${x}\n') == text('"quoted" ${x}\n')
    assert parse_template("${x}", 3) == Wrap(Traversal("x", (), 3, 3))
    for broken in ("", "a b", ")", "(", "1 2"):
        assert isinstance(parse_expression(broken), Diagnostic)
    for broken in ("${", "${}", "%{ if x }", "${x"):
        assert isinstance(parse_template(broken), Diagnostic)


def test_the_tables_are_those_of_the_installed_grammar() -> None:
    """After an upgrade of python-hcl2: look at its grammar, then ``python -m tfsrm.sources.hcl.grammar``, then the corpus."""
    assert TABLES.read_text(encoding="utf-8") == tables_text()


def test_a_grammar_without_a_rule_to_edit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not in hcl2\.lark: unary_op"):
        edited(source().replace("unary_op", "sign_op"))
