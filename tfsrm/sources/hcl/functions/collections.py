"""Functions of lists, maps and objects."""

from __future__ import annotations

from typing import cast

import msgspec

from tfsrm.sources.hcl.access import attribute
from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.conversion import to_bool, to_string, wrong
from tfsrm.sources.hcl.functions.signature import (
    Table,
    alike,
    anything,
    listing,
    mapping,
    nullable,
    sequence,
    string,
    strings,
    whole,
)
from tfsrm.sources.hcl.graphemes import clusters
from tfsrm.sources.hcl.operators import equal
from tfsrm.sources.hcl.types import Collection, convert, type_of_value, unify, vague
from tfsrm.sources.hcl.values import (
    KNOWN_AFTER_APPLY,
    Entity,
    EvaluationError,
    List,
    Map,
    Set,
    Unknown,
    Value,
    derived,
    distinct,
    fingerprint,
    first_unknown,
    is_known,
    kind_of,
    part_of,
)

FUNCTIONS = Table()
LIMITS = Budget()
Maybe = list[Value] | Unknown


@FUNCTIONS.add("length", anything, lenient="all")
def _length(value: Value) -> Value:
    if isinstance(value, str):
        return len(clusters(value))
    if isinstance(value, Entity):
        names = value.names()
        return Unknown("known after apply", kind="number", not_null=True) if names is None else len(names)
    if isinstance(value, Unknown) and value.kind not in ("number", "bool"):
        return derived(value, "number", not_null=True) if value.length is None else value.length
    if isinstance(value, Set) and not is_known(value) and len(value) > 1:
        return Unknown("a set with unknown elements", kind="number", not_null=True)
    if isinstance(value, (list, dict, Set)):
        return len(value)
    raise wrong(value, "a collection or a text")


# --- lists --------------------------------------------------------------------------------------------------------


@FUNCTIONS.add("chunklist", alike, whole, kind="list", lenient="parts")
def _chunklist(items: list[Value], size: int) -> Value:
    if size < 0:
        raise EvaluationError("the size of a part must not be negative")
    step = size or max(len(items), 1)
    return List(List(items[start : start + step]) for start in range(0, len(items), step))


@FUNCTIONS.add("coalesce", rest=nullable, lenient="all")
def _coalesce(*values: Value) -> Value:
    """The first that is neither null nor an empty text. An unknown one that may be null leaves it open, unless what
    follows cannot be taken."""
    types = [type_of_value(value) for value in values if value is not None]
    common = unify(types)
    if common is None:
        raise EvaluationError("all values must have the same type")
    sure = common == "string" or "any" not in types
    candidates = [value for value in values if value is not None and not (common == "string" and value == "")]
    if not candidates:
        raise EvaluationError("all values are null or empty")
    first = candidates[0]
    if isinstance(first, Unknown) and len(candidates) > 1 and not _surely_taken(first):
        return derived(first, common if sure and isinstance(common, str) and common != "any" else "", not_null=True)
    if isinstance(first, Unknown) and not sure and len(values) > 1:
        return msgspec.structs.replace(first, kind="" if first.kind != "string" else first.kind)
    return vague(convert(first, common)) if len(values) > 1 else convert(first, common)


def _surely_taken(value: Unknown) -> bool:
    return value.not_empty or (value.not_null and value.kind not in ("", "string"))


@FUNCTIONS.add("coalescelist", rest=anything, lenient="all")
def _coalescelist(*lists: Value) -> Value:
    for position, value in enumerate(lists):
        if isinstance(value, Unknown):
            last = position == len(lists) - 1
            return value if value.not_empty or last else derived(value, not_null=True)
        if not isinstance(value, (list, Set)):
            raise wrong(value, "a list")
        if len(value):
            return value
    raise EvaluationError("all lists are empty")


@FUNCTIONS.add("compact", strings, kind="list", lenient="parts")
def _compact(items: list[Value]) -> Value:
    left = [item for item in items if item is not None and item != ""]
    unknown = next((item for item in left if isinstance(item, Unknown) and not item.not_empty), None)
    if unknown is not None:
        surely = any(isinstance(item, str) or (isinstance(item, Unknown) and item.not_empty) for item in left)
        return derived(unknown, "list", not_null=True, not_empty=surely)
    return List(left)


@FUNCTIONS.add("concat", rest=listing, lenient="all")
def _concat(*lists: Maybe) -> Value:
    if not lists:
        raise EvaluationError("a list is required")
    unknown = next((items for items in lists if isinstance(items, Unknown)), None)
    if unknown is not None:
        surely = any(items.not_empty if isinstance(items, Unknown) else items for items in lists)
        return derived(unknown, _kind_together(lists), not_null=True, not_empty=bool(surely))
    known = cast("tuple[list[Value], ...]", lists)
    LIMITS.length(sum(map(len, known)))
    out = [item for items in known for item in items]
    if all(isinstance(items, List) for items in known):
        common = unify([type_of_value(items) for items in known])
        return out if common is None else convert(List(out), common)
    return out


