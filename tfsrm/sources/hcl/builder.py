"""Nodes from the rules of the grammar: one function for each rule, called as soon as the parser has its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from tfsrm.sources.hcl.nodes import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Every,
    ForObject,
    ForTuple,
    Literal,
    Node,
    Number,
    Object,
    Relative,
    Splat,
    Step,
    Traversal,
    Tuple,
    Unary,
)
from tfsrm.sources.hcl.scanner import CONSTANTS, RefusedError
from tfsrm.sources.hcl.templates import Mark, template

UNCHANGED = frozenset(
    {
        *("item", "_item", "_attribute_name", "identifier", "keyword", "literal_value", "int_lit", "float_lit"),
        *("string_part", "traversal", "binary_operator", "index"),
        *("expression", "or_expr", "and_expr", "eq_expr", "rel_expr", "add_expr", "mul_expr", "unary_expr"),
    }
)
"""Rules whose node is that of their only part."""

EMPTY = Body((), ())


class Builder:
    """The functions for one text, ``on_`` and the name of the rule. ``place`` gives line and column of an offset.

    ``growth`` counts what deepens a tree without deepening the parser's stack: chains of operators and of splats, directives.
    """

    def __init__(self, place: Callable[[int], tuple[int, int]]) -> None:
        self._place = place
        self._bracketed: dict[int, Node] = {}
        self.growth = 0

    def on_template(self, parts: list[Any]) -> Node:
        return template(parts)

    def on_body(self, parts: list[Any]) -> Body:
        return body([x for x in parts if x.__class__ is not str])

    def on_attribute(self, parts: list[Any]) -> tuple[Attribute, int]:
        name, offset = parts[0]
        return Attribute(name, parts[2], *self._place(offset)), offset

    def on_block(self, parts: list[Any]) -> Block:
        kind, offset = parts[0]
        labels = []
        for part in parts[1:]:
            if part.__class__ is str:
                break
            if part.__class__ is tuple:
                labels.append(part[0])
            elif part.__class__ is Literal:
                labels.append(part.value)
            else:
                raise RefusedError("a label of a block holds no template", offset)
        inner = parts[-2]
        if inner.__class__ is str or inner.__class__ is not Body:
            inner = body([inner]) if inner.__class__ is tuple and inner[0].__class__ is Attribute else EMPTY
        return Block(kind, tuple(labels), inner, *self._place(offset))

    def on_expr_term(self, parts: list[Any]) -> Node:
        """A term: what stands in brackets, a name, a constant, or a node that is there already."""
        if len(parts) == 3:
            inner: Node = self._variable(parts[1])
            if isinstance(inner, Literal):
                inner = Literal(inner.value)  # constants are one object each
            self._bracketed[id(inner)] = inner
            return inner
        return cast("Node", self._variable(parts[0]))

    def _variable(self, part: Any) -> Any:
        if part.__class__ is not tuple:
            return part
        name, offset = part
        return CONSTANTS.get(name) or Traversal(name, (), *self._place(offset))

    def on_string(self, parts: list[Any]) -> Node:
        if len(parts) == 1:
            node: Node = parts[0]
            return node
        return template(parts[1:-1])

    def on_heredoc_template(self, parts: list[Any]) -> Node:
        return template(parts[1:-1])

    def on_heredoc_template_trim(self, parts: list[Any]) -> Node:
        return template(parts[1:-1], flush=True)

    def on_interpolation(self, parts: list[Any]) -> Mark:
        return Mark("interpolation", parts[0][0], parts[2], parts[0][1], parts[1])

    def on_template_if_start(self, parts: list[Any]) -> Mark:
        self.growth += 1
        return Mark("if", parts[0][0], parts[-1], parts[0][1], parts[2])

    def on_template_else(self, parts: list[Any]) -> Mark:
        return Mark("else", parts[0][0], parts[-1], parts[0][1])

    def on_template_endif(self, parts: list[Any]) -> Mark:
        return Mark("endif", parts[0][0], parts[-1], parts[0][1])

    def on_template_endfor(self, parts: list[Any]) -> Mark:
        return Mark("endfor", parts[0][0], parts[-1], parts[0][1])

    def on_template_for_start(self, parts: list[Any]) -> Mark:
        self.growth += 1
        names = tuple(part[0] for part in parts[1:] if part.__class__ is tuple)
        return Mark("for", parts[0][0], parts[-1], parts[0][1], parts[-2], names)

    def on_conditional(self, parts: list[Any]) -> Node:
        return Conditional(parts[0], parts[2], parts[4])

    def on_binary_term(self, parts: list[Any]) -> list[Any]:
        return parts

    def on_binary_op(self, parts: list[Any]) -> Node:
        self.growth += 1
        left, (operator, right) = parts
        return Binary(operator, left, right)

    def on_unary_op(self, parts: list[Any]) -> Node:
        return Unary(parts[0], parts[1])

    def on_tuple(self, parts: list[Any]) -> Node:
        return Tuple(tuple([x for x in parts[1:-1] if x.__class__ is not str]))

    def on_object(self, parts: list[Any]) -> Node:
        return Object(tuple([x for x in parts if x.__class__ is tuple]))

    def on_object_elem(self, parts: list[Any]) -> tuple[Node, Node]:
        return parts[0], parts[2]

    def on_object_elem_key(self, parts: list[Any]) -> Node:
        """A bare name is text; in brackets it is a reference."""
        key: Any = parts[0]
        if key.__class__ is tuple:
            return Literal(key[0])
        if id(key) not in self._bracketed:
            if key.__class__ is Traversal and not key.steps:
                return Literal(key.root)
            if key.__class__ is Literal and key.value.__class__ is not str:
                return Literal(next(name for name, constant in CONSTANTS.items() if constant is key))
        node: Node = key
        return node

    def on_arguments(self, parts: list[Any]) -> list[Any]:
        return parts

    def on_function_call(self, parts: list[Any]) -> Node:
        names = [part[0] for part in parts if part.__class__ is tuple]
        given: list[Any] = parts[-2] if parts[-2].__class__ is list else []
        arguments = tuple([x for x in given if x.__class__ is not str])
        return Call("::".join(names), arguments, bool(given) and given[-1] == "...", *self._place(parts[0][1]))

    def on_braces_index(self, parts: list[Any]) -> list[Any]:
        return [parts[1]]

    def on_short_index(self, parts: list[Any]) -> Number:
        number: Number = parts[1]
        return number

    def on_get_attr(self, parts: list[Any]) -> tuple[str, ...]:
        if len(parts) == 1:
            names: tuple[str, ...] = parts[0]
            return names
        part = parts[1]
        if part.__class__ is tuple:
            return (part[0],)
        return (part.root, *part.steps)

    def on_index_expr_term(self, parts: list[Any]) -> Node:
        return self._extended(parts[0], _steps(parts[1]))

    on_get_attr_expr_term = on_index_expr_term

    def _extended(self, of: Any, steps: tuple[Step, ...]) -> Node:
        of = self._variable(of)
        if isinstance(of, Traversal | Relative) and id(of) not in self._bracketed:
            if len(of.steps) >= MAX_STEPS:
                raise RefusedError(f"more than {MAX_STEPS} steps from one name")
            if isinstance(of, Traversal):
                return Traversal(of.root, of.steps + steps, of.line, of.column)
            return Relative(of.of, of.steps + steps)
        return Relative(of, steps)

    def on_attr_splat(self, parts: list[Any]) -> list[Any]:
        return parts[1:]

    on_full_splat = on_attr_splat

    def on_full_splat_expr_term(self, parts: list[Any]) -> Node:
        self.growth += 1
        steps: list[Step] = []
        for part in parts[1]:
            if part.__class__ is str:
                steps.append(Every())
            else:
                steps.extend(_steps(part))
        return Splat(self._variable(parts[0]), tuple(steps), full=True)

    def on_attr_splat_expr_term(self, parts: list[Any]) -> Node:
        """Attributes and ``.0`` are taken from each element, all from the first ``[x]`` on from the result."""
        self.growth += 1
        of = self._variable(parts[0])
        if of.__class__ is Splat and id(of) not in self._bracketed:
            raise RefusedError("`.*` inside another splat: write `[*]` for both")
        taken = parts[1]
        end = next((n for n, part in enumerate(taken) if part.__class__ is list), len(taken))
        splat = Splat(of, tuple(step for part in taken[:end] for step in _steps(part)), full=False)
        rest = tuple(step for part in taken[end:] for step in _steps(part))
        return Relative(splat, rest) if rest else splat

    def on_for_intro(self, parts: list[Any]) -> tuple[str, str, Node]:
        names = [part[0] for part in parts if part.__class__ is tuple]
        return names[0] if len(names) == 2 else "", names[-1], parts[-2]

    def on_for_cond(self, parts: list[Any]) -> list[Any]:
        return parts[1:]

    def on_for_tuple_expr(self, parts: list[Any]) -> Node:
        condition = parts[3][0] if len(parts) == 5 else None
        key, value, collection = parts[1]
        return ForTuple(key, value, collection, parts[2], condition)

    def on_for_object_expr(self, parts: list[Any]) -> Node:
        condition = parts[-2][0] if parts[-2].__class__ is list else None
        key, value, collection = parts[1]
        return ForObject(key, value, collection, parts[2], parts[4], "..." in parts[5:], condition)


MAX_STEPS = 1000
"""Steps from one name or one expression."""


def _steps(part: Any) -> tuple[Step, ...]:
    """What one index or attribute access takes."""
    if part.__class__ is tuple:
        names: tuple[Step, ...] = part
        return names
    if part.__class__ is list:
        return (part[0],)
    return (part,)


def body(items: list[Any]) -> Body:
    """Attributes come with their offsets. Raises RefusedError for an attribute that is there twice."""
    attributes: list[Attribute] = []
    blocks: list[Block] = []
    seen: set[str] = set()
    for item in items:
        if item.__class__ is Block:
            blocks.append(item)
        elif item is not None:
            attribute, offset = item
            if attribute.name in seen:
                raise RefusedError(f"the argument {attribute.name} is there twice", offset)
            seen.add(attribute.name)
            attributes.append(attribute)
    return Body(tuple(attributes), tuple(blocks))
