"""Functions of numbers."""

from __future__ import annotations

import math
from fractions import Fraction

from tfsrm.sources.hcl import numbers
from tfsrm.sources.hcl.conversion import to_number, wrong
from tfsrm.sources.hcl.functions.signature import Table, alike, number, whole
from tfsrm.sources.hcl.numbers import Number
from tfsrm.sources.hcl.values import EvaluationError, List, Unknown, Value


def _text(value: Value) -> Value:
    """A text; a number is not taken for one."""
    if isinstance(value, str) or (isinstance(value, Unknown) and value.kind in ("string", "")):
        return value
    raise wrong(value, "a string")


FUNCTIONS = Table()
RANGE_LIMIT = 1024
"""Terraform's own."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@FUNCTIONS.add("abs", number, kind="number")
def _abs(value: Number) -> Value:
    return -value if value < 0 else value


@FUNCTIONS.add("ceil", number, kind="number")
def _ceil(value: Number) -> Value:
    return numbers.ceiling(value)


@FUNCTIONS.add("floor", number, kind="number")
def _floor(value: Number) -> Value:
    return numbers.floor(value)


@FUNCTIONS.add("log", number, number, kind="number")
def _log(value: Number, base: Number) -> Value:
    try:
        return numbers.from_float(math.log(value) / math.log(base))
    except (ArithmeticError, ValueError):
        raise EvaluationError("there is no such logarithm") from None


@FUNCTIONS.add("pow", number, number, kind="number")
def _pow(base: Number, exponent: Number) -> Value:
    return numbers.power(base, exponent)


@FUNCTIONS.add("signum", whole, kind="number")
def _signum(value: Number) -> Value:
    return (value > 0) - (value < 0)


@FUNCTIONS.add("max", number, rest=number, kind="number")
def _max(*values: Number) -> Value:
    return max(values)


@FUNCTIONS.add("min", number, rest=number, kind="number")
def _min(*values: Number) -> Value:
    return min(values)


@FUNCTIONS.add("sum", alike, kind="number")
def _sum(values: list[Value]) -> Value:
    if not values:
        raise EvaluationError("an empty list has no sum")
    total: Number = 0
    for value in values:
        one = to_number(value)
        if not isinstance(one, Unknown):
            total = numbers.add(total, one)
    return total


@FUNCTIONS.add("parseint", _text, whole, kind="number")
def _parseint(text: str, base: int) -> Value:
    if not 2 <= base <= 62:
        raise EvaluationError("the base must be between 2 and 62")
    negative, digits = text.startswith("-"), text.removeprefix("-") if text[:1] == "-" else text.removeprefix("+")
    if base <= 36:
        digits = digits.lower()
    if not digits or len(digits) > 1_000 or any(digit not in _DIGITS[:base] for digit in digits):
        raise EvaluationError(f"not a number of base {base}")
    result = 0
    for digit in digits:
        result = result * base + _DIGITS.index(digit)
    return numbers.rounded(Fraction(-result if negative else result))


@FUNCTIONS.add("range", number, rest=number, kind="list")
def _range(*limits: Number) -> Value:
    if len(limits) > 3:
        raise EvaluationError("one, two or three numbers are required")
    start, end = (0, limits[0]) if len(limits) == 1 else limits[:2]
    step = limits[2] if len(limits) == 3 else -1 if end < start else 1
    if step == 0 or (end > start if step < 0 else end < start):
        raise EvaluationError("the step does not lead to the end")
    out = List()
    while start > end if step < 0 else start < end:
        if len(out) == RANGE_LIMIT:
            raise EvaluationError(f"more than {RANGE_LIMIT} values")
        out.append(start)
        start = numbers.add(start, step)
    return out
