"""Terraform configuration as a tree: bodies, blocks, attributes and expressions, each with its place.

The structs are small, frozen and encode as arrays (msgspec's msgpack), so that a parsed file can lie in a cache.
Lines and columns count from 1, columns in code points.
"""

from __future__ import annotations

import msgspec


class _Node(msgspec.Struct, frozen=True, array_like=True):
    """The base of every expression."""


class Literal(_Node, frozen=True, array_like=True, tag="l"):
    """Text, a truth value or null."""

    value: str | bool | None


class Number(_Node, frozen=True, array_like=True, tag="n"):
    """A number as it is written: ``12``, ``0.5``, ``1e3``. Terraform's numbers are decimal and larger than a float."""

    text: str


class Template(_Node, frozen=True, array_like=True, tag="t"):
    """Text with expressions in it; plain text between them is a Literal. ``"${x}"`` alone is not a template but ``x``
    inside ``wrap`` (it keeps its type)."""

    parts: tuple[Node, ...]


class TemplateIf(_Node, frozen=True, array_like=True, tag="ti"):
    """``%{ if c }...%{ else }...%{ endif }`` inside a template."""

    condition: Node
    if_true: Template
    if_false: Template


class TemplateFor(_Node, frozen=True, array_like=True, tag="tf"):
    """``%{ for k, v in c }...%{ endfor }`` inside a template; ``key`` is "" where only the value is named."""

    key: str
    value: str
    collection: Node
    body: Template


class Wrap(_Node, frozen=True, array_like=True, tag="w"):
    """``"${x}"``: the expression alone, its type kept."""

    of: Node


class Traversal(_Node, frozen=True, array_like=True, tag="v"):
    """A name and what is taken from it: ``var.a``, ``aws_x.y[0].id``, ``each.value["k"]``."""

    root: str
    steps: tuple[Step, ...]
    line: int
    column: int


class Relative(_Node, frozen=True, array_like=True, tag="r"):
    """What is taken from another expression: ``f(x).a``, ``(x)[0]``."""

    of: Node
    steps: tuple[Step, ...]


class Splat(_Node, frozen=True, array_like=True, tag="s"):
    """``x[*].a[0]`` (``full``: each step is taken from each element) or ``x.*.a`` (attributes only; an index after it is
    a Relative around it)."""

    of: Node
    steps: tuple[Step, ...]
    full: bool


class Every(_Node, frozen=True, array_like=True, tag="e"):
    """A second ``[*]`` among the steps of a full Splat: ``a[*].b[*].c`` takes ``c`` from each element of each ``b``."""


class Tuple(_Node, frozen=True, array_like=True, tag="a"):
    """``[a, b]``."""

    items: tuple[Node, ...]


class Object(_Node, frozen=True, array_like=True, tag="o"):
    """``{ k = v }``; a bare name as key is a Literal, ``(k)`` the expression itself."""

    items: tuple[tuple[Node, Node], ...]


class Call(_Node, frozen=True, array_like=True, tag="c"):
    """``name(a, b)``; ``spread``: the last argument is followed by ``...``. Provider functions keep their ``::``."""

    name: str
    arguments: tuple[Node, ...]
    spread: bool
    line: int
    column: int


class Conditional(_Node, frozen=True, array_like=True, tag="?"):
    """``condition ? a : b``."""

    condition: Node
    if_true: Node
    if_false: Node


class Unary(_Node, frozen=True, array_like=True, tag="u"):
    """``!x`` or ``-x``."""

    operator: str
    operand: Node


class Binary(_Node, frozen=True, array_like=True, tag="b"):
    """``a + b``; ``operator`` as it is written."""

    operator: str
    left: Node
    right: Node


class ForTuple(_Node, frozen=True, array_like=True, tag="ft"):
    """``[for k, v in c : x if y]``; ``key`` is "" where only the value is named."""

    key: str
    value: str
    collection: Node
    result: Node
    condition: Node | None


class ForObject(_Node, frozen=True, array_like=True, tag="fo"):
    """``{for k, v in c : a => b... if y}``; ``grouped``: with ``...``."""

    key: str
    value: str
    collection: Node
    result_key: Node
    result_value: Node
    grouped: bool
    condition: Node | None


Node = (
    Literal
    | Number
    | Template
    | TemplateIf
    | TemplateFor
    | Wrap
    | Traversal
    | Relative
    | Splat
    | Every
    | Tuple
    | Object
    | Call
    | Conditional
    | Unary
    | Binary
    | ForTuple
    | ForObject
)
Step = str | Node
"""``.name`` as text; ``[x]`` as the expression x (``.0`` of old is a Number); Every is ``[*]`` inside a full Splat."""


class Attribute(msgspec.Struct, frozen=True, array_like=True):
    """``name = value``."""

    name: str
    value: Node
    line: int
    column: int


class Block(msgspec.Struct, frozen=True, array_like=True):
    """``type "label" { ... }``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    line: int
    column: int


class Body(msgspec.Struct, frozen=True, array_like=True):
    """What stands between braces, or in a file; in the order of the text."""

    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]


class Diagnostic(msgspec.Struct, frozen=True, array_like=True):
    """Why a file (or a part of it) could not be read: 1-based line and column, 0 where there is no place."""

    message: str
    line: int
    column: int


class Parsed(msgspec.Struct, frozen=True, array_like=True):
    """One file: what could be read, and what could not."""

    body: Body
    diagnostics: tuple[Diagnostic, ...] = ()
