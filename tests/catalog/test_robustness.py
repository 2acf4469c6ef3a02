"""Whatever a mapping file holds, reading it ends in problems with lines, never in a crash."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.factories import files
from tfsrm.catalog.folder import KINDS
from tfsrm.catalog.shapes import Shape
from tfsrm.catalog.yaml_tree import read_tree

TEXTS = list(files().values())


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_gives_a_tree_or_problems(text: str) -> None:
    tree, problems = read_tree(text)
    assert tree is not None or problems or text.strip()
    assert all(p.line >= 1 for p in problems)


@settings(max_examples=150)
@given(
    st.sampled_from(TEXTS),
    st.integers(0, 4000),
    st.integers(0, 40),
    st.text(alphabet="[]{}:,-#'\"& *!|>\n ab1", max_size=6),
)
def test_a_damaged_file_never_crashes_the_reader(text: str, start: int, length: int, put: str) -> None:
    tree, problems = read_tree(text[:start] + put + text[start + length :])
    for kind in KINDS:
        if tree is not None:
            shape = Shape()
            shape.prune(tree, kind.struct)
            problems = [*problems, *shape.problems]
    assert all(p.line >= 1 for p in problems)


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
KEYS = st.sampled_from(
    ["resources", "type", "duties", "control", "facets", "id", "met_when", "any_of", "equals", "line", "models", "x"]
)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(TREES)
def test_any_tree_of_any_kind_is_sound_or_has_problems(tree: Any) -> None:
    read, slips = read_tree(yaml.safe_dump(tree))
    for kind in KINDS:
        shape = Shape()
        shape.prune(read, kind.struct)
        assert shape.problems or slips or isinstance(read, dict)


@pytest.mark.parametrize("depth", [500, 20_000])
def test_a_file_nested_too_deep_is_a_problem(depth: int) -> None:
    _, problems = read_tree("[" * depth + "]" * depth)
    assert "deep" in problems[0].text or "depth" in problems[0].text
