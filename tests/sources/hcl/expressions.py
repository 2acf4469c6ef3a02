"""Expressions as text to values, and the table of what Terraform makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from tfsrm.sources.hcl import front, nodes
from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.conversion import to_string
from tfsrm.sources.hcl.evaluate import Evaluator
from tfsrm.sources.hcl.files import Files
from tfsrm.sources.hcl.json_text import encoded
from tfsrm.sources.hcl.values import EvaluationError, Set, Unknown, Value, first_unknown, kind_of

TABLE = Path(__file__).with_name("terraform_console.txt")
ARROW = " ==> "
TYPED = {"tuple": "list", "object": "map"}
"""What an unknown tuple or object may become where a common type is looked for."""


def tree(text: str) -> nodes.Node:
    """The tree of an expression."""
    parsed = front.parse(f"a = {text}\n")
    assert not parsed.diagnostics, (text, parsed.diagnostics)
    return parsed.body.attributes[0].value


def nothing(traversal: nodes.Traversal) -> tuple[Value, int]:
    """A lookup for which nothing exists but what is bound."""
    raise EvaluationError(f"there is no {traversal.root}")


def evaluator(root: Path = Path("/nonexistent"), **limits: int) -> Evaluator:
    """An evaluator without names; files below ``root``."""
    return Evaluator(nothing, Files(root, root, front.parse_template), Budget(**limits))


def value_of(text: str, bindings: Mapping[str, Value] | None = None, **limits: int) -> Value:
    """What an expression is, with these names bound."""
    return evaluator(Path("/nonexistent"), **limits).evaluate(tree(text), bindings or {})


def outcome(text: str) -> str:
    """The JSON of what an expression is; ``error`` where it is refused."""
    return told(value_of(text))


def told(value: Value) -> str:
    """A value as the table has it; an unknown one by its reason."""
    unknown = first_unknown(value)
    if unknown is None:
        return encoded(value)
    return "error" if unknown.error else f"unknown: {unknown.reason}"


def table() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Sections of the table: name, and pairs of expression and outcome."""
    name, pairs = "", list[tuple[str, str]]()
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            if pairs:
                yield name, pairs
            name, pairs = line[2:], []
        elif line:
            expression, _, result = line.partition(ARROW)
            pairs.append((expression, result))
    yield name, pairs


def agrees(known: Value, claimed: Value) -> bool:
    """Whether what is claimed with less knowledge holds for what it turned out to be. A branch of a conditional whose type is
    not known may turn numbers into texts, tuples into lists and objects into maps."""
    if isinstance(claimed, Unknown):
        return _refinements_hold(known, claimed)
    if isinstance(known, str) and isinstance(claimed, (bool, int, Decimal)):
        return known == to_string(claimed)
    if isinstance(claimed, (list, Set)) and isinstance(known, (list, Set)):
        if isinstance(claimed, Set) and first_unknown(claimed) is not None:
            return isinstance(known, Set)
        return (
            isinstance(known, Set) == isinstance(claimed, Set)
            and len(known) == len(claimed)
            and all(map(agrees, known, claimed))
        )
    if isinstance(claimed, dict) and isinstance(known, dict):
        return known.keys() == claimed.keys() and all(agrees(known[key], claimed[key]) for key in known)
    return type(known) is type(claimed) and known == claimed


def _refinements_hold(known: Value, claimed: Unknown) -> bool:
    if (claimed.not_null or claimed.not_empty) and known is None:
        return False
    if claimed.kind and known is not None and kind_of(known) not in (claimed.kind, TYPED.get(claimed.kind)):
        return False
    if isinstance(known, (str, list, dict, Set)):
        if claimed.not_empty and not len(known):
            return False
        if claimed.length is not None and claimed.length != len(known):
            return False
    if isinstance(known, str):
        if not known.startswith(claimed.prefix):
            return False
        return claimed.partial is None or agrees(_loads(known), claimed.partial)  # type: ignore[arg-type]
    return True


def _loads(text: str) -> Value:
    value = value_of(f"jsondecode({json.dumps(text).replace('${', '$${').replace('%{', '%%{')})")
    assert not isinstance(value, Unknown), text
    return value
