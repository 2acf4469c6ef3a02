"""The body of a block as values, and values as Terraform's parallel trees."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.module import by_type
from tfsrm.sources.hcl.provider_schema import NO_BLOCK, SchemaBlock, coerced
from tfsrm.sources.hcl.references import traversals
from tfsrm.sources.hcl.values import KNOWN_AFTER_APPLY, Entity, Set, Unknown, Value, is_known

if TYPE_CHECKING:
    from tfsrm.sources.hcl.scope import Scope

META = frozenset(("count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"))
OBJECT_BLOCKS = frozenset(("timeouts",))
"""Blocks that are objects in Terraform's JSON; all others are lists, but where the schema says otherwise."""
OVER_LIMIT = "over the limit: too many instances and blocks"
MAX_BLOCKS = 2000
"""Made by one dynamic block."""


class Context(NamedTuple):
    """What the expressions of a body are evaluated with."""

    scope: Scope
    file: str
    bindings: Mapping[str, Value]
    hidden: frozenset[str] = frozenset()
    """``each`` and iterators that run over something sensitive."""

    def evaluate(self, node: nodes.Node) -> tuple[Value, bool]:
        """The value, and whether it is sensitive."""
        value, marked = self.scope.evaluate(node, self.bindings)
        return value, marked or (bool(self.hidden) and any(t.root in self.hidden for t in traversals(node)))


class Element(NamedTuple):
    """A nested block, evaluated: by name its attributes and its own nested blocks."""

    values: dict[str, Value]
    sensitive: dict[str, Any]
    positions: dict[str, tuple[str, int]]
    """Relative to the element; ``""`` is the block itself."""


LEFT = Unknown("left to AWS")
"""An attribute that AWS may choose, set to null: a plan shows it as unknown, and its expression tells that it is null."""

Elements = list[Element] | Unknown
"""Nested blocks of one type; Unknown where a dynamic one runs over something unknown."""


def elements(name: str, blocks: list[nodes.Block], context: Context, schema: SchemaBlock) -> Elements:
    """The elements that the nested blocks of one type stand for."""
    found = schema[1].get(name)
    inner: SchemaBlock = found[1] if found else NO_BLOCK
    out: list[Element] = []
    for block in blocks:
        if block.type != "dynamic":
            if not context.scope.run.may_make(len(block.body.attributes)):
                return Unknown(OVER_LIMIT)
            out.append(_element(block.body, block, context, inner))
            continue
        made = _dynamic(block, context, inner)
        if isinstance(made, Unknown):
            context.scope.notes.unknown_blocks.add(id(block))
            return made
        out += made
    return out


def _dynamic(block: nodes.Block, context: Context, schema: SchemaBlock) -> Elements:
    content = next((b for b in block.body.blocks if b.type == "content"), None)
    given = {a.name: a.value for a in block.body.attributes}
    if content is None or "for_each" not in given:
        return Unknown("a dynamic block without for_each or content", error=True)
    over, marked = context.evaluate(given["for_each"])
    pairs = pairs_of(over)
    if isinstance(pairs, Unknown):
        return pairs
    name = iterator_of(block)
    hidden = context.hidden | {name} if marked else context.hidden - {name}
    out = []
    for key, value in pairs:
        if not context.scope.run.may_make(len(content.body.attributes)):
            return Unknown(OVER_LIMIT)
        bound: dict[str, Value] = {**context.bindings, name: {"key": key, "value": value}}
        out.append(_element(content.body, block, context._replace(bindings=bound, hidden=hidden), schema))
    return out


def iterator_of(block: nodes.Block) -> str:
    """The name that a dynamic block gives to its element."""
    for attribute in block.body.attributes:
        value = attribute.value.of if isinstance(attribute.value, nodes.Wrap) else attribute.value
        if attribute.name == "iterator" and isinstance(value, nodes.Traversal):
            return value.root
        if attribute.name == "iterator" and isinstance(value, nodes.Literal):
            return str(value.value)  # JSON syntax
    return block.labels[0] if block.labels else ""


