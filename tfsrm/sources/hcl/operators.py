"""Operators, with Terraform's conversions; an unknown operand gives an unknown result unless the other one decides."""

from __future__ import annotations

from collections.abc import Callable

from tfsrm.sources.hcl import numbers
from tfsrm.sources.hcl.conversion import to_bool, to_number
from tfsrm.sources.hcl.numbers import Number
from tfsrm.sources.hcl.values import Entity, EvaluationError, List, Map, Set, Unknown, Value, derived, is_known, kind_of


def not_(operand: Value) -> Value:
    """``!x``"""
    value = to_bool(operand)
    return derived(value, "bool") if isinstance(value, Unknown) else not value


def negative(operand: Value) -> Value:
    """``-x``"""
    value = to_number(operand)
    return derived(value, "number") if isinstance(value, Unknown) else -value


def binary(operator: str, left: Value, right: Value) -> Value:
    """Every operator but ``&&`` and ``||``."""
    if operator in ("==", "!="):
        result = equal(left, right)
        return result if isinstance(result, Unknown) or operator == "==" else not result
    a, b = to_number(left), to_number(right)
    kind = "number" if operator in _ARITHMETIC else "bool"
    if isinstance(a, Unknown):
        return derived(a, kind, not_null=True)
    if isinstance(b, Unknown):
        return derived(b, kind, not_null=True)
    if operator in _ARITHMETIC:
        return _ARITHMETIC[operator](a, b)
    if operator in _COMPARISON:
        return _COMPARISON[operator](a, b)
    raise EvaluationError(f"there is no operator {operator}")


_ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "%": numbers.modulo,
}
_COMPARISON: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def equal(a: Value, b: Value) -> bool | Unknown:
    """``a == b``, as deep as it goes: types count, and an unknown part decides nothing unless another part differs."""
    if isinstance(a, Unknown):
        return _equal_unknown(a, b)
    if isinstance(b, Unknown):
        return _equal_unknown(b, a)
    if a is None or b is None:
        return a is b
    if isinstance(a, Entity) or isinstance(b, Entity):
        return Unknown("known after apply", kind="bool", not_null=True)
    if kind_of(a) != kind_of(b):
        return False
    if isinstance(a, (List, Map, Set)) and isinstance(b, (List, Map, Set)) and not len(a) and not len(b):
        return Unknown("the element types of empty collections", kind="bool", not_null=True)
    if isinstance(a, Set) and isinstance(b, Set):
        return _equal_sets(a, b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and _all_equal(a, b)
    if isinstance(a, dict) and isinstance(b, dict):
        names = sorted(a)
        return a.keys() == b.keys() and _all_equal([a[name] for name in names], [b[name] for name in names])
    return a == b


_COLLECTIONS = frozenset(("list", "set", "map"))


def _all_equal(a: list[Value], b: list[Value]) -> bool | Unknown:
    unsure: Unknown | None = None
    for one, other in zip(a, b, strict=True):
        result = equal(one, other)
        if result is False:
            return False
        if isinstance(result, Unknown):
            unsure = unsure or result
    return unsure or True


def _equal_sets(a: Set, b: Set) -> bool | Unknown:
    if is_known(a) and is_known(b):
        return len(a) == len(b) and _all_equal(list(a), list(b))
    return Unknown("a set with unknown elements", kind="bool", not_null=True)


def _equal_unknown(unknown: Unknown, other: Value) -> bool | Unknown:
    if unknown.kind in _COLLECTIONS and type(other) in (list, dict) and not other:
        return False  # ``var.list == []``: a list is no tuple, whatever is in it
    if other is None and unknown.not_null:
        return False
    if isinstance(other, str) and ((not other and unknown.not_empty) or not other.startswith(unknown.prefix)):
        return False
    return derived(unknown, "bool", not_null=True)