def _kind_together(lists: tuple[Maybe, ...]) -> str:
    """A list where all are lists, else a tuple; not known where one is of unknown kind."""
    kinds = {kind_of(items) for items in lists}
    return "list" if kinds == {"list"} else "tuple"


@FUNCTIONS.add("contains", sequence, anything, kind="bool", lenient="all")
def _contains(items: Maybe, wanted: Value) -> Value:
    if isinstance(items, Unknown):
        return derived(items, "bool", not_null=True)
    unsure: Unknown | None = None
    for item in items:
        found = equal(item, wanted)
        if found is True:
            return True
        if isinstance(found, Unknown):
            unsure = unsure or found
    return unsure or False


@FUNCTIONS.add("distinct", alike, kind="list", lenient="parts")
def _distinct(items: list[Value]) -> Value:
    unknown = first_unknown(items)
    if unknown is not None and (len(items) > 1 or unknown.reason == KNOWN_AFTER_APPLY):
        return derived(unknown, "list", not_null=True, not_empty=True)
    return List(distinct(items))


@FUNCTIONS.add("element", listing, whole, lenient="all")
def _element(items: Maybe, position: int | Unknown) -> Value:
    if isinstance(position, Unknown):
        return derived(position)
    if position < 0:
        raise EvaluationError("a negative position")
    if isinstance(items, Unknown):
        return part_of(items, f"[{position}]")
    if not items:
        raise EvaluationError("the list is empty")
    return items[position % len(items)]


@FUNCTIONS.add("flatten", sequence, kind="tuple", lenient="parts")
def _flatten(items: list[Value]) -> Value:
    out: list[Value] = []
    unknown = _flatten_into(items, out)
    return out if unknown is None else derived(unknown, "tuple", not_null=True)


def _flatten_into(items: list[Value], out: list[Value]) -> Unknown | None:
    """The unknown that may be a list or not, so that nothing can be said about the result."""
    for item in items:
        part = sequence(item) if isinstance(item, (list, Set)) or kind_of(item) in ("list", "tuple", "set") else item
        if isinstance(part, list):
            unknown = _flatten_into(part, out)
            if unknown is not None:
                return unknown
        elif isinstance(part, Unknown) and part.kind not in ("string", "number", "bool", "map", "object"):
            return part
        else:
            out.append(part)
            LIMITS.length(len(out))
    return None


@FUNCTIONS.add("index", listing, nullable, kind="number", lenient="all")
def _index(items: Maybe, wanted: Value) -> Value:
    if isinstance(items, Unknown):
        return derived(items, "number", not_null=True)
    for position, item in enumerate(items):
        found = equal(item, wanted)
        if isinstance(found, Unknown):
            return derived(found, "number", not_null=True)
        if found:
            return position
    raise EvaluationError("there is no such element")


@FUNCTIONS.add("matchkeys", alike, alike, alike, kind="list", lenient="parts")
def _matchkeys(items: list[Value], keys: list[Value], wanted: list[Value]) -> Value:
    if len(items) != len(keys):
        raise EvaluationError("values and keys have different lengths")
    common = unify([type_of_value(List(keys)), type_of_value(List(wanted))])
    if common is None:
        raise EvaluationError("keys and wanted keys have different types")
    unknown = first_unknown(keys, wanted)
    if unknown is not None and wanted:
        return derived(unknown, "list", not_null=True)
    keys, wanted = cast("list[Value]", convert(List(keys), common)), cast("list[Value]", convert(List(wanted), common))
    marks = set(map(fingerprint, wanted))
    return List(item for item, key in zip(items, keys, strict=True) if fingerprint(key) in marks)


@FUNCTIONS.add("one", sequence, lenient="all")
def _one(items: Maybe) -> Value:
    if isinstance(items, Unknown):
        return part_of(items, "[0]")
    if len(items) > 1:
        raise EvaluationError("there is more than one element")
    return items[0] if items else None


@FUNCTIONS.add("reverse", sequence, lenient="parts")
def _reverse(items: list[Value]) -> Value:
    return type(items)(reversed(items))


@FUNCTIONS.add("slice", listing, whole, whole, lenient="all")
def _slice(items: Maybe, start: int | Unknown, end: int | Unknown) -> Value:
    """Where it succeeds it has end - start elements, known or not."""
    unknown = next((each for each in (start, end) if isinstance(each, Unknown)), None)
    if unknown is not None or isinstance(start, Unknown) or isinstance(end, Unknown):
        return derived(unknown or Unknown(""), kind_of(items), not_null=True)
    if start < 0 or end < start:
        raise EvaluationError("the slice ends before it begins")
    LIMITS.length(end - start)
    if isinstance(items, Unknown):
        parts = [part_of(items, f"[{position}]") for position in range(start, end)]
        return List(parts) if items.kind == "list" else list(parts)
    if end > len(items):
        raise EvaluationError("the slice ends behind the list")
    return type(items)(items[start:end])


