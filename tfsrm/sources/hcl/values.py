"""What an expression can be: known, null, or unknown with the reason; containers may hold unknowns.

    null              None
    bool              bool (never a number, although Python says so)
    number            int, or Decimal where it is not whole
    string            str
    list              List, made by a conversion or a function
    tuple             list, as it is written: ``[a, b]``
    set               Set, sorted and unique
    map               Map, made by a conversion or a function
    object            dict, as it is written: ``{ a = b }``; both are walked sorted by key
    resource, module  Entity: its attributes are asked one by one
    unknown           Unknown

``List`` is a list and ``Map`` is a dict: who only reads values need not tell them apart. ``==`` does, as Terraform's does.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from typing import Any, Union

import msgspec

KNOWN_AFTER_APPLY = "known after apply"
"""The reason of what Terraform does not know either, before it applies."""
OF_LIMIT = 500
"""An identity longer than this is no longer followed."""


class EvaluationError(Exception):
    """Terraform would refuse this expression. ``try`` and ``can`` see it; ``Evaluator.evaluate`` turns it into an
    Unknown, so it never leaves the evaluator. A lookup raises it for what does not exist."""


class NotComputedError(Exception):
    """Terraform has a value for this, but it is not computed here; the text says why. The whole expression becomes an
    Unknown; ``try`` does not catch it."""


class LimitError(NotComputedError):
    """A limit is reached."""


class Unknown(msgspec.Struct, frozen=True):
    """A value that cannot be known here.

    ``reason``: short, for people: "known after apply", "variable region has no value", "module x is not installed".
    ``of``: address and attribute whose value this is, whole: ``aws_kms_key.this.arn``. Lost as soon as it is a part of a text.
    ``kind``: string, number, bool, list, tuple, set, map, object, or "" where that is not known either. A tuple may turn out
    to be a list and an object a map, where a common type with another value is looked for.
    ``not_null``: surely not null. ``not_empty``: surely no empty text or collection (implies not null).
    ``length``: how many elements, where only they are unknown.
    ``partial``: for a text that encodes a structure (jsonencode, a policy document): the structure, unknowns inside.
    ``prefix``: how the text begins, as far as it is known.
    ``error``: Terraform would refuse the expression; the reason says why.
    """

    reason: str
    of: str = ""
    kind: str = ""
    not_null: bool = False
    not_empty: bool = False
    length: int | None = None
    partial: object = None
    prefix: str = ""
    error: bool = False


class List(list["Value"]):
    """A list whose elements have one type (a plain list is a tuple)."""

    __slots__ = ()


class Map(dict[str, "Value"]):
    """A map whose values have one type (a plain dict is an object)."""

    __slots__ = ()


class Entity:
    """A resource, data source or module as a value: attributes are asked for one by one, when they are needed.

    The assembly derives from it. ``address`` is its identity.
    """

    __slots__ = ("address",)

    def __init__(self, address: str) -> None:
        self.address = address

    def attribute(self, name: str) -> Value:
        """The value of an attribute; EvaluationError where there surely is none of that name."""
        raise NotImplementedError

    def names(self) -> tuple[str, ...] | None:
        """All attribute names, where they are known (the outputs of a module)."""
        return None


class Set:
    """A set: its elements sorted and unique. Unknown elements stand last, and then its length is not known."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Value] = ()) -> None:
        self.items: tuple[Value, ...] = _sorted_unique(items)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Set) and same(list(self.items), list(other.items))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Set({list(self.items)!r})"


Value = Union[None, bool, int, Decimal, str, list["Value"], dict[str, "Value"], Set, Entity, Unknown]  # noqa: UP007


def is_known(value: object) -> bool:
    """Known through and through."""
    if isinstance(value, (list, Set)):
        return all(is_known(item) for item in value)
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    return not isinstance(value, (Unknown, Entity))


