"""Terraform configuration in JSON (``.tf.json``, what CDK for Terraform writes) as the same tree as the native language.

Every text is a template, except those of a variable, which are taken as they are. JSON does not tell an argument from a
nested block: below the top level everything is an attribute whose value is an Object or a Tuple, and the reader of the tree
decides by the schema. Attributes and blocks carry the place of their key.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from tfsrm.sources.hcl.collector import paused
from tfsrm.sources.hcl.front import MAX_SIZE, parse_template
from tfsrm.sources.hcl.nodes import (
    Attribute,
    Block,
    Body,
    Diagnostic,
    Literal,
    Node,
    Number,
    Object,
    Parsed,
    Tuple,
    Unary,
)
from tfsrm.sources.hcl.scanner import MAX_CALLS, RefusedError

LABELS = {
    **dict.fromkeys(("resource", "data", "ephemeral", "list", "action"), 2),
    **dict.fromkeys(("module", "variable", "output", "provider", "check"), 1),
    **dict.fromkeys(("locals", "terraform", "moved", "import", "removed"), 0),
}
"""Blocks at the top level, and how many labels they have."""


def parse_json(text: str) -> Parsed:
    """A file of Terraform's JSON syntax. Never raises for what the text holds."""
    if len(text) > MAX_SIZE:
        return Parsed(Body((), ()), (Diagnostic(f"larger than {MAX_SIZE // 1_000_000} MB; not read", 0, 0),))
    reader = _Json(text.removeprefix("\ufeff"))
    with paused():
        try:
            root = reader.document()
        except RefusedError as error:
            return Parsed(Body((), ()), (Diagnostic(error.message, *reader.place(error.offset)),))
        file = _File(reader)
        blocks = tuple(file.blocks(root))
    return Parsed(Body((), blocks), tuple(file.diagnostics))


class _Members(list[tuple[str, int, Any]]):
    """An object: key, offset of the key, value; in the order of the text."""


