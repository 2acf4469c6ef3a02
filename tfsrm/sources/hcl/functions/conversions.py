"""Conversions, and what only marks a value."""

from __future__ import annotations

from tfsrm.sources.hcl.conversion import to_bool, to_number, to_string
from tfsrm.sources.hcl.functions.signature import Table, nullable
from tfsrm.sources.hcl.types import Collection, convert
from tfsrm.sources.hcl.values import Set, Unknown, Value, is_known

FUNCTIONS = Table()


@FUNCTIONS.add("tostring", nullable, lenient="all")
def _tostring(value: Value) -> Value:
    return None if value is None else to_string(value)


@FUNCTIONS.add("tonumber", nullable, lenient="all")
def _tonumber(value: Value) -> Value:
    return None if value is None else to_number(value)


@FUNCTIONS.add("tobool", nullable, lenient="all")
def _tobool(value: Value) -> Value:
    return None if value is None else to_bool(value)


@FUNCTIONS.add("tolist", nullable, lenient="all")
def _tolist(value: Value) -> Value:
    return convert(value, Collection("list", "any"))


@FUNCTIONS.add("toset", nullable, lenient="all")
def _toset(value: Value) -> Value:
    return convert(value, Collection("set", "any"))


@FUNCTIONS.add("tomap", nullable, lenient="all")
def _tomap(value: Value) -> Value:
    return convert(value, Collection("map", "any"))


@FUNCTIONS.add("nonsensitive", nullable, lenient="all")
def _nonsensitive(value: Value) -> Value:
    return value


@FUNCTIONS.add("issensitive", nullable, lenient="all")
def _issensitive(value: Value) -> Value:
    reason = value.reason if isinstance(value, Unknown) else "function issensitive"
    return Unknown(reason, kind="bool", not_null=True)


@FUNCTIONS.add("ephemeralasnull", nullable, lenient="all")
def _ephemeralasnull(value: Value) -> Value:
    """Only a value that is known here is surely not ephemeral."""
    known = is_known(list(value) if isinstance(value, Set) else value)
    return value if known else Unknown("function ephemeralasnull")
