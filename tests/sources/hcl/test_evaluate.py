"""The evaluator: what less knowledge may change, limits, files, templates."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.hcl.expressions import agrees, evaluator, table, tree, value_of
from tests.sources.hcl.leaves import leaves, unknown_for, without
from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.evaluate import Evaluator
from tfsrm.sources.hcl.values import Unknown, Value

EXPRESSIONS = [(text, tree(text)) for _, cases in table() for text, _ in cases]


class TestLessKnowledge:
    """Where a part of an expression is not known, the result is the same, or not known, and what is said about it is true."""

    def _holds(self, number: int, positions: frozenset[int], refined: int) -> bool:
        text, node = EXPRESSIONS[number]
        known = evaluator().evaluate(node, {})
        if isinstance(known, Unknown):
            return True  # refused; nothing to compare with
        found = leaves(node)
        bindings: dict[str, Value] = {
            f"u{at}": unknown_for(evaluator().evaluate(found[at], {}), refined) for at in positions
        }
        claimed = evaluator().evaluate(without(node, positions), bindings)
        assert not (isinstance(claimed, Unknown) and claimed.error), (text, positions, refined, claimed)
        assert agrees(known, claimed), (text, positions, refined, known, claimed)
        return True

    @pytest.mark.parametrize("refined", [0, 1, 2])
    def test_with_any_one_leaf_of_any_expression_of_the_table_unknown(self, refined: int) -> None:
        count = 0
        for number, (_, node) in enumerate(EXPRESSIONS):
            for at in range(len(leaves(node))):
                count += self._holds(number, frozenset({at}), refined)
        assert count > 2_000

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_with_any_leaves_unknown(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(EXPRESSIONS) - 1))
        count = len(leaves(EXPRESSIONS[number][1]))
        positions = data.draw(st.frozensets(st.integers(0, count - 1), max_size=6)) if count else frozenset[int]()
        assert self._holds(number, positions, data.draw(st.integers(0, 2)))


def test_the_same_expression_gives_the_same_value() -> None:
    for text, node in EXPRESSIONS:
        one, other = evaluator().evaluate(node, {}), evaluator().evaluate(node, {})
        assert repr(one) == repr(other), text


# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]",
        "setproduct(range(1000), range(1000), range(1000), range(1000))",
        'format("%1000000000s", "a")',
        'indent(1000000000, "a\\nb")',
        'join("", [for a in range(1000) : join("", [for b in range(1000) : "0123456789"])])',
        'replace(join("", [for a in range(1000) : "aaaaaaaaaa"]), "a", join("", [for a in range(1000) : "aaaaaaaaaa"]))',
        "1e999999999 + 1",
        "1e2000 * 1e2000",
        "-1e-999999999",
        "pow(10, 1000000)",
        'parseint("' + "9" * 2000 + '", 10)',
        'regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")',
        'regex("(a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")',
        'regex("[a-c]([a]+?a*?):", join("", [for a in range(300) : "aaaaaaaaaa"]))',
        'regex("a*a*a*a*a*a*a*b", join("", [for a in range(100) : "aaaaaaaaaa"]))',
        'regex("(.*)(.*)(.*)(.*)(.*)[^a]$", join("", [for a in range(100) : "aaaaaaaaaa"]))',
        'yamldecode("'
        + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9) if n else 'a'}]\\n" for n in range(20))
        + '")',
        "!" * 190 + "true",
    ],
)
def test_what_would_take_very_long_is_not_known(text: str) -> None:
    started = time.process_time()
    value = value_of(text)
    assert isinstance(value, Unknown)
    assert value.reason
    assert time.process_time() - started < 5


def test_values_that_share_parts_are_counted_as_often_as_they_are_written_out() -> None:
    """``a = [b, b]``, ``b = [c, c]``, ...: small in memory, endless as text."""
    value: Value = [1, 1]
    one = evaluator()
    node = tree("[x, x]")
    doublings = 0
    while not isinstance(value, Unknown):
        value = one.evaluate(node, {"x": value})
        doublings += 1
    assert doublings < 30
    assert value.reason.startswith("over the limit")


def test_a_text_that_doubles_again_and_again_ends() -> None:
    value: Value = "ab"
    one = evaluator()
    node = tree('"${x}${x}"')
    doublings = 0
    while not isinstance(value, Unknown):
        value = one.evaluate(node, {"x": value})
        doublings += 1
    assert doublings < 30
    assert value.reason.startswith("over the limit")


def test_all_steps_of_a_run_are_counted_together() -> None:
    one = evaluator(steps=1_000)
    node = tree("[for x in range(100) : x + 1]")
    values = [one.evaluate(node, {}) for _ in range(10)]
    assert not isinstance(values[0], Unknown)
    assert isinstance(values[-1], Unknown)


def test_a_long_chain_of_operators_is_no_nesting() -> None:
    node: nodes.Node = nodes.Number("1")
    for _ in range(5_000):
        node = nodes.Binary("+", node, nodes.Number("1"))
    assert evaluator().evaluate(node, {}) == 5_001


def test_a_lookup_that_leads_back_to_itself_ends() -> None:
    node = tree("a.b + 1")
    one: Evaluator

    def lookup(_: object) -> tuple[Value, int]:
        return one.evaluate(node, {}), 1

    one = evaluator()
    one.lookup = lookup
    assert isinstance(one.evaluate(node, {}), Unknown)
    assert one.budget.level == 0


# --- marks ---------------------------------------------------------------------------------------------------------


def test_what_passes_through_sensitive_is_noted() -> None:
    one = evaluator()
    assert one.evaluate(tree('upper("a")'), {}) == "A"
    assert not one.marked
    assert one.evaluate(tree('upper(sensitive("a"))'), {}) == "A"
    assert one.marked


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with some files, beside something that is none of its business."""
    root = tmp_path / "project"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("hello\n", encoding="utf-8")
    (root / "sub" / "b.json").write_text('{"x": 1}', encoding="utf-8")
    (root / "t.tftpl").write_text("%{ for x in xs ~}\n- ${x}\n%{ endfor ~}\n", encoding="utf-8")
    (root / "nested.tftpl").write_text('${templatefile("t.tftpl", {})}', encoding="utf-8")
    (root / "binary").write_bytes(b"\xff\xfe")
    (root / "big").write_bytes(b"a" * 1_000_001)
    (tmp_path / "secret").write_text("outside", encoding="utf-8")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "inner-link").symlink_to(root / "a.txt")
    os.mkfifo(root / "pipe")
    return root


