"""Terraform configuration as a small tree: bodies, blocks, attributes and the expressions that matter."""

from __future__ import annotations

from typing import Any, NamedTuple


class Literal(NamedTuple):
    """A number, text, truth value or null."""

    value: Any


class Template(NamedTuple):
    """Text with expressions in it."""

    parts: tuple[str | Node, ...]


class Traversal(NamedTuple):
    """``root.name[0]["k"].name``: names as text, literal indexes as one-tuples; ends before a computed index."""

    steps: tuple[str | tuple[int | str], ...]
    line: int


class Tuple(NamedTuple):
    """``[a, b]``."""

    items: tuple[Node, ...]


class Object(NamedTuple):
    """``{ k = v }``."""

    items: tuple[tuple[Node, Node], ...]


class Call(NamedTuple):
    """``name(a, b)``."""

    name: str
    arguments: tuple[Node, ...]
    spread: bool


class Conditional(NamedTuple):
    """``condition ? a : b``."""

    condition: Node
    if_true: Node
    if_false: Node


class Operation(NamedTuple):
    """One or two operands."""

    operator: str
    operands: tuple[Node, ...]


class Opaque(NamedTuple):
    """An expression of another kind (for, splat, computed index, template directive); its parts give its references."""

    parts: tuple[Node, ...]
    bound: frozenset[str] = frozenset()
    """Names that the expression itself defines."""


Node = Literal | Template | Traversal | Tuple | Object | Call | Conditional | Operation | Opaque


class Attribute(NamedTuple):
    """``name = value``."""

    name: str
    value: Node
    file: str
    line: int


class Block(NamedTuple):
    """``type "label" { ... }``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    file: str
    line: int


class Body(NamedTuple):
    """What stands between braces, or in a file."""

    attributes: dict[str, Attribute]
    blocks: list[Block]


def parts_of(node: Node) -> tuple[Node, ...]:
    """The expressions directly inside an expression."""
    match node:
        case Template():
            return tuple(p for p in node.parts if not isinstance(p, str))
        case Tuple():
            return node.items
        case Object():
            return tuple(part for pair in node.items for part in pair)
        case Call():
            return node.arguments
        case Conditional():
            return (node.condition, node.if_true, node.if_false)
        case Operation():
            return node.operands
        case Opaque():
            return node.parts
        case _:
            return ()


def traversals(node: Node, bound: frozenset[str] = frozenset()) -> list[Traversal]:
    """Every traversal in an expression, but for names that the expression itself defines."""
    if isinstance(node, Traversal):
        return [] if node.steps[0] in bound else [node]
    inner = bound | node.bound if isinstance(node, Opaque) else bound
    return [t for part in parts_of(node) for t in traversals(part, inner)]


def traversal_text(steps: tuple[str | tuple[int | str], ...]) -> str:
    """``a.b[0]["k"]``."""
    from tfsrm.sources.addresses import quoted

    text = ""
    for step in steps:
        text += quoted(step[0]) if isinstance(step, tuple) else f".{step}" if text else step
    return text


_SHORT_HEADS = frozenset(("var", "local", "each", "count", "path", "terraform", "self"))


def references(node: Node) -> list[str]:
    """The references of an expression in the form that Terraform gives them in a plan: each one, then its prefixes down
    to the object itself."""
    out: dict[str, None] = {}
    for traversal in traversals(node):
        steps = traversal.steps
        shortest = 2 if steps[0] in _SHORT_HEADS or steps[0] not in ("data", "ephemeral") else 3
        for end in range(len(steps), min(shortest, len(steps)) - 1, -1):
            out[traversal_text(steps[:end])] = None
    return list(out)
