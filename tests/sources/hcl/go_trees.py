"""What the official Go parser says of a text, turned into our nodes, so that two trees can be compared."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from tfsrm.sources.hcl.front import parse
from tfsrm.sources.hcl.nodes import (
    Attribute,
    Binary,
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
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    Tuple,
    Unary,
    Wrap,
)
from tfsrm.sources.hcl.scanner import RefusedError, Scanner

OPERATORS = {
    "logicalOr": "||",
    "logicalAnd": "&&",
    "equal": "==",
    "notEqual": "!=",
    "lessThan": "<",
    "greaterThan": ">",
    "lessThanOrEqual": "<=",
    "greaterThanOrEqual": ">=",
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "modulo": "%",
    "negate": "-",
    "logicalNot": "!",
}
TEXT = Literal("any text")
"""Stands for every text where the Go tree has its source only."""


def answers(texts: Iterable[tuple[str, list[str]]], folder: Path) -> Iterator[dict[str, Any]]:
    """The Go parser's answers to texts and the expressions in them, in order; one process for all."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as requests:
        for text, raws in texts:
            requests.write(json.dumps({"text": text, "raws": raws}) + "\n")
        requests.seek(0)
        script = Path(__file__).with_name("go_parser.mjs")
        with subprocess.Popen(["node", script, folder], stdin=requests, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                yield json.loads(line)


_OPENING = frozenset(("LPAR", "LSQB", "LBRACE", "INTERP_START", "DIRECTIVE_START"))
_CLOSING = frozenset(("RPAR", "RSQB", "RBRACE"))


def sources(text: str) -> dict[tuple[int, int], tuple[str, int]]:
    """For the place of each attribute: the text from its value up to the next token behind it, and its offset."""
    scanner = Scanner(text)
    with suppress(RefusedError):
        scanner.file()
    found: dict[tuple[int, int], tuple[str, int]] = {}
    for begin, end in scanner.items:
        types = [*scanner.types[begin:end], "$END", "$END"]
        offsets = [*scanner.offsets[begin:], len(text), len(text)]
        number = 0
        while types[number] != "$END":
            if types[number + 1] != "EQ":
                number += 1  # part of a block's head or its end
                continue
            value = number + 2
            depth, last = 0, value
            while depth or types[last] not in ("NL_OR_COMMENT", "RBRACE", "$END"):
                depth += (types[last] in _OPENING) - (types[last] in _CLOSING)
                last += 1
            found[scanner.place(offsets[number])] = text[offsets[value] : offsets[last]] + "\n", offsets[value]
            number = last
    return found


class Reader:
    """Go's tree of one expression as nodes; lines and columns by the offsets in the file."""

    def __init__(self, raw: str, offset: int, place: Any) -> None:
        self._raw = raw.encode()
        self._ascii = raw.isascii()
        self._offset = offset
        self._place = place

    def _at(self, byte: int) -> tuple[int, int]:
        found: tuple[int, int] = self._place(self._offset + len(self._raw[:byte].decode(errors="replace")))
        return found

    def node(self, tree: dict[str, Any]) -> Node:
        """The node of a tree."""
        found: Node = getattr(self, f"_on_{tree['t'] or 'bracketed'}")(tree, tree["c"])
        return found

    def _on_bracketed(self, _: dict[str, Any], children: list[dict[str, Any]]) -> Node:
        return self.node(children[0]) if children else Every()

    def _on_literalValue(self, tree: dict[str, Any], _: Any) -> Node:  # noqa: N802 (Go's name)
        return self._literal(tree["m"])

    def _on_scopeTraversal(self, tree: dict[str, Any], _: Any) -> Node:  # noqa: N802
        root, *steps = tree["steps"]
        return Traversal(root[1], tuple(map(_step, steps)), *self._at(tree["at"][1]))

    def _on_relativeTraversal(self, tree: dict[str, Any], children: list[dict[str, Any]]) -> Node:  # noqa: N802
        return _relative(self.node(children[0]), tuple(map(_step, tree["steps"])), children[0]["t"] == "")

    def _on_index(self, _: dict[str, Any], children: list[dict[str, Any]]) -> Node:
        return _relative(self.node(children[0]), (self.node(children[1]),), children[0]["t"] == "")

    def _on_function(self, tree: dict[str, Any], children: list[dict[str, Any]]) -> Node:
        spread = tree["m"]["expandedFinalArgument"]
        return Call(tree["m"]["name"], tuple(map(self.node, children)), spread, *self._at(tree["named"]))

    def _on_template(self, _: dict[str, Any], children: list[dict[str, Any]]) -> Node:
        parts = self._nodes(children)
        return Template(parts) if parts else TEXT

    def _on_templateWrap(self, _: dict[str, Any], children: list[dict[str, Any]]) -> Node:  # noqa: N802
        return Wrap(self.node(children[0]))

    def _on_templateJoin(self, _: dict[str, Any], children: list[dict[str, Any]]) -> Node:  # noqa: N802
        loop = children[0]
        names = loop["m"]["keyVar"], loop["m"]["valVar"]
        return TemplateFor(*names, self.node(loop["c"][0]), self._parts(loop["c"][1]))

    def _on_tuple(self, _: dict[str, Any], children: list[dict[str, Any]]) -> Node:
        return Tuple(tuple(map(self.node, children)))

    def _on_object(self, _: dict[str, Any], children: list[dict[str, Any]]) -> Node:
        pairs = zip(children[::2], children[1::2], strict=True)
        return Object(tuple((self._key(key), self.node(value)) for key, value in pairs))

    def _on_conditional(self, tree: dict[str, Any], children: list[dict[str, Any]]) -> Node:
        if tree["m"]["value"].startswith("%{"):
            return TemplateIf(self.node(children[0]), self._parts(children[1]), self._parts(children[2]))
        return Conditional(*map(self.node, children))

    def _on_binaryOp(self, tree: dict[str, Any], children: list[dict[str, Any]]) -> Node:  # noqa: N802
        return Binary(OPERATORS[tree["m"]["operator"]], *map(self.node, children))

    def _on_unaryOp(self, tree: dict[str, Any], children: list[dict[str, Any]]) -> Node:  # noqa: N802
        return Unary(OPERATORS[tree["m"]["operator"]], self.node(children[0]))

    def _literal(self, meta: dict[str, Any]) -> Node:
        match meta["type"]:
            case "number":
                return Number(meta["value"])
            case "bool":
                return Literal(meta["value"] == "true")
            case "string":
                return TEXT
        return Literal(None)

    def _parts(self, tree: dict[str, Any]) -> Template:
        return Template(self._nodes(tree["c"] if tree["t"] == "template" else [tree]))

    def _nodes(self, children: list[dict[str, Any]]) -> tuple[Node, ...]:
        return tuple(node for node in map(self.node, children) if node is not TEXT)

    def _key(self, tree: dict[str, Any]) -> Node:
        if not tree["c"]:
            return Literal(self._raw[tree["at"][1] : tree["at"][2]].decode())
        return self.node(tree)

    def _on_splat(self, tree: dict[str, Any], _: Any) -> Node:
        of, each = self.node(tree["c"][0]), self.node(tree["c"][1])
        full = tree["m"]["anonSymbolExpression"].startswith("[")
        return Splat(of, _each(each), full)

    def _on_for(self, tree: dict[str, Any], _: Any) -> Node:
        meta, children = tree["m"], list(map(self.node, tree["c"]))
        names = (meta["keyVar"], meta["valVar"])
        if "keyExpression" in meta:
            collection, key, value, *condition = children
            return ForObject(*names, collection, key, value, meta["groupedValue"], condition[0] if condition else None)
        collection, value, *condition = children
        return ForTuple(*names, collection, value, condition[0] if condition else None)


def _step(step: list[str]) -> str | Node:
    kind, segment = step
    if kind == "n":
        return segment
    return TEXT if segment.startswith('"') else Number(segment)


def _relative(of: Node, steps: tuple[str | Node, ...], bracketed: bool) -> Node:
    if not bracketed or isinstance(of, Every):
        if isinstance(of, Traversal):
            return Traversal(of.root, of.steps + steps, of.line, of.column)
        if isinstance(of, Relative):
            return Relative(of.of, of.steps + steps)
    return Relative(of, steps)


def _each(node: Node) -> tuple[str | Node, ...]:
    """The steps that a splat takes from each element."""
    if isinstance(node, Every):
        return ()
    if isinstance(node, Splat):
        return (*_each(node.of), Every(), *node.steps)
    assert isinstance(node, Relative)
    return (*_each(node.of), *node.steps)


def blurred(node: Any) -> Any:
    """Our own node without its texts: where text stands in a template only the expressions remain."""
    if isinstance(node, Literal):
        return TEXT if isinstance(node.value, str) else node
    if isinstance(node, Template):
        return _blurred_parts(node) if _blurred_parts(node).parts else TEXT
    if isinstance(node, TemplateIf):
        branches = _blurred_parts(node.if_true), _blurred_parts(node.if_false)
        return TemplateIf(blurred(node.condition), *branches)
    if isinstance(node, TemplateFor):
        return TemplateFor(node.key, node.value, blurred(node.collection), _blurred_parts(node.body))
    if isinstance(node, Object):
        return Object(tuple((key if _bare(key) else blurred(key), blurred(value)) for key, value in node.items))
    if isinstance(node, tuple):
        return tuple(map(blurred, node))
    if isinstance(node, msgspec.Struct):
        return type(node)(*(blurred(getattr(node, name)) for name in node.__struct_fields__))
    return node


def _blurred_parts(node: Template) -> Template:
    return Template(tuple(part for part in map(blurred, node.parts) if part is not TEXT))


def _bare(key: Node) -> bool:
    return isinstance(key, Literal)


def unkeyed(node: Any) -> Any:
    """A tree in which quoted keys and bare keys look alike; their text is compared with Go's values."""
    if isinstance(node, Object):
        pairs = ((TEXT if isinstance(k, Literal) else unkeyed(k), unkeyed(v)) for k, v in node.items)
        return Object(tuple(pairs))
    if isinstance(node, tuple):
        return tuple(map(unkeyed, node))
    if isinstance(node, msgspec.Struct):
        return type(node)(*(unkeyed(getattr(node, name)) for name in node.__struct_fields__))
    return node


def same_text(node: Node, value: Any) -> bool:
    """Whether Go's value (templates re-rendered with their source between the braces) can be that of our node."""
    if isinstance(value, str) and value.startswith("${("):
        return True  # brackets in the source: Go's rendering is the source
    match node:
        case Literal(value=str() as text):
            return bool(escaped(text) == value)
        case Literal(value=constant):
            return bool(constant == value)
        case Number() | Unary(operand=Number()):
            return value is None or isinstance(value, int | float)  # JSON's numbers are floats
        case Wrap(of=Literal()):
            return True  # Go has its value

        case Template(parts=parts) if isinstance(value, str):
            return _fits(parts, value)
        case Tuple(items=items) if isinstance(value, list):
            return len(items) == len(value) and all(map(same_text, items, value))
        case Object(items=items) if isinstance(value, dict):
            named = [
                (escaped(key.value), item)
                for key, item in items
                if isinstance(key, Literal) and isinstance(key.value, str)
            ]
            last = dict(named)
            return all(key in value and same_text(item, value[key]) for key, item in last.items())
    return isinstance(value, str | dict | list)


def _fits(parts: tuple[Node, ...], value: str) -> bool:
    if any(isinstance(part, TemplateIf | TemplateFor) for part in parts):
        return True  # Go's own rendering loses the marks that strip
    return re.fullmatch("".join(map(_pattern, parts)), value, re.DOTALL) is not None


def _pattern(part: Node) -> str:
    if isinstance(part, Literal) and isinstance(part.value, str):
        return re.escape(escaped(part.value))
    return ".*?" if isinstance(part, Conditional | Template | Literal) else r"\$\{.*?\}"


def escaped(text: str) -> str:
    """Text as Go's JSON has it."""
    return text.replace("${", "$${").replace("%{", "%%{")


def differences(text: str, body: Body, answer: dict[str, Any], asts: dict[str, Any]) -> Iterator[str]:
    """Where our tree of a file that Go reads is not Go's."""
    yield from _bodies(text, body, answer["body"], sources(text), asts, Scanner(text).place)


def _bodies(text: str, body: Body, value: Any, raws: Any, asts: Any, place: Any) -> Iterator[str]:
    lines = text.split("\n")
    names = {a.name for a in body.attributes}
    for attribute in body.attributes:
        where = f"line {attribute.line}, {attribute.name}"
        if not lines[attribute.line - 1][attribute.column - 1 :].startswith(attribute.name):
            yield f"{where}: not at this place"
        raw, offset = raws[attribute.line, attribute.column]
        yield from (f"{where}: {found}" for found in _values(attribute, value, Reader(raw, offset, place), asts[raw]))
    for name in dict.fromkeys(block.type for block in body.blocks):
        if name not in names:  # else Go's JSON has one place for both
            blocks = [block for block in body.blocks if block.type == name]
            yield from _blocks(text, blocks, value.get(name), raws, asts, place)
    for name in value:
        if name not in names and not any(block.type == name for block in body.blocks):
            yield f"{name}: there for Go only"


def _values(attribute: Attribute, value: Any, reader: Reader, tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield f"Go says {tree}"
        return
    theirs = unkeyed(reader.node(tree))
    ours = unkeyed(blurred(attribute.value))
    if ours != theirs:
        yield f"{ours} is not {theirs}"
    if attribute.name not in value:
        yield "not there for Go"
        return
    found = value[attribute.name]
    both = isinstance(found, list) and not isinstance(attribute.value, Tuple)  # a block has the same name
    if not both and not same_text(attribute.value, found):
        yield f"text {attribute.value} is not {found!r}"


def _blocks(text: str, blocks: Any, value: Any, raws: Any, asts: Any, place: Any) -> Iterator[str]:
    lines = text.split("\n")
    counted: dict[tuple[str, ...], int] = {}
    for block in blocks:
        where = f"line {block.line}, {block.type} {block.labels}"
        if not lines[block.line - 1][block.column - 1 :].startswith(block.type):
            yield f"{where}: not at this place"
        inner = value
        for label in block.labels:
            inner = inner.get(label) if isinstance(inner, dict) else None
        number = counted.get(block.labels, 0)
        counted[block.labels] = number + 1
        if not isinstance(inner, list) or number >= len(inner):
            yield f"{where}: not there for Go"
        else:
            yield from _bodies(text, block.body, inner[number], raws, asts, place)


def corpus(folder: Path) -> Iterator[tuple[Path, str]]:
    """Distinct texts below a folder, with the first path of each."""
    seen = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".tf", ".tofu", ".tfvars") and path.is_file():
            try:
                text = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
            if text not in seen:
                seen.add(text)
                yield path, text


def compared(files: list[tuple[Path, str]], folder: Path) -> Iterator[tuple[Path, str, list[str]]]:
    """For each file: "same", "refused", "both refuse", "lenient" or "different", and what was found."""
    parsed = [parse(text) for _, text in files]
    stripped = [text.removeprefix("\ufeff") for _, text in files]
    requests = [(text, [raw for raw, _ in sources(text).values()]) for text in stripped]
    asts: dict[str, Any] = {}
    for (path, _), text, ours, answer in zip(files, stripped, parsed, answers(requests, folder), strict=True):
        asts |= answer["asts"]
        messages = [f"{d.line}:{d.column} {d.message}" for d in ours.diagnostics]
        if not answer["ok"]:
            yield path, "both refuse" if messages else "lenient", [*messages, answer["error"]]
        elif messages:
            yield path, "refused", messages
        else:
            found = list(differences(text, ours.body, answer, asts))
            yield path, "different" if found else "same", found