def in_project(project: Path, text: str, bindings: dict[str, Value] | None = None) -> Value:
    """An expression in that project."""
    return evaluator(project).evaluate(tree(text), bindings or {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('file("a.txt")', "hello\n"),
        ('file("./sub/../a.txt")', "hello\n"),
        ('file("inner-link")', "hello\n"),
        ('jsondecode(file("sub/b.json")).x', 1),
        ('fileexists("a.txt")', True),
        ('fileexists("nope")', False),
        ('filebase64("a.txt")', "aGVsbG8K"),
        ('filemd5("a.txt")', "b1946ac92492d2347c6235b4d2611184"),
        ('filesha256("a.txt")', "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"),
        ('filebase64sha256("a.txt") == base64sha256("hello\\n")', True),
        (
            '[for x in fileset(".", "**") : x if x != "pipe"]',
            ["a.txt", "big", "binary", "inner-link", "nested.tftpl", "sub/b.json", "t.tftpl"],
        ),
        ('[for x in fileset("sub", "*.{json,yaml}") : x]', ["b.json"]),
        ('[for x in fileset(".", "sub/?.json") : x]', ["sub/b.json"]),
        ('[for x in fileset(".", "*.md") : x]', []),
        ('templatefile("t.tftpl", { xs = ["p", "q"] })', "- p\n- q\n"),
        ('templatestring("<$${x}>", { x = 1 })', "<1>"),
    ],
)
def test_files_of_the_project_are_read(project: Path, text: str, expected: Value) -> None:
    assert in_project(project, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'file("../secret")',
        'file("link")',
        'file("/etc/passwd")',
        'fileexists("/etc/passwd")',
        'fileset("..", "*")',
        'filemd5("link")',
        'templatefile("../secret", {})',
    ],
)
def test_nothing_outside_of_the_project_is_read(project: Path, text: str) -> None:
    value = in_project(project, text)
    assert isinstance(value, Unknown)
    assert value.reason == "a file outside of the project"
    assert not value.error


def test_a_set_of_files_holds_no_link_that_leads_outside(project: Path) -> None:
    assert in_project(project, 'contains(fileset(".", "*"), "link")') is False


@pytest.mark.parametrize(
    "text",
    [
        'file("nope")',
        'file("sub")',
        'file("pipe")',
        'file("binary")',
        'fileexists("sub")',
        'templatefile("nested.tftpl", {})',
        'templatefile("t.tftpl", {})',
        'file("a\\u0000b")',
    ],
)
def test_what_terraform_refuses_is_an_error(project: Path, text: str) -> None:
    value = in_project(project, text)
    assert isinstance(value, Unknown)
    assert value.error
    assert in_project(project, f"try({text}, 1)") == 1


def test_a_big_file_is_not_read(project: Path) -> None:
    value = in_project(project, 'file("big")')
    assert isinstance(value, Unknown)
    assert "1 MB" in value.reason


def test_a_template_sees_its_variables_only(project: Path) -> None:
    (project / "v.tftpl").write_text("${v}", encoding="utf-8")
    assert isinstance(in_project(project, 'templatefile("v.tftpl", {})', {"v": "outer"}), Unknown)
    unknown = in_project(project, 'templatefile("v.tftpl", { v = u })', {"u": Unknown("not known", of="x.y.z")})
    assert isinstance(unknown, Unknown)
    assert unknown.reason == "not known"


def test_splats_in_each_other_are_bounded() -> None:
    value = value_of('"x"' + "[*]" * 5000)
    assert isinstance(value, Unknown)
    assert value.reason == "over the limit: nested too deeply"


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1][5]", "the index is outside of the list"),
        ("{}.a", "there is no attribute a"),
        ("nosuch(1)", "there is no function nosuch"),
        ("null + 1", "a number is required, not null"),
        ("upper([])", "upper: a string is required, not a tuple"),
        ("x.y", "there is no x"),
        ("timestamp()", "function timestamp"),
    ],
)
def test_the_reason_says_what_is_wrong(text: str, reason: str) -> None:
    value = value_of(text)
    assert isinstance(value, Unknown)
    assert value.reason == reason
