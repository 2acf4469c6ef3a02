"""A block's body as Terraform's parallel trees: values, the mask of unknowns, the mask of secrets, expressions, positions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tfsrm.sources.hcl_nodes import Attribute, Block, Body, Literal, Node, Opaque, Tuple, references, traversals
from tfsrm.sources.hcl_values import NO_BINDINGS, UNKNOWN, Bindings, Scope, each

NOT_EVALUATED = "local.(not evaluated)"
"""A reference that nothing defines: marks an expression of which it is not known whether it ends in null."""

META = frozenset(("count", "for_each", "provider", "depends_on"))
_META_BLOCKS = frozenset(("lifecycle", "provisioner", "connection"))
_OBJECT_BLOCKS = frozenset(("timeouts",))
"""Blocks that are objects in Terraform's JSON; all others are lists."""


class Trees(NamedTuple):
    """The trees of one body."""

    values: dict[str, Any]
    unknown: dict[str, Any]
    sensitive: dict[str, Any]
    expressions: dict[str, Any]
    positions: dict[str, tuple[str, int]]


class Context(NamedTuple):
    """What the expressions of a body are evaluated with."""

    scope: Scope
    bindings: Bindings = NO_BINDINGS
    each: tuple[str, ...] = ()
    """References of the block's own ``for_each``."""
    iterators: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Iterator of a dynamic block -> references of what it runs over."""
    hidden: frozenset[str] = frozenset()
    """``each`` and iterators that run over something with a sensitive variable in it."""

    def hides(self, node: Node) -> bool:
        """Whether the value of an expression is sensitive."""
        return self.scope.is_sensitive(node) or any(t.steps[0] in self.hidden for t in traversals(node))


class _Piece(NamedTuple):
    body: Body
    context: Context
    block: Block


def trees(body: Body, context: Context, path: str = "") -> Trees:
    """The trees of a resource's body, or of a nested block at ``path``."""
    out = Trees({}, {}, {}, {}, {})
    for attribute in body.attributes.values():
        if path or attribute.name not in META:
            _attribute(out, attribute, context, path)
    for name, blocks in _by_type(body, top=not path).items():
        _blocks(out, name, blocks, context, path)
    return out


def _by_type(body: Body, top: bool) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = {}
    for block in body.blocks:
        name = _name(block)
        if not (top and name in _META_BLOCKS):
            found.setdefault(name, []).append(block)
    return found


def _attribute(out: Trees, attribute: Attribute, context: Context, path: str) -> None:
    name = attribute.name
    value, mask = split(context.scope.value(attribute.value, context.bindings))
    if mask is not True and value is not None:
        out.values[name] = value
    if mask:
        out.unknown[name] = mask
    if context.hides(attribute.value):
        out.sensitive[name] = True
    out.expressions[name] = expression(attribute.value, context, decided=not mask)
    out.positions[f"{path}{name}"] = (attribute.file, attribute.line)


def _blocks(out: Trees, name: str, blocks: list[Block], context: Context, path: str) -> None:
    out.positions[f"{path}{name}"] = (blocks[0].file, blocks[0].line)
    pieces = [piece for block in blocks for piece in _expanded(block, context)]
    if None in pieces:
        parts: list[Node] = [a.value for b in blocks for a in _all_attributes(b.body)]
        out.unknown[name] = True
        out.expressions[name] = expression(Opaque(tuple(parts), frozenset((name,))), context, decided=False)
        return
    inner = []
    for i, piece in enumerate(p for p in pieces if p is not None):
        inner.append(trees(piece.body, piece.context, f"{path}{name}[{i}]."))
        out.positions[f"{path}{name}[{i}]"] = (piece.block.file, piece.block.line)
        out.positions.update(inner[-1].positions)
    if not inner:
        return
    single = name in _OBJECT_BLOCKS and len(inner) == 1
    out.values[name] = inner[0].values if single else [t.values for t in inner]
    out.expressions[name] = inner[0].expressions if single else [t.expressions for t in inner]
    if any(t.unknown for t in inner):
        out.unknown[name] = inner[0].unknown if single else [t.unknown for t in inner]
    if any(t.sensitive for t in inner):
        out.sensitive[name] = inner[0].sensitive if single else [t.sensitive for t in inner]


