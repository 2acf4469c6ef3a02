"""Values of one simple type as another, and what several values have in common."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from tfsrm.sources.hcl import numbers
from tfsrm.sources.hcl.values import EvaluationError, Unknown, Value, kind_of

ARTICLES = {"object": "an object", "null": "null"}


def text(value: str) -> str:
    """Terraform's texts are normalized (NFC)."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def to_string(value: Value) -> str | Unknown:
    """A simple value as text; null and collections are errors."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return numbers.text_of(value)
    if isinstance(value, Unknown):
        return as_kind(value, "string")
    raise wrong(value, "a string")


def to_number(value: Value) -> int | Decimal | Unknown:
    """A number or a text that names one."""
    if isinstance(value, bool):
        raise wrong(value, "a number")
    if isinstance(value, (int, Decimal)):
        return value
    if isinstance(value, str):
        return numbers.parse(value)
    if isinstance(value, Unknown):
        return as_kind(value, "number")
    raise wrong(value, "a number")


def to_bool(value: Value) -> bool | Unknown:
    """A truth value, or the text true or false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if isinstance(value, Unknown):
        return as_kind(value, "bool")
    raise wrong(value, "a bool")


def as_kind(value: Unknown, kind: str) -> Unknown:
    """An unknown that is asked for as a simple type: it stays itself where it may be of that type."""
    if value.kind in (kind, ""):
        return value
    if value.kind in ("string", "number", "bool"):
        return Unknown(value.reason, kind=kind, not_null=value.not_null)
    raise EvaluationError(f"{named(value.kind)} is not {named(kind)}")


def wrong(value: Value, wanted: str) -> EvaluationError:
    """The error of a value that is of another type."""
    if value is None:
        return EvaluationError(f"{wanted} is required, not null")
    return EvaluationError(f"{wanted} is required, not {named(kind_of(value))}")


def named(kind: str) -> str:
    """A kind with its article."""
    return ARTICLES.get(kind, f"a {kind}")


def whole(value: int | Decimal) -> int:
    """A number that must be whole."""
    if isinstance(value, Decimal):
        raise EvaluationError("a whole number is required")
    return value


def texts(values: Sequence[Value]) -> list[str | Unknown]:
    """Each as text; null is an error."""
    return [to_string(value) for value in values]
