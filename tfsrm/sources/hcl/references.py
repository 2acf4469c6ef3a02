"""What an expression refers to, in the form that a plan's configuration gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tfsrm.model.world import NOT_EVALUATED
from tfsrm.sources.addresses import quoted
from tfsrm.sources.hcl import nodes

NOTHING: frozenset[str] = frozenset()


_LEAVES = (nodes.Literal, nodes.Number)


def traversals(node: nodes.Node, bound: frozenset[str] = NOTHING) -> Iterator[nodes.Traversal]:
    """Every traversal in an expression, but for the names that its own ``for`` defines."""
    if isinstance(node, _LEAVES):
        return
    if isinstance(node, nodes.Traversal):
        if node.root not in bound:
            yield node
        parts: tuple[nodes.Node, ...] = _indexes(node.steps)
    elif isinstance(node, (nodes.ForTuple, nodes.ForObject, nodes.TemplateFor)):
        yield from traversals(node.collection, bound)
        bound |= {node.key, node.value}
        parts = _inside(node)
    else:
        parts = parts_of(node)
    for part in parts:
        yield from traversals(part, bound)


def _indexes(steps: tuple[nodes.Step, ...]) -> tuple[nodes.Node, ...]:
    return tuple(s for s in steps if not isinstance(s, str))


def _inside(node: nodes.ForTuple | nodes.ForObject | nodes.TemplateFor) -> tuple[nodes.Node, ...]:
    if isinstance(node, nodes.TemplateFor):
        return (node.body,)
    condition = () if node.condition is None else (node.condition,)
    if isinstance(node, nodes.ForTuple):
        return (node.result, *condition)
    return (node.result_key, node.result_value, *condition)


def parts_of(node: nodes.Node) -> tuple[nodes.Node, ...]:
    """The expressions directly inside one that defines no names."""
    match node:
        case nodes.Template():
            return node.parts
        case nodes.Wrap():
            return (node.of,)
        case nodes.Relative() | nodes.Splat():
            return (node.of, *_indexes(node.steps))
        case nodes.Tuple():
            return node.items
        case nodes.Object():
            return tuple(part for pair in node.items for part in pair)
        case nodes.Call():
            return node.arguments
        case nodes.Conditional() | nodes.TemplateIf():
            return (node.condition, node.if_true, node.if_false)
        case nodes.Unary():
            return (node.operand,)
        case nodes.Binary():
            return (node.left, node.right)
        case _:
            return ()


def key_of(step: nodes.Step) -> int | str | None:
    """The key of a literal index; None for a name and for a computed index."""
    if isinstance(step, nodes.Literal) and isinstance(step.value, str):
        return step.value
    if isinstance(step, nodes.Number) and step.text.isdecimal() and len(step.text) < 18:
        return int(step.text)
    return None


def references(node: nodes.Node) -> list[str]:
    """The references of an expression: each one, then its prefixes down to the object itself. One ends before a computed
    index."""
    if isinstance(node, _LEAVES):
        return []
    out: dict[str, None] = {}
    for traversal in traversals(node):
        root, steps = traversal.root, traversal.steps
        if root == "resource" and len(steps) > 1 and isinstance(steps[0], str):
            root, steps = steps[0], steps[1:]  # resource.aws_x.y is another spelling of aws_x.y
        texts = [root]
        for step in steps:
            key = None if isinstance(step, str) else key_of(step)
            if not isinstance(step, str) and key is None:
                break
            texts.append(f"{texts[-1]}.{step}" if isinstance(step, str) else texts[-1] + quoted(key))
        shortest = 3 if root in ("data", "ephemeral") else 2
        for text in reversed(texts[min(shortest, len(texts)) - 1 :]):
            out[text] = None
    return list(out)


def expression(node: nodes.Node, constant: Callable[[nodes.Node], Any]) -> dict[str, Any]:
    """An expression in the shape of a plan's configuration; ``constant`` gives the value of one that refers to nothing."""
    found = references(node)
    if not found and is_constant(node):
        return {"constant_value": constant(node)}
    return {"references": found} if found else {}


def undecided(expression: dict[str, Any]) -> dict[str, Any]:
    """The expression of an attribute that is not known in some instance: it does not pass for null."""
    return {"references": [*expression.get("references", ()), NOT_EVALUATED]}


def is_constant(node: nodes.Node) -> bool:
    """Whether an expression is written out: no reference in it, and no function."""
    if isinstance(node, (nodes.Literal, nodes.Number)):
        return True
    if isinstance(node, (nodes.Call, nodes.Traversal, nodes.ForTuple, nodes.ForObject, nodes.TemplateFor)):
        return False
    return all(is_constant(part) for part in parts_of(node))