_TOKEN = re.compile(
    r"""[ \t\r\n]*+(?:("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+")|([]{}[,:])"""
    r"""|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))"""
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_BLANKS = re.compile(r"[ \t\r\n]*+")


class _Json:
    """Reads JSON with the offsets of keys; numbers stay as they are written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def document(self) -> Any:
        """The one value of the text."""
        value = self._value(*self._token(), 0)
        end = self._blanks()
        if end < len(self._text):
            raise RefusedError("something follows the end of the JSON document", end)
        return value

    def _blanks(self) -> int:
        found = _BLANKS.match(self._text, self._position)
        return found.end() if found else self._position

    def _token(self) -> tuple[int, str, int]:
        found = _TOKEN.match(self._text, self._position)
        if found is None:
            end = self._blanks()
            raise RefusedError("the JSON document ends too early" if end == len(self._text) else "this is no JSON", end)
        self._position = found.end()
        kind = found.lastindex or 0
        return kind, found[kind], found.start(kind)

    def _value(self, kind: int, written: str, offset: int, depth: int) -> Any:
        if depth > MAX_CALLS:
            raise RefusedError(f"nested more than {MAX_CALLS} deep", offset)
        if kind == 1:
            return _decoded(written)
        if kind == 3:
            return Unary("-", Number(written[1:])) if written.startswith("-") else Number(written)
        if kind == 4:
            return _CONSTANTS[written]
        if written == "{":
            return _Members(self._members(depth))
        if written == "[":
            return list(self._elements(depth))
        raise RefusedError("a JSON value is expected here", offset)

    def _elements(self, depth: int) -> Iterator[Any]:
        kind, written, offset = self._token()
        while written != "]" or kind != 2:
            yield self._value(kind, written, offset, depth + 1)
            kind, written, offset = self._separator("]")

    def _members(self, depth: int) -> Iterator[tuple[str, int, Any]]:
        kind, written, offset = self._token()
        while written != "}" or kind != 2:
            if kind != 1:
                raise RefusedError("a key in quotes is expected here", offset)
            self._expect(":")
            yield _decoded(written), offset, self._value(*self._token(), depth + 1)
            kind, written, offset = self._separator("}")

    def _separator(self, end: str) -> tuple[int, str, int]:
        """The written after a comma, or the end."""
        kind, written, offset = self._token()
        if kind == 2 and written == end:
            return kind, written, offset
        if kind != 2 or written != ",":
            raise RefusedError(f"`,` or `{end}` is expected here", offset)
        after = self._token()
        if after[0] == 2 and after[1] == end:
            raise RefusedError(f"`,` before `{end}` is no JSON", offset)
        return after

    def _expect(self, sign: str) -> None:
        kind, written, offset = self._token()
        if kind != 2 or written != sign:
            raise RefusedError(f"`{sign}` is expected here", offset)


def _decoded(written: str) -> str:
    if "\\" not in written:
        return written[1:-1]
    text: str = json.loads(written)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _File:
    """Blocks of one file; what cannot be read goes to ``diagnostics``."""

    def __init__(self, reader: _Json) -> None:
        self._place = reader.place
        self.diagnostics: list[Diagnostic] = []

    def _told(self, message: str, offset: int) -> None:
        self.diagnostics.append(Diagnostic(message, *self._place(offset)))

    def blocks(self, root: Any) -> Iterator[Block]:
        """All blocks at the top level."""
        for key, offset, value in self._members(root, 0, "the file"):
            if key == "//":
                continue
            if key in LABELS:
                yield from self._labelled(key, (), LABELS[key], offset, value)
            else:
                self._told("no block of this name is known; it is not read", offset)

    def _members(self, value: Any, offset: int, what: str) -> Iterator[tuple[str, int, Any]]:
        """Members of an object, or of all objects of a list."""
        for part in value if value.__class__ is list else [value]:
            if part.__class__ is _Members:
                yield from part
            elif part is not None:
                self._told(f"{what} must be an object or a list of objects; it is not read", offset)

    def _labelled(self, kind: str, labels: tuple[str, ...], left: int, offset: int, value: Any) -> Iterator[Block]:
        if left:
            for label, at, inner in self._members(value, offset, f"`{kind}`"):
                yield from self._labelled(kind, (*labels, label), left - 1, at, inner)
            return
        for part in value if value.__class__ is list else [value]:
            if part is None and value.__class__ is not list:
                continue
            if part.__class__ is not _Members:
                self._told(f"a block `{kind}` must be an object; it is not read", offset)
                continue
            try:
                yield Block(kind, labels, self._body(part, kind), *self._place(offset))
            except RefusedError as error:
                self._told(f"{error.message}; the block `{kind}` is not read", error.offset)

    def _body(self, members: _Members, kind: str) -> Body:
        attributes: dict[str, Attribute] = {}
        for key, offset, value in members:
            if key == "//":
                continue
            if key in attributes:
                raise RefusedError("a key that is there twice", offset)
            plain = kind == "variable" and key != "validation"
            attributes[key] = Attribute(key, self._node(value, offset, plain=plain), *self._place(offset))
        return Body(tuple(attributes.values()), ())

    def _node(self, value: Any, offset: int, *, plain: bool) -> Node:
        if value.__class__ is str:
            return Literal(value) if plain else self._template(value, offset)
        if value.__class__ is _Members:
            pairs = ((self._node(k, at, plain=plain), self._node(v, at, plain=plain)) for k, at, v in value)
            return Object(tuple(pairs))
        if value.__class__ is list:
            return Tuple(tuple(self._node(part, offset, plain=plain) for part in value))
        if isinstance(value, Number | Unary):
            return value
        return Literal(value)

    def _template(self, text: str, offset: int) -> Node:
        if "${" not in text and "%{" not in text:
            return Literal(text)
        node = parse_template(text, self._place(offset)[0])
        if isinstance(node, Diagnostic):
            raise RefusedError(node.message, offset)
        return node