@FUNCTIONS.add("sort", strings, kind="list", lenient="parts")
def _sort(items: list[Value]) -> Value:
    if None in items:
        raise EvaluationError("null cannot be sorted")
    unknown = first_unknown(items)
    if unknown is not None:
        # Of a set it is not known how many of its unknown elements are the same.
        return derived(unknown, "list", not_null=True, not_empty=True)
    return List(sorted(cast("list[str]", items)))


def _truths(items: list[Value]) -> list[bool | Unknown]:
    return [False if item is None else to_bool(item) for item in items]


@FUNCTIONS.add("alltrue", sequence, kind="bool", lenient="parts")
def _alltrue(items: list[Value]) -> Value:
    truths = _truths(items)
    unknown = next((each for each in truths if isinstance(each, Unknown)), None)
    if False in truths:
        return False
    return True if unknown is None else derived(unknown, "bool", not_null=True)


@FUNCTIONS.add("anytrue", sequence, kind="bool", lenient="parts")
def _anytrue(items: list[Value]) -> Value:
    truths = _truths(items)
    unknown = next((each for each in truths if isinstance(each, Unknown)), None)
    if True in truths:
        return True
    return False if unknown is None else derived(unknown, "bool", not_null=True)


# --- maps and objects ---------------------------------------------------------------------------------------------


def _list_of(of: Unknown) -> Unknown:
    """Keys or values of an unknown map are a list, of an object a tuple."""
    kind = {"map": "list", "object": "tuple"}.get(of.kind, "")
    return derived(of, kind, not_null=True, not_empty=of.not_empty)


@FUNCTIONS.add("keys", mapping, lenient="all")
def _keys(of: dict[str, Value] | Unknown) -> Value:
    if isinstance(of, Unknown):
        return _list_of(of)
    names: list[Value] = [*sorted(of)]
    return List(names) if isinstance(of, Map) else names


@FUNCTIONS.add("values", mapping, lenient="all")
def _values(of: dict[str, Value] | Unknown) -> Value:
    if isinstance(of, Unknown):
        return _list_of(of)
    ordered = [of[key] for key in sorted(of)]
    return List(ordered) if isinstance(of, Map) else ordered


@FUNCTIONS.add("lookup", anything, string, rest=nullable, lenient="all")
def _lookup(of: Value, key: str | Unknown, *default: Value) -> Value:
    if len(default) > 1:
        raise EvaluationError("two or three arguments are required")
    if isinstance(of, Unknown) and of.kind in ("", "map", "object"):
        return part_of(of, f'["{key}"]') if isinstance(key, str) and not default else derived(of)
    if isinstance(key, Unknown):
        return derived(key)
    if isinstance(of, Entity):
        return attribute(of, key)
    if not isinstance(of, dict):
        raise wrong(of, "a map")
    if key in of:
        return of[key]
    if not default:
        raise EvaluationError(f"there is no key {key}")
    kind = type_of_value(of)
    return convert(default[0], kind.of) if isinstance(kind, Collection) else default[0]


def _mapping_or_null(value: Value) -> Value:
    return None if value is None else mapping(value)


@FUNCTIONS.add("merge", rest=_mapping_or_null, lenient="all")
def _merge(*maps: dict[str, Value] | Unknown | None) -> Value:
    given = [each for each in maps if each is not None]
    unknown = next((each for each in given if isinstance(each, Unknown)), None)
    if unknown is not None:
        surely = any(each.not_empty if isinstance(each, Unknown) else each for each in given)
        kinds = {kind_of(each) for each in given}
        return derived(unknown, "map" if kinds == {"map"} else "object", not_null=True, not_empty=bool(surely))
    known = cast("list[dict[str, Value]]", given)
    out: dict[str, Value] = {}
    for each in known:
        out.update(each)
    if known and all(isinstance(each, Map) for each in known):
        types = [kind for kind in map(type_of_value, known) if kind != Collection("map", "any")]
        if all(kind == types[0] for kind in types):
            return Map(out)
    return out


@FUNCTIONS.add("transpose", mapping, kind="map")
def _transpose(of: dict[str, Value]) -> Value:
    out: dict[str, list[Value]] = {}
    for key in sorted(of):
        for item in cast("list[Value]", strings(of[key])):
            if item is None:
                raise EvaluationError("null is no key")
            out.setdefault(str(item), []).append(key)
    return Map((key, List(out[key])) for key in sorted(out))


@FUNCTIONS.add("zipmap", strings, listing, kind="object", lenient="all")
def _zipmap(keys: Maybe, items: Maybe) -> Value:
    unknown = keys if isinstance(keys, Unknown) else first_unknown(keys)
    if unknown is not None or isinstance(keys, Unknown):
        return derived(unknown or Unknown(""), "map" if isinstance(items, List) else "object", not_null=True)
    names = [to_string(key) for key in keys]
    if isinstance(items, Unknown):
        parts: list[Value] = [part_of(items, f"[{position}]") for position in range(len(names))]
        items = List(parts) if items.kind == "list" else parts
    if len(names) != len(items):
        raise EvaluationError("keys and values have different lengths")
    pairs = [(str(name), item) for name, item in zip(names, items, strict=True)]
    return Map(pairs) if isinstance(items, List) else dict(pairs)
