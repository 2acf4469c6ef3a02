"""What is taken from a value: attributes, elements, and the pairs that a for expression walks."""

from __future__ import annotations

import json

from tfsrm.sources.hcl.conversion import named, to_number, to_string, whole, wrong
from tfsrm.sources.hcl.values import Entity, EvaluationError, Set, Unknown, Value, first_unknown, kind_of, part_of

_NOT_OBJECTS = frozenset({"string", "number", "bool", "list", "set", "tuple"})
_NO_ELEMENTS = frozenset({"string", "number", "bool", "set"})


def attribute(value: Value, name: str) -> Value:
    """``value.name``."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        raise EvaluationError(f"there is no attribute {name}")
    if isinstance(value, Entity):
        return value.attribute(name)
    if isinstance(value, Unknown) and value.kind not in _NOT_OBJECTS:
        return part_of(value, f".{name}")
    raise EvaluationError("null has no attributes" if value is None else f"{named(kind_of(value))} has no attributes")


def index(value: Value, key: Value) -> Value:
    """``value[key]``."""
    if value is None or key is None:
        raise EvaluationError("null has no elements" if value is None else "null is no index")
    if isinstance(value, Unknown):
        return _index_of_unknown(value, key)
    if isinstance(value, list):
        return _element(value, key)
    if isinstance(value, (dict, Entity)):
        name = to_string(key)
        return Unknown(name.reason) if isinstance(name, Unknown) else attribute(value, name)
    raise EvaluationError(f"elements of {named(kind_of(value))} have no index")


def _index_of_unknown(value: Unknown, key: Value) -> Value:
    if value.kind in _NO_ELEMENTS:
        raise EvaluationError(f"elements of {named(value.kind)} have no index")
    if isinstance(key, (int, str)) and not isinstance(key, bool):
        return part_of(value, f"[{json.dumps(key)}]")
    return Unknown(value.reason)


def _element(value: list[Value], key: Value) -> Value:
    position = to_number(key)
    if isinstance(position, Unknown):
        return Unknown(position.reason)
    position = whole(position)
    if not 0 <= position < len(value):
        raise EvaluationError("the index is outside of the list")
    return value[position]


def no_order(value: Value) -> Unknown | None:
    """An unknown part of a set of several elements: their order, and so that of anything made of them, is not known."""
    return first_unknown(value) if isinstance(value, Set) and len(value) > 1 else None


def pairs(value: Value) -> list[tuple[Value, Value]] | Unknown:
    """Keys and values that a for expression or a dynamic block walks; an Unknown where they are not known."""
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted(value)]
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, Set):
        unknown = next((item for item in value if isinstance(item, Unknown)), None)
        return unknown or [(item, item) for item in value]
    if isinstance(value, Entity):
        names = value.names()
        if names is not None:
            return [(name, value.attribute(name)) for name in sorted(names)]
        return Unknown("known after apply", of=value.address)
    if isinstance(value, Unknown):
        if value.kind in ("string", "number", "bool"):
            raise EvaluationError(f"{named(value.kind)} cannot be walked")
        return value
    raise wrong(value, "a collection")