def _expanded(block: Block, context: Context) -> list[_Piece | None]:
    """The bodies that a nested block stands for; ``[None]`` for a dynamic one over something unknown."""
    if block.type != "dynamic":
        return [_Piece(block.body, context, block)]
    content = next((b for b in block.body.blocks if b.type == "content"), None)
    over = block.body.attributes.get("for_each")
    if content is None or over is None:
        return [None]
    value = context.scope.value(over.value, context.bindings)
    pairs = list(enumerate(value)) if isinstance(value, list) else each(value)
    if pairs is None:
        return [None]
    iterator = block.body.attributes.get("iterator")
    name = references(iterator.value)[0] if iterator and references(iterator.value) else block.labels[0]
    inner = context._replace(
        iterators={**context.iterators, name: tuple(references(over.value))},
        hidden=context.hidden | {name} if context.hides(over.value) else context.hidden,
    )
    return [
        _Piece(content.body, inner._replace(bindings={**context.bindings, name: {"key": k, "value": v}}), block)
        for k, v in pairs
    ]


def _all_attributes(body: Body) -> list[Attribute]:
    return [*body.attributes.values(), *(a for b in body.blocks for a in _all_attributes(b.body))]


def split(value: Any) -> tuple[Any, Any]:
    """A value and its mask, as a plan has them: unknown parts are missing from the one and True in the other."""
    if value is UNKNOWN:
        return None, True
    if isinstance(value, dict):
        parts = {k: split(v) for k, v in value.items()}
        mask = {k: m for k, (_, m) in parts.items() if m}
        return {k: v for k, (v, m) in parts.items() if m is not True}, mask
    if isinstance(value, list):
        items = [split(v) for v in value]
        masks = [m or False for _, m in items]
        return [v for v, _ in items], masks if any(masks) else False
    return value, False


def expression(node: Node, context: Context, decided: bool = True) -> dict[str, Any]:
    """An expression in the shape of a plan's configuration. ``decided``: its value is known."""
    found = _through_iterators(references(node), context)
    if not found and _is_literal(node):
        value = context.scope.value(node)
        if value is not UNKNOWN:
            return {"constant_value": value}
    if not decided and not any(_leads_to_object(r, context) for r in found):
        found.append(NOT_EVALUATED)
    return {"references": found} if found else {}


def _through_iterators(found: list[str], context: Context) -> list[str]:
    """A plan never shows the iterator of a dynamic block, so what it runs over stands in its place."""
    if not context.iterators:
        return found
    out: dict[str, None] = {}
    for reference in found:
        out.update(dict.fromkeys(context.iterators.get(reference.split(".")[0].split("[")[0], (reference,))))
    return list(out)


def _is_literal(node: Node) -> bool:
    if isinstance(node, Tuple):
        return all(_is_literal(n) for n in node.items)
    return isinstance(node, Literal) or type(node).__name__ in ("Object", "Operation", "Template")


def _leads_to_object(reference: str, context: Context) -> bool:
    """Whether a reference names an attribute that is known only when a resource, data source or module is there."""
    if reference.startswith("each."):
        return any(_is_object(r, context.scope) for r in context.each)
    return _is_object(reference, context.scope) and not _is_set(reference, context.scope)


def _is_object(reference: str, scope: Scope) -> bool:
    """Whether a reference leads to a resource, a data source or a module."""
    head = reference.split(".", maxsplit=1)[0]
    return head in ("data", "module") or "_" in head or _block(reference, scope) is not None


def _block(reference: str, scope: Scope) -> Block | None:
    return scope.resources.get(".".join(reference.replace("[", ".[").split(".")[:2]))


def _is_set(reference: str, scope: Scope) -> bool:
    """Whether the attribute that is referred to is one that its resource's block sets itself."""
    block = _block(reference, scope)
    names = [p for p in reference.replace("[", ".[").split(".")[2:] if not p.startswith("[")]
    if block is None:
        return False
    return not names or names[0] in block.body.attributes or names[0] in {_name(b) for b in block.body.blocks}


def _name(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
