"""Trees with some of their leaves made unknown."""

from __future__ import annotations

from typing import Any

import msgspec

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.values import Unknown, Value


def leaves(node: nodes.Node) -> list[nodes.Literal | nodes.Number]:
    """The texts, numbers, truth values and nulls of a tree, from left to right."""
    found: list[nodes.Literal | nodes.Number] = []
    _walk(node, found, frozenset())
    return found


def without(node: nodes.Node, positions: frozenset[int]) -> nodes.Node:
    """The tree with the leaves at these positions replaced by the names ``u0``, ``u1``, ..."""
    replaced: nodes.Node = _walk(node, [], positions)
    return replaced


def _walk(node: Any, found: list[Any], positions: frozenset[int]) -> Any:
    if isinstance(node, (nodes.Literal, nodes.Number)):
        found.append(node)
        at = len(found) - 1
        return nodes.Traversal(f"u{at}", (), 1, 1) if at in positions else node
    if isinstance(node, tuple):
        return tuple(_walk(item, found, positions) for item in node)
    if isinstance(node, msgspec.Struct):
        names = node.__struct_fields__
        return type(node)(*(_walk(getattr(node, name), found, positions) for name in names))
    return node


def unknown_for(value: Value, refined: int) -> Unknown:
    """An unknown that says nothing (0), the kind (1) or all that it may say (2) about the value that it turns out to be."""
    if refined == 0 or value is None:
        return Unknown("not known")
    kind = {bool: "bool", str: "string"}.get(type(value), "number")
    if refined == 1:
        return Unknown("not known", kind=kind)
    text = value if isinstance(value, str) else ""
    return Unknown("not known", kind=kind, not_null=True, not_empty=bool(text), prefix=text[:1])
