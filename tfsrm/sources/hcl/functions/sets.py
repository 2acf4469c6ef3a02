"""Functions of sets, and the products of collections."""

from __future__ import annotations

import math
from itertools import product

from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.conversion import wrong
from tfsrm.sources.hcl.functions.signature import Table, alike, anything, sequence
from tfsrm.sources.hcl.types import convert, type_of_value, unify
from tfsrm.sources.hcl.values import (
    EvaluationError,
    List,
    Set,
    Unknown,
    Value,
    derived,
    fingerprint,
    first_unknown,
    is_known,
    kind_of,
)

FUNCTIONS = Table()
LIMITS = Budget()


@FUNCTIONS.add("setproduct", rest=anything, lenient="all")
def _setproduct(*collections: Value) -> Value:
    if len(collections) < 2:
        raise EvaluationError("at least two collections are required")
    columns: list[list[Value]] = []
    as_list = all(kind_of(each) in ("list", "tuple") for each in collections)
    for each in collections:
        if not isinstance(each, (list, Set, Unknown)):
            raise wrong(each, "a list or set")
        column = alike(each)
        if isinstance(column, Unknown):
            return derived(column, "list" if as_list else "", not_null=True)
        columns.append(column if isinstance(column, list) else [])
    LIMITS.length(math.prod(map(len, columns)))
    rows: list[Value] = [list(row) for row in product(*columns)]
    if as_list:
        return List(rows)
    return Set(rows) if all(is_known(row) for row in rows) else _unknown_set(rows)


def _unknown_set(items: list[Value]) -> Unknown:
    unknown = first_unknown(items) or Unknown("a set with unknown elements")
    return derived(unknown, "set", not_null=True, not_empty=True)


def _unified(collections: tuple[list[Value], ...]) -> list[list[Value]]:
    common = unify([type_of_value(item) for items in collections for item in items])
    if common is None:
        raise EvaluationError("all elements must have the same type")
    return [[convert(item, common) for item in items] for items in collections]


@FUNCTIONS.add("setunion", sequence, rest=sequence, kind="set", lenient="parts")
def _setunion(*collections: list[Value]) -> Value:
    items = [item for each in _unified(collections) for item in each]
    return Set(items) if all(map(is_known, items)) else _unknown_set(items)


@FUNCTIONS.add("setintersection", sequence, rest=sequence, kind="set")
def _setintersection(*collections: list[Value]) -> Value:
    first, *others = _unified(collections)
    marks = [set(map(fingerprint, other)) for other in others]
    return Set(item for item in first if all(fingerprint(item) in other for other in marks))


@FUNCTIONS.add("setsubtract", sequence, sequence, kind="set")
def _setsubtract(a: list[Value], b: list[Value]) -> Value:
    first, second = _unified((a, b))
    marks = set(map(fingerprint, second))
    return Set(item for item in first if fingerprint(item) not in marks)
