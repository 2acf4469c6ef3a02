"""What the AWS provider's schema says of a resource type's attributes: type, and who may set them.

The file is the compact schema of ``mappings/provider/`` (its shape stands in ``catalog/provider_schema.py``); types are
decoded one by one, when a configuration has them.
"""

from __future__ import annotations

import gzip
from functools import cache
from typing import Any

import msgspec

from tfsrm.sources.hcl.conversion import to_bool, to_number, to_string
from tfsrm.sources.hcl.shipped import PROVIDER
from tfsrm.sources.hcl.values import EvaluationError, Set, Unknown, Value

SchemaBlock = tuple[dict[str, tuple[str, Any]], dict[str, tuple[str, Any]]]
"""(attribute -> (flags, type), block -> (nesting, SchemaBlock))."""
NO_BLOCK: SchemaBlock = ({}, {})


class _File(msgspec.Struct):
    resources: dict[str, msgspec.Raw]


class _Filled(msgspec.Struct):
    blocks: dict[str, list[str]]


@cache
def _types() -> dict[str, msgspec.Raw]:
    with gzip.open(PROVIDER / "aws.json.gz") as file:
        return msgspec.json.decode(file.read(), type=_File).resources


@cache
def _filled() -> dict[str, frozenset[str]]:
    read = msgspec.json.decode((PROVIDER / "filled-blocks.json").read_bytes(), type=_Filled)
    return {name: frozenset(paths) for name, paths in read.blocks.items()}


@cache
def block_of(resource_type: str) -> SchemaBlock | None:
    """The type's block; None for a type that the AWS provider (as far as it is known here) does not have."""
    if not resource_type.startswith("aws_"):
        return None
    raw = _types().get(resource_type)
    return None if raw is None else msgspec.json.decode(raw, type=SchemaBlock)


def fills_block(resource_type: str, name: str) -> bool:
    """Whether AWS may fill in a block of the type that nobody writes."""
    return name in _filled().get(resource_type, ())


def coerced(value: Value, kind: Any) -> Value:
    """The value as Terraform converts it to an attribute's type; left as it is where it would refuse."""
    if value is None or isinstance(value, Unknown) or kind == "dynamic":
        return value
    try:
        if isinstance(kind, str):
            return _simple(value, kind)
        return _structured(value, kind[0], kind[1])
    except EvaluationError:
        return value


def _simple(value: Value, kind: str) -> Value:
    if kind == "string":
        return value if type(value) is str else to_string(value)
    return to_bool(value) if kind == "bool" else to_number(value)


def _structured(value: Value, kind: str, of: Any) -> Value:
    if kind == "object" and isinstance(value, dict):
        return {name: coerced(item, of[name]) if name in of else item for name, item in value.items()}
    if kind == "map" and isinstance(value, dict):
        return {name: coerced(item, of) for name, item in value.items()}
    if kind in ("list", "set") and isinstance(value, (list, Set)):
        items = [coerced(item, of) for item in value]
        return Set(items) if kind == "set" and isinstance(of, str) else items
    return value
