"""The two branches of a conditional: their common type, and what can be said where the condition is not known."""

from __future__ import annotations

import msgspec

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.types import Collection, convert, type_of_value, unify, vague
from tfsrm.sources.hcl.values import EvaluationError, Unknown, Value, derived, is_known, kind_of, same

_SCALARS = frozenset({"string", "number", "bool"})


def unified(value: Value, other: Value) -> Value:
    """The chosen branch, converted to the type that it has in common with the other one."""
    if isinstance(value, Unknown):
        return _unknown_unified(value, other)
    if other is None:
        return value
    if isinstance(other, Unknown) and other.kind not in _SCALARS:
        if other.kind == "set" and isinstance(value, list):
            return convert(vague(value), Collection("set", "any"))
        return vague(value)
    kind = kind_of(value)
    if kind in _SCALARS and kind_of(other) == kind:
        return value
    common = unify([type_of_value(value), type_of_value(other)])
    if common is None:
        raise EvaluationError("the two results of the condition have no type in common")
    return vague(convert(value, common))


def told_by(node: nodes.Node, value: Value) -> Value:
    """The value of a branch that is passed over; where it tells no type, ``toset`` still does."""
    while isinstance(node, nodes.Wrap):
        node = node.of
    is_open = value is None or (isinstance(value, Unknown) and not value.kind)
    if is_open and isinstance(node, nodes.Call) and node.name == "toset":
        return Unknown("passed over", kind="set")
    return value


def _unknown_unified(value: Unknown, other: Value) -> Unknown:
    """An unknown branch: its kind is sure only where the other one does not change it."""
    kind = kind_of(other)
    if kind in ("null", value.kind) and value.kind not in ("tuple", "object"):
        return value
    if value.kind in ("number", "bool"):
        changed = kind if kind == "string" else ""
    else:
        changed = value.kind if value.kind == "map" or (value.kind == "list" and kind != "") else ""
    return msgspec.structs.replace(value, kind=changed if kind != "null" else value.kind)


def either(condition: Unknown, a: Value, b: Value) -> Value:
    """One of the two, not known which: what they agree on is known."""
    if isinstance(a, Unknown) and a.error:
        return derived(condition, kind_of(b) if b is not None else "")
    if isinstance(b, Unknown) and b.error:
        return derived(condition, kind_of(a) if a is not None else "")
    if a is not None and b is not None and not isinstance(a, Unknown) and not isinstance(b, Unknown):
        try:
            a, b = unified(a, b), unified(b, a)
        except EvaluationError:
            return derived(condition)
    return _common(condition, a, b)


def _common(condition: Unknown, a: Value, b: Value) -> Value:
    if is_known(a) and same(a, b):
        return a
    if isinstance(a, Unknown) and a == b:
        return a
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys() and kind_of(a) == kind_of(b):
        return type(a)((name, _common(condition, a[name], b[name])) for name in a)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and kind_of(a) == kind_of(b):
        return type(a)(_common(condition, *both) for both in zip(a, b, strict=True))
    return _unknown_of(condition, a, b)


def _unknown_of(condition: Unknown, a: Value, b: Value) -> Unknown:
    kinds = {kind_of(one) for one in (a, b) if one is not None}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return derived(
        condition,
        kind,
        not_null=_not_null(a) and _not_null(b),
        not_empty=_not_empty(a) and _not_empty(b),
        length=_length(a) if _length(a) == _length(b) else None,
    )


def _not_null(value: Value) -> bool:
    return value.not_null or value.not_empty if isinstance(value, Unknown) else value is not None


def _not_empty(value: Value) -> bool:
    if isinstance(value, Unknown):
        return value.not_empty
    return bool(value) if isinstance(value, (str, list, dict)) else False


def _length(value: Value) -> int | None:
    if isinstance(value, Unknown):
        return value.length
    return len(value) if isinstance(value, list) else None
