"""Which operator may ask which kind of attribute, and with which values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tfsrm.catalog.provider_schema import Attribute
from tfsrm.model.condition import Condition

OPERATORS = (
    "equals", "one_of", "present", "absent", "at_least", "at_most", "matches", "starts_with", "contains", "open_cidr",
    "cidr_wider_than", "own_region", "policy", "supported_on", "each", "some",
    "distinct_at_least",
)  # fmt: skip
PRESENCE = ("present", "absent")
NEED_DEFAULT = ("equals", "one_of", "at_least", "at_most", "matches", "starts_with", "supported_on")
"""Operators that answer "not known" where nobody set the attribute and no default is given."""

_MANY = ("list", "set")
_TEXT = ("string", "dynamic")
_LISTS = (*_MANY, "dynamic")
_KINDS: dict[str, tuple[str, ...]] = {
    "equals": ("string", "number", "bool", "dynamic"),
    "one_of": ("string", "number", "bool", "dynamic"),
    "at_least": ("number", "dynamic"),
    "at_most": ("number", "dynamic"),
    "matches": (*_TEXT, *_MANY),
    "starts_with": (*_TEXT, *_MANY),
    "contains": (*_TEXT, *_MANY),
    "open_cidr": (*_TEXT, *_MANY),
    "own_region": _TEXT,
    "cidr_wider_than": (*_TEXT, *_MANY),
    "policy": _TEXT,
    "supported_on": _TEXT,
    "distinct_at_least": _TEXT,
    "each": _LISTS,
    "some": _LISTS,
}
_WORDS = {"string": "text", "number": "a number", "bool": "true or false"}


def operator_of(condition: Condition) -> list[str]:
    """The operators that a leaf names."""
    return [name for name in OPERATORS if getattr(condition, name) is not None]


def misfit(operator: str, condition: Condition, attribute: Attribute) -> str | None:
    """Why the operator or its value does not suit the attribute; None: it does."""
    kind = "string" if condition.json_path is not None else attribute.kind
    if condition.json_path is not None:
        return _json_misfit(operator, condition, attribute)
    if operator in PRESENCE:
        return None
    if kind not in _KINDS[operator]:
        return f"{condition.attribute or 'the element'} is {_is(kind)}: {_instead(operator, kind)}"
    element = _element(attribute)
    for value in values_of(operator, condition):
        if not has_kind(value, element):
            shown = str(value).lower() if isinstance(value, bool) else repr(value)
            hint = ": put it in quotes" if element == "string" else ""
            return f"{operator}: {condition.attribute or 'the element'} is {_WORDS[element]}, {shown} is not{hint}"
    return _regex_problem(condition) if operator == "matches" else None


def _json_misfit(operator: str, condition: Condition, attribute: Attribute) -> str | None:
    if attribute.kind not in _TEXT:
        return f"json_path: {condition.attribute} is {_is(attribute.kind)}, not JSON text"
    if operator in ("each", "some", "policy"):
        return f"{operator} does not go with json_path"
    return _regex_problem(condition) if operator == "matches" else None


def _regex_problem(condition: Condition) -> str | None:
    try:
        re.compile(condition.matches or "")
    except re.error as error:
        return f"matches: not a regular expression: {error}"
    return None


def _instead(operator: str, kind: str) -> str:
    if kind in _MANY:
        return f"{operator} asks one value; use [*], each, some or contains"
    if operator in ("each", "some"):
        return f"{operator} asks a list; put the operator here directly, or take the list before [*]"
    return f"{operator} cannot ask that"


def _is(kind: str) -> str:
    return _WORDS.get(kind) or f"a {kind}"


def _element(attribute: Attribute) -> str:
    if attribute.kind not in _MANY:
        return attribute.kind
    inner = attribute.type[1]
    return inner if isinstance(inner, str) else "object"


def values_of(operator: str, condition: Condition) -> list[Any]:
    """The values that a leaf compares with, its default's too."""
    found = getattr(condition, operator)
    values = {"one_of": lambda: list(found), "equals": lambda: [found], "contains": lambda: [found]}
    wanted: list[Any] = values[operator]() if operator in values else []
    default = condition.default
    if default is not None and default.value is not None:
        wanted.append(default.value)
    return wanted


def has_kind(value: Any, kind: str) -> bool:
    """Whether a YAML value is of a Terraform kind; kinds that are not simple hold anything."""
    fits: dict[str, Callable[[Any], bool]] = {
        "string": lambda v: isinstance(v, str),
        "bool": lambda v: isinstance(v, bool),
        "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    }
    return kind not in fits or fits[kind](value)
