"""Types: constraints of variables, what several values have in common, and the conversion of values.

A type is "string", "number", "bool", "any" (not known, or not restricted) or one of the structs below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Union

import msgspec

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.conversion import named, to_bool, to_number, to_string, wrong
from tfsrm.sources.hcl.values import (
    Entity,
    EvaluationError,
    List,
    Map,
    Set,
    Unknown,
    Value,
    is_known,
    kind_of,
)


class Collection(msgspec.Struct, frozen=True):
    """``list(of)``, ``set(of)`` or ``map(of)``."""

    kind: str
    of: Type


class TupleType(msgspec.Struct, frozen=True):
    """``tuple([...])``."""

    items: tuple[Type, ...]


class Default(msgspec.Struct, frozen=True):
    """The second argument of ``optional``; null where there is none."""

    value: Value


class ObjectType(msgspec.Struct, frozen=True):
    """``object({...})``; ``optional``: attributes that may be left out, with what they are then."""

    attributes: dict[str, Type]
    optional: dict[str, Default] = {}


Type = Union[str, Collection, TupleType, ObjectType]  # noqa: UP007
Evaluate = Callable[[nodes.Node], Value]

_SIMPLE = frozenset({"string", "number", "bool", "any"})
_PRIMITIVE = frozenset({"string", "number", "bool"})
_SIMPLE_CONVERSION: dict[str, Callable[[Value], Value]] = {"string": to_string, "number": to_number, "bool": to_bool}


def type_of(node: nodes.Node, evaluate: Evaluate) -> Type:
    """The type that ``type = ...`` names; ``evaluate`` gives the defaults of ``optional(type, default)``.

    Raises EvaluationError where it is none.
    """
    name = ""
    if isinstance(node, nodes.Traversal) and not node.steps:
        name = node.root
    elif isinstance(node, nodes.Literal) and isinstance(node.value, str):
        name = node.value
    if name in _SIMPLE:
        return name
    if name in ("list", "set", "map"):
        return Collection(name, "any")
    if isinstance(node, nodes.Call) and len(node.arguments) == 1:
        return _constructed(node.name, node.arguments[0], evaluate)
    raise EvaluationError("not a type")


def _constructed(name: str, argument: nodes.Node, evaluate: Evaluate) -> Type:
    if name in ("list", "set", "map"):
        return Collection(name, type_of(argument, evaluate))
    if name == "tuple" and isinstance(argument, nodes.Tuple):
        return TupleType(tuple(type_of(item, evaluate) for item in argument.items))
    if name == "object" and isinstance(argument, nodes.Object):
        return _object_type(argument, evaluate)
    raise EvaluationError("not a type")


def _object_type(node: nodes.Object, evaluate: Evaluate) -> ObjectType:
    attributes: dict[str, Type] = {}
    optional: dict[str, Default] = {}
    for key, of in node.items:
        if not isinstance(key, nodes.Literal) or not isinstance(key.value, str):
            raise EvaluationError("not a type")
        if isinstance(of, nodes.Call) and of.name == "optional" and 1 <= len(of.arguments) <= 2:
            attributes[key.value] = type_of(of.arguments[0], evaluate)
            optional[key.value] = Default(evaluate(of.arguments[1]) if len(of.arguments) > 1 else None)
        else:
            attributes[key.value] = type_of(of, evaluate)
    return ObjectType(attributes, optional)


def convert(value: Value, to: Type) -> Value:
    """The value as a variable of this type has it: converted, defaults filled in; unknown parts stay unknown.

    Raises EvaluationError where Terraform would refuse.
    """
    if value is None or to == "any":
        return value
    if isinstance(to, str):
        return _SIMPLE_CONVERSION[to](value)
    if isinstance(value, Unknown):
        return _unknown_as(value, to)
    if isinstance(value, Entity):
        return _entity_as(value, to)
    if isinstance(to, ObjectType):
        return _as_object(value, to)
    if isinstance(to, TupleType):
        return _as_tuple(value, to)
    if to.kind == "map":
        return _as_map(value, to.of)
    return _as_sequence(value, to)


def variable_value(given: Value, to: Type, *, nullable: bool, default: Value, has_default: bool) -> Value:
    """What ``var.x`` is: null gives the default where ``nullable = false``. Raises EvaluationError."""
    value = given
    if value is None and not nullable:
        if not has_default:
            raise EvaluationError("null is not allowed")
        value = default
    return convert(value, to)


_FITS = {
    "list": frozenset({"list", "set", "tuple"}),
    "set": frozenset({"list", "set", "tuple"}),
    "map": frozenset({"map", "object"}),
    "object": frozenset({"map", "object"}),
    "tuple": frozenset({"list", "tuple", "set"}),
}


def _unknown_as(value: Unknown, to: Collection | TupleType | ObjectType) -> Unknown:
    kind = to.kind if isinstance(to, Collection) else "tuple" if isinstance(to, TupleType) else "object"
    if value.kind and value.kind not in _FITS[kind]:
        raise EvaluationError(f"{named(kind)} is required, not {named(value.kind)}")
    if value.kind == kind:
        return value
    length = value.length if kind != "set" and value.kind != "set" else None
    return msgspec.structs.replace(value, kind=kind, length=length, partial=None, prefix="")


def _entity_as(value: Entity, to: Collection | TupleType | ObjectType) -> Value:
    names = value.names()
    if isinstance(to, ObjectType):
        known = {name: value.attribute(name) for name in to.attributes if names is None or name in names}
        return _as_object(known, to)
    if isinstance(to, Collection) and to.kind == "map":
        if names is None:
            return Unknown("known after apply", of=value.address, kind="map", not_null=True)
        return _as_map({name: value.attribute(name) for name in names}, to.of)
    raise wrong(value, named(to.kind if isinstance(to, Collection) else "tuple"))


def _as_object(value: Value, to: ObjectType) -> Value:
    if not isinstance(value, dict):
        raise wrong(value, "an object")
    out: dict[str, Value] = {}
    for name, of in to.attributes.items():
        item = value.get(name)
        if item is None and name in to.optional:
            item = to.optional[name].value
        elif name not in value:
            raise EvaluationError(f"the attribute {name} is required")
        out[name] = convert(item, of)
    return out


def _as_tuple(value: Value, to: TupleType) -> Value:
    if not isinstance(value, list) or len(value) != len(to.items):
        raise wrong(value, f"a tuple of {len(to.items)}")
    return [convert(item, of) for item, of in zip(value, to.items, strict=True)]


def _as_map(value: Value, of: Type) -> Value:
    if not isinstance(value, dict):
        raise wrong(value, "a map")
    names = sorted(value)
    return Map(zip(names, alike([value[name] for name in names], of), strict=True))


def _as_sequence(value: Value, to: Collection) -> Value:
    if isinstance(value, Set):
        if to.kind == "list" and not is_known(list(value)):
            return Unknown("the order of a set with unknown elements", kind="list", not_null=True)
        value = list(value)
    if not isinstance(value, list):
        raise wrong(value, named(to.kind))
    items = alike(value, to.of)
    return Set(items) if to.kind == "set" else List(items)


def alike(values: list[Value], of: Type = "any") -> list[Value]:
    """Each as ``of``; where that is any, all as the one type that they have in common."""
    if of != "any":
        return [convert(value, of) for value in values]
    common = unify([type_of_value(value) for value in values])
    if common is None:
        raise EvaluationError("all elements must have the same type")
    return [vague(value if isinstance(value, Unknown) else convert(value, common)) for value in values]


def vague(value: Value) -> Value:
    """A value among others: of what is unknown in it, the common type may be another one than its own."""
    if isinstance(value, Unknown):
        return value if value.kind in ("", "string") else msgspec.structs.replace(value, kind="", partial=None)
    if is_known(value) or isinstance(value, Set):
        return value
    if isinstance(value, dict):
        return type(value)((name, vague(item)) for name, item in value.items())
    return type(value)(vague(item) for item in value) if isinstance(value, list) else value


def type_of_value(value: Value) -> Type:
    """The type of a value; "any" for null and for what is unknown."""
    if isinstance(value, (List, Set)):
        return Collection(kind_of(value), unify([type_of_value(item) for item in value]) or "any")
    if isinstance(value, list):
        return TupleType(tuple(type_of_value(item) for item in value))
    if isinstance(value, Map):
        return Collection("map", unify([type_of_value(item) for item in value.values()]) or "any")
    if isinstance(value, dict):
        return ObjectType({name: type_of_value(item) for name, item in value.items()})
    kind = kind_of(value)
    return kind if kind in _PRIMITIVE else "any"


def unify(types: Iterable[Type]) -> Type | None:
    """The one type that values of all these types can have, as Terraform finds it; None where there is none."""
    distinct: list[Type] = []
    for each in types:
        if each != "any" and each not in distinct:
            distinct.append(each)
    if len(distinct) <= 1:
        return distinct[0] if distinct else "any"
    if all(isinstance(each, str) for each in distinct):
        return "string" if "string" in distinct else None
    if any(isinstance(each, str) for each in distinct):
        return None
    kinds = {each.kind if isinstance(each, Collection) else type(each).__name__ for each in distinct}
    if kinds <= {"map", "ObjectType"}:
        return _unify_objects(distinct)
    return None if kinds & {"map", "ObjectType"} else _unify_sequences(distinct, kinds)


def _unify_objects(types: list[Type]) -> Type | None:
    objects = [each for each in types if isinstance(each, ObjectType)]
    if len(objects) == len(types) and all(each.attributes.keys() == objects[0].attributes.keys() for each in objects):
        attributes = {name: unify([each.attributes[name] for each in objects]) for name in objects[0].attributes}
        if None not in attributes.values():
            return ObjectType({name: of for name, of in attributes.items() if of is not None})
    elements: list[Type] = []
    for each in types:
        elements += each.attributes.values() if isinstance(each, ObjectType) else [each.of]  # type: ignore[union-attr]
    of = unify(elements)
    return None if of is None else Collection("map", of)


def _unify_sequences(types: list[Type], kinds: set[str]) -> Type | None:
    tuples = [each for each in types if isinstance(each, TupleType)]
    if len(tuples) == len(types) and len({len(each.items) for each in tuples}) == 1:
        items = [unify(column) for column in zip(*(each.items for each in tuples), strict=True)]
        if None not in items:
            return TupleType(tuple(item for item in items if item is not None))
    elements: list[Type] = []
    for each in types:
        elements += each.items if isinstance(each, TupleType) else [each.of]  # type: ignore[union-attr]
    of = unify(elements)
    return None if of is None else Collection("set" if "set" in kinds and "list" not in kinds else "list", of)
