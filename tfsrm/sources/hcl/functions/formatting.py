"""``format`` and ``formatlist``: Go's verbs over Terraform's values."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

from tfsrm.sources.hcl import numbers
from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.conversion import text as normalized
from tfsrm.sources.hcl.conversion import to_bool, to_number, to_string, whole
from tfsrm.sources.hcl.functions.signature import Table, nullable, string
from tfsrm.sources.hcl.graphemes import clusters
from tfsrm.sources.hcl.json_text import encoded
from tfsrm.sources.hcl.values import (
    Entity,
    EvaluationError,
    LimitError,
    List,
    Set,
    Unknown,
    Value,
    derived,
    first_unknown,
    is_known,
)

FUNCTIONS = Table()
LIMITS = Budget()
WIDTH_LIMIT = 10_000
_VERB = re.compile(
    r"%(?:(?P<percent>%)|(?P<flags>[-+ #0]*)(?P<width>[1-9][0-9]*)?(?:\.(?P<precision>[0-9]*))?"
    r"(?:\[(?P<index>[1-9][0-9]*)\])?(?P<verb>[a-zA-Z]))"
)
_BASES = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}


@FUNCTIONS.add("format", string, rest=nullable, kind="string", lenient="all")
def _format(pattern: str | Unknown, *values: Value) -> Value:
    if isinstance(pattern, Unknown):
        return derived(pattern, "string", not_null=True)
    unknown = first_unknown(*values)
    if unknown is None and None in values:
        unknown = Unknown("format of null")
    if unknown is not None:
        prefix = pattern.partition("%")[0]
        return derived(unknown, "string", not_null=True, not_empty=bool(prefix), prefix=prefix)
    return formatted(pattern, list(values))


@FUNCTIONS.add("formatlist", string, rest=nullable, kind="list", lenient="all")
def _formatlist(pattern: str | Unknown, *values: Value) -> Value:
    """Lists are walked together, what is no list is the same for each."""
    columns: list[list[Value] | Value] = []
    length: int | None = None
    for value in values:
        column = list(value) if isinstance(value, Set) else value
        if isinstance(value, Unknown) and value.kind in ("string", "number", "bool"):
            column = value
        elif isinstance(value, (Unknown, Entity)) or (isinstance(value, Set) and not is_known(value)):
            unknown = first_unknown(value) or Unknown("")
            return derived(unknown, "list", not_null=True)
        if isinstance(column, list):
            if length is not None and length != len(column):
                raise EvaluationError("the lists have different lengths")
            length = len(column)
        columns.append(column)
    count = 1 if length is None else length
    rows = [[column[i] if isinstance(column, list) else column for column in columns] for i in range(count)]
    return List(_format(pattern, *row) for row in rows)


def formatted(pattern: str, values: list[Value]) -> str:
    """``pattern`` with its verbs replaced; EvaluationError for too many or too few values, or wrong ones."""
    out: list[str] = []
    position, following, highest, length = 0, 0, 0, 0
    while (at := pattern.find("%", position)) >= 0:
        out.append(pattern[position:at])
        verb = _VERB.match(pattern, at)
        if verb is None:
            raise EvaluationError("the format is wrong")
        if verb["percent"]:
            out.append("%")
        else:
            index = int(verb["index"]) - 1 if verb["index"] else following
            if index >= len(values):
                raise EvaluationError("the format asks for more values")
            out.append(_one(verb, values[index]))
            following, highest = index + 1, max(highest, index + 1)
        length += len(out[-1])
        LIMITS.characters(length)
        position = verb.end()
    if highest < len(values):
        raise EvaluationError("there are more values than the format asks for")
    return normalized("".join(out) + pattern[position:])


def _one(verb: re.Match[str], value: Value) -> str:
    width, precision = int(verb["width"] or 0), int(verb["precision"]) if verb["precision"] else None
    if width > WIDTH_LIMIT or (precision or 0) > WIDTH_LIMIT:
        raise LimitError("a format with a very large width")
    letter, flags = verb["verb"], verb["flags"]
    if letter in "eEfgG" or letter in _BASES:
        number = to_number(value)
        if isinstance(number, Unknown):
            raise EvaluationError("an unknown number")
        if letter in _BASES:
            return _padded_number(_integer(whole(number), letter, flags, precision), width, flags)
        if verb["precision"] == "":
            precision = 0
        return _padded_number(_signed(_real(number, letter, precision), flags), width, flags)
    if letter == "v":
        return _padded(_as_is(value, flags), width, flags)
    if letter == "t":
        return _padded(str(to_string(to_bool(value))), width, flags)
    if letter in "sq":
        text = str(to_string(value))
        text = "".join(clusters(text)[:precision]) if precision else text
        return _padded(encoded(text) if letter == "q" else text, width, flags)
    raise EvaluationError(f"there is no verb {letter}")


def _as_is(value: Value, flags: str) -> str:
    if "#" not in flags:
        if isinstance(value, str):
            return value
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return _general(value, None)
    return encoded(value)


def _padded(text: str, width: int, flags: str) -> str:
    missing = width - len(clusters(text)) if width else 0
    if missing <= 0:
        return text
    padding = ("0" if "0" in flags else " ") * missing
    return text + padding if "-" in flags else padding + text


def _padded_number(text: str, width: int, flags: str) -> str:
    """Zeros stand between the sign and the digits."""
    missing = width - len(text)
    if missing <= 0:
        return text
    if "-" in flags:
        return text + " " * missing
    if "0" in flags:
        sign = text[:1] if text[:1] in ("+", "-", " ") else ""
        return sign + "0" * missing + text[len(sign) :]
    return " " * missing + text


def _signed(text: str, flags: str) -> str:
    if text.startswith("-"):
        return text
    return ("+" if "+" in flags else " " if " " in flags else "") + text


def _integer(number: int, letter: str, flags: str, precision: int | None) -> str:
    digits = format(abs(number), _BASES[letter])
    if precision is not None:
        digits = digits.rjust(precision, "0")
    if "#" in flags:
        digits = {"x": "0x", "X": "0X", "o": "0", "b": "0b", "d": ""}[letter] + digits
    return _signed(("-" if number < 0 else "") + digits, flags)


def _real(number: numbers.Number, letter: str, precision: int | None) -> str:
    value = Decimal(number)
    if letter == "f":
        quantum = Decimal(1).scaleb(-(6 if precision is None else precision))
        return format(value.quantize(quantum, ROUND_HALF_EVEN, Context(prec=numbers.EXPONENT_LIMIT * 4)), "f")
    if letter in "eE":
        return _exponential(value, 6 if precision is None else precision, letter)
    text = _general(number, precision)
    return text.upper() if letter == "G" else text


def _exponential(value: Decimal, precision: int, letter: str) -> str:
    rounded = Context(prec=precision + 1, rounding=ROUND_HALF_EVEN).plus(value)
    sign, digits, _ = rounded.as_tuple()
    exponent = rounded.adjusted() if rounded else 0
    figures = "".join(map(str, digits)).ljust(precision + 1, "0")
    if not rounded:
        figures = "0" * (precision + 1)
    mantissa = figures[0] + ("." + figures[1:] if precision else "")
    return f"{'-' if sign else ''}{mantissa}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _general(number: numbers.Number, precision: int | None) -> str:
    """Go's ``%g``: the shortest digits; an exponent below -4, and from 21 (or the precision) up."""
    value = Decimal(number)
    if precision is not None:
        value = Context(prec=max(precision, 1), rounding=ROUND_HALF_EVEN).plus(value)
    if not value:
        return "0"
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    exponent = value.adjusted()
    most = 6 if precision is None else max(precision, 1)
    if precision is not None and most > len(digits) >= exponent + 1:
        most = len(digits)
    if exponent < -4 or exponent >= most:
        return _exponential(value, len(digits) - 1, "e")
    return format(value.normalize(Context(prec=len(digits))), "f")
