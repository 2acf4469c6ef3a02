"""JSON as Terraform writes it: keys sorted, no blanks, ``<``, ``>`` and ``&`` escaped, numbers with all their digits."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from tfsrm.sources.hcl import numbers
from tfsrm.sources.hcl.conversion import text as normalized
from tfsrm.sources.hcl.values import Entity, EvaluationError, LimitError, Set, Unknown, Value, is_known

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_TO_ESCAPE = re.compile('["\\\\<>&\u2028\u2029\x00-\x1f]')
_LONG = 5_000


def encoded(value: Value) -> str:
    """A known value as JSON text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + _TO_ESCAPE.sub(_escape, value) + '"'
    if isinstance(value, (int, Decimal)):
        return numbers.text_of(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encoded(key)}:{encoded(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, (list, Set)):
        return "[" + ",".join(map(encoded, value)) + "]"
    raise EvaluationError("an unknown value has no JSON")


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04x}"


def structure(value: Value) -> Value:
    """The value as decoding its JSON gives it, unknowns in their places."""
    if isinstance(value, Set):
        return (
            [structure(item) for item in value]
            if is_known(value)
            else Unknown("a set with unknown elements", kind="tuple")
        )
    if isinstance(value, list):
        return [structure(item) for item in value]
    if isinstance(value, dict):
        return {key: structure(item) for key, item in value.items()}
    if isinstance(value, Entity):
        return Unknown("known after apply", of=value.address, kind="object", not_null=True)
    return value


def encoded_unknown(value: Value, unknown: Unknown) -> Unknown:
    """The text of a value that is known in parts: its structure is kept in ``partial``."""
    prefix = "{" if isinstance(value, dict) else "[" if isinstance(value, (list, Set)) else ""
    partial = structure(value)
    if isinstance(partial, Unknown):
        partial = None
    return Unknown(unknown.reason, kind="string", not_null=True, not_empty=True, partial=partial, prefix=prefix)


def decoded(text: str) -> Value:
    """A JSON text as value; EvaluationError where it is none."""
    try:
        value: Value = json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_refused, strict=True)
    except (ValueError, RecursionError):
        raise EvaluationError("not a JSON text") from None
    return _normalized(value)


def _number(digits: str) -> numbers.Number:
    if len(digits) > _LONG:
        raise LimitError("a number with more digits than can be read")
    return numbers.parse(digits)


def _refused(name: str) -> Value:
    raise EvaluationError(f"{name} is no JSON")


def _normalized(value: Value) -> Value:
    if isinstance(value, str):
        return normalized(value)
    if isinstance(value, list):
        return [_normalized(item) for item in value]
    if isinstance(value, dict):
        return {normalized(key): _normalized(item) for key, item in value.items()}
    return value