def pairs_of(collection: Value) -> list[tuple[Value, Value]] | Unknown:
    """Key and value of every element that a dynamic block runs over."""
    if isinstance(collection, Unknown):
        return collection
    if isinstance(collection, dict):
        pairs: list[tuple[Value, Value]] = [(key, collection[key]) for key in sorted(collection)]
    elif isinstance(collection, Set):
        pairs = [(item, item) for item in collection]
    elif isinstance(collection, list):
        pairs = list(enumerate(collection))
    else:
        return Unknown("a dynamic block over something that is no collection", error=True)
    return pairs if len(pairs) <= MAX_BLOCKS else Unknown(f"a dynamic block over more than {MAX_BLOCKS} elements")


def _element(body: nodes.Body, block: nodes.Block, context: Context, schema: SchemaBlock) -> Element:
    out = Element({}, {}, {"": (context.file, block.line)})
    for attribute in body.attributes:
        name = attribute.name
        value, marked = context.evaluate(attribute.value)
        out.values[name] = shaped(value, name, schema)
        if not is_known(value):
            context.scope.notes.undecided.add(id(attribute))
        if marked:
            out.sensitive[name] = True
        out.positions[name] = (context.file, attribute.line)
    for name, blocks in by_type(body).items() if body.blocks else ():
        add_blocks(out, name, elements(name, blocks, context, schema), schema)
        out.positions[name] = (context.file, blocks[0].line)
    return out


def shaped(value: Value, name: str, schema: SchemaBlock) -> Value:
    """The value as the schema types it; where the schema has a block of this name, as its elements."""
    known = schema[0].get(name)
    if known is not None:
        return LEFT if value is None and "c" in known[0] else coerced(value, known[1])
    nested = schema[1].get(name)
    if nested is None:
        return value
    nesting, inner = nested
    if nesting in ("list", "set"):
        items = list(value) if isinstance(value, (list, Set)) else [value] if isinstance(value, dict) else None
        return value if items is None else [_shaped_object(item, inner) for item in items]
    return _shaped_object(value, inner)


def _shaped_object(value: Value, schema: SchemaBlock) -> Value:
    if not isinstance(value, dict):
        return value
    return {name: shaped(item, name, schema) for name, item in value.items()}


def is_single(name: str, schema: SchemaBlock) -> bool:
    """Whether a block is an object in Terraform's JSON."""
    found = schema[1].get(name)
    return name in OBJECT_BLOCKS if found is None else found[0] == "single"


def add_blocks(out: Element, name: str, found: Elements, schema: SchemaBlock) -> None:
    """Put the nested blocks of one type into the trees of the body that they stand in."""
    if isinstance(found, Unknown):
        out.values[name] = found
        return
    if not found:
        return
    single = len(found) == 1 and is_single(name, schema)
    out.values[name] = found[0].values if single else [e.values for e in found]
    if any(e.sensitive for e in found):
        out.sensitive[name] = found[0].sensitive if single else [e.sensitive for e in found]
    for i, element in enumerate(found):
        for path, place in element.positions.items():
            out.positions[f"{name}[{i}].{path}" if path else f"{name}[{i}]"] = place


def split(value: Value) -> tuple[Any, Any]:
    """A value and its mask, as a plan has them: unknown parts are missing from the one and True in the other."""
    if value is None or isinstance(value, (str, int)):
        return value, False
    if isinstance(value, dict):
        parts = {k: split(v) for k, v in value.items()}
        mask = {k: m for k, (_, m) in parts.items() if m}
        return {k: v for k, (v, m) in parts.items() if m is not True}, mask
    if isinstance(value, (list, Set)):
        items = [split(v) for v in value]
        masks = [m or False for _, m in items]
        return [v for v, _ in items], masks if any(masks) else False
    if isinstance(value, Decimal):
        return float(value), False
    return None, True


def reason(unknown: Unknown | Entity) -> str:
    """Why a value is unknown, in words for a report."""
    if isinstance(unknown, Entity):
        return f"{KNOWN_AFTER_APPLY} ({unknown.address})"
    if unknown.of and unknown.reason == KNOWN_AFTER_APPLY:
        return f"{KNOWN_AFTER_APPLY} ({unknown.of})"
    return unknown.reason