def first_unknown(*values: object) -> Unknown | None:
    """The first unknown that stands in these values, or None; an Entity counts as one."""
    for value in values:
        found: Unknown | None = None
        if isinstance(value, Unknown):
            found = value
        elif isinstance(value, Entity):
            found = Unknown("known after apply", of=value.address, kind="object", not_null=True)
        elif isinstance(value, (list, Set)):
            found = first_unknown(*value)
        elif isinstance(value, dict):
            found = first_unknown(*(value[key] for key in sorted(value)))
        if found is not None:
            return found
    return None


def derived(source: Unknown, kind: str = "", **refined: Any) -> Unknown:
    """Another unknown for the same reason; neither identity nor refinements survive."""
    return Unknown(source.reason, kind=kind, **refined)


def part_of(source: Unknown, step: str) -> Unknown:
    """What is taken from an unknown: ``step`` is ``.name`` or ``[key]``, and the identity grows by it."""
    of = source.of + step if source.of and len(source.of) < OF_LIMIT else ""
    return Unknown(source.reason, of=of)


def kind_of(value: object) -> str:
    """null, bool, number, string, list, tuple, set, map, object; an unknown's kind, "" where it has none."""
    if isinstance(value, Unknown):
        return value.kind
    return "null" if value is None else _KINDS.get(type(value), "object")


_KINDS: dict[type, str] = {
    bool: "bool",
    int: "number",
    Decimal: "number",
    str: "string",
    List: "list",
    list: "tuple",
    Set: "set",
    Map: "map",
    dict: "object",
}


def same(a: object, b: object) -> bool:
    """One and the same value, types included (true is not 1); unknowns are the same where they say the same."""
    if isinstance(a, (list, Set)) and isinstance(b, (list, Set)):
        return kind_of(a) == kind_of(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return kind_of(a) == kind_of(b) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return kind_of(a) == kind_of(b) and a == b


def distinct(items: Iterable[Value]) -> list[Value]:
    """The first of each of the same values."""
    seen: dict[Hashable, Value] = {}
    for item in items:
        seen.setdefault(fingerprint(item), item)
    return list(seen.values())


def fingerprint(value: object) -> Hashable:
    """Equal for values that are the same, and only for those; to find doubles among many."""
    if isinstance(value, (list, Set)):
        return kind_of(value), tuple(map(fingerprint, value))
    if isinstance(value, dict):
        return kind_of(value), tuple((key, fingerprint(value[key])) for key in sorted(value))
    if isinstance(value, (Unknown, Entity)):
        return "unknown", repr(value) if isinstance(value, Unknown) else id(value)
    return kind_of(value), value


def sort_key(value: object) -> tuple[int, Any]:
    """The order of a set's elements: truth values, numbers and texts by value, collections as Terraform happens to order
    them (a for expression over the set shows that order), null last."""
    if isinstance(value, bool):
        return 0, value
    if isinstance(value, (int, Decimal)):
        return 1, value
    if isinstance(value, str):
        return 2, value
    return (4, "") if value is None else (3, _order_text(value))


def _order_text(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, (int, Decimal)):
        return f"{float(value):.10g}" if -1e300 < value < 1e300 else str(value)
    if isinstance(value, (List, Set)):
        return "[" + "".join(f"{_order_text(item)};" for item in value) + "]"
    if isinstance(value, list):
        return "<" + "".join(f"{_order_text(item)};" for item in value) + ">"
    if isinstance(value, Map):
        return "{" + "".join(f"{_order_text(key)}:{_order_text(value[key])};" for key in sorted(value)) + "}"
    if isinstance(value, dict):
        return "<" + "".join(f"{_order_text(value[key])};" for key in sorted(value)) + ">"
    return "?"


def _sorted_unique(items: Iterable[Value]) -> tuple[Value, ...]:
    known: list[Value] = []
    unknown: list[Value] = []
    for item in items:
        (known if is_known(item) else unknown).append(item)
    known.sort(key=sort_key)
    out: list[Value] = []
    for item in known:
        if not out or not same(out[-1], item):
            out.append(item)
    return (*out, *unknown)  # two that look the same may turn out to be two
