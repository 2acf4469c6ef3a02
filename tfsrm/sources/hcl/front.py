"""Terraform configuration, parsed: python-hcl2's grammar as tables, Terraform's own tokens, nodes built on the way.

Each item of a file (a block, an argument) is parsed by itself: what cannot be read is a diagnostic that says which lines are
left out, and the other items are there. Where brackets, quotes or heredocs do not close, nothing after that is trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from tfsrm.sources.hcl.builder import UNCHANGED, Builder, body
from tfsrm.sources.hcl.collector import paused
from tfsrm.sources.hcl.grammar import TABLES
from tfsrm.sources.hcl.nodes import Body, Diagnostic, Node, Parsed
from tfsrm.sources.hcl.scanner import CLOSERS, MAX_NESTING, SIGNS, RefusedError, Scanner

MAX_SIZE = 5_000_000
"""Characters of one file; real ones stay below 2 million."""

MAX_TOLD = 20
"""Diagnostics of one file."""


def parse(text: str) -> Parsed:
    """A file of Terraform's native language. Never raises for what the text holds."""
    if len(text) > MAX_SIZE:
        return Parsed(Body((), ()), (Diagnostic(f"larger than {MAX_SIZE // 1_000_000} MB; not read", 0, 0),))
    with paused():
        return _parse(text.removeprefix("\ufeff"))


def _parse(text: str) -> Parsed:
    scanner = Scanner(text)
    refused: RefusedError | None = None
    try:
        scanner.file()
    except RefusedError as error:
        refused = error
    parser = Parser(scanner)
    items: list[Any] = []
    diagnostics: list[Diagnostic] = []
    names: set[str] = set()
    for begin, end in scanner.items:
        try:
            item = parser.run("item", begin, end)
        except RefusedError as error:
            diagnostics.append(_skipped(error, scanner, begin, end))
            continue
        if item.__class__ is tuple:
            if item[0].name in names:
                twice = RefusedError(f"the argument {item[0].name} is there twice", item[1])
                diagnostics.append(_skipped(twice, scanner, begin, end))
                continue
            names.add(item[0].name)
        items.append(item)
    if refused is not None:
        begin = scanner.items[-1][1] if scanner.items else 0
        diagnostics.append(_skipped(refused, scanner, begin, None))
    return Parsed(body(items), _told(diagnostics))


def _told(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The first diagnostics of a file, and how many there are beside them."""
    more = len(diagnostics) - MAX_TOLD
    if more <= 0:
        return tuple(diagnostics)
    rest = diagnostics[MAX_TOLD]
    return (
        *diagnostics[:MAX_TOLD],
        Diagnostic(f"{more} more places of this file are not read", rest.line, rest.column),
    )


def _skipped(error: RefusedError, scanner: Scanner, begin: int, end: int | None) -> Diagnostic:
    line, column = scanner.place(error.offset)
    first = scanner.place(scanner.offsets[begin])[0] if begin < len(scanner.offsets) else line
    if end is None:
        return Diagnostic(f"{error.message}; nothing is read from line {first} on", line, column)
    last = scanner.place(scanner.offsets[end - 1])[0]
    lines = f"line {first} is" if first == last else f"lines {first} to {last} are"
    return Diagnostic(f"{error.message}; {lines} not read", line, column)


def parse_expression(text: str, line: int = 1) -> Node | Diagnostic:
    """An expression by itself, as it stands in ``.tf.json`` for types, references and providers."""
    return _alone(text, line, "expression")


def parse_template(text: str, line: int = 1) -> Node | Diagnostic:
    """Text of which all is a template, as every text of ``.tf.json`` is."""
    return _alone(text, line, "template")


def _alone(text: str, line: int, start: str) -> Node | Diagnostic:
    scanner = Scanner(text, line)
    try:
        getattr(scanner, start)()
        with paused():
            node: Node = Parser(scanner).run(start, 0, len(scanner.types))
    except RefusedError as error:
        return Diagnostic(error.message, *scanner.place(error.offset))
    return node


class Rule(msgspec.Struct, frozen=True):
    """A rule of the grammar as the parser needs it."""

    origin: str
    name: str
    length: int
    unchanged: bool
    """Its node is that of its only part."""
    lists: tuple[int, ...]
    """Which of its parts are repetitions, to be laid flat; from the last to the first."""
    repeats: Callable[[list[Any]], Any] | None


class Tables(msgspec.Struct, frozen=True):
    """The tables of the grammar."""

    grammar: str
    starts: dict[str, int]
    ends: dict[str, int]
    rules: list[tuple[str, str, list[str]]]
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]


@lru_cache(maxsize=1)
def _tables() -> tuple[Tables, list[Rule], dict[tuple[int, str, str], int]]:
    tables = msgspec.json.decode(TABLES.read_bytes(), type=Tables)
    rules = []
    for origin, name, symbols in tables.rules:
        lists = [n for n in reversed(range(len(symbols))) if symbols[n].startswith("__")]
        repeats = (_grown if lists else _begun) if name.startswith("__") else None
        flat = () if repeats else tuple(lists)
        rules.append(Rule(origin, name, len(symbols), name in UNCHANGED, flat, repeats))
    return tables, rules, {}


class Parser:
    """Runs the tables over the tokens of one scanner."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._tables, rules, self._after = _tables()
        self._builder = Builder(scanner.place)
        self._rules = rules
        self._make = [rule.repeats or self._maker(rule.name) for rule in rules]

    def _maker(self, rule: str) -> Callable[[list[Any]], Any]:
        found: Callable[[list[Any]], Any] = getattr(self._builder, f"on_{rule}", _nothing)
        return found

    def run(self, start: str, begin: int, end: int) -> Any:
        """The node of these tokens; for an item a block, or an attribute with its offset. Raises RefusedError with the place."""
        self._builder.growth = 0
        self._position = begin
        try:
            node, deepest = self._run(start, begin, end)
        except RefusedError as error:
            if error.offset < 0:
                error.offset = self._scanner.offsets[min(self._position, len(self._scanner.offsets) - 1)]
            raise
        if deepest + self._builder.growth > MAX_NESTING and _depth(node) > MAX_NESTING:
            raise RefusedError(f"nested more than {MAX_NESTING} deep", self._scanner.offsets[begin])
        return node

    def _run(self, start: str, begin: int, end: int) -> tuple[Any, int]:
        """The node, and how deep the stack was."""
        tables, rules, make, after = self._tables, self._rules, self._make, self._after
        actions = tables.actions
        types, values = self._scanner.types, self._scanner.values
        state = tables.starts[start]
        final = tables.ends[start]
        states: list[int] = [state]
        stack: list[Any] = []
        deepest = 0
        for position in range(begin, end + 1):
            type_ = types[position] if position < end else "$END"
            while (action := actions[state].get(type_, _ERROR)) < 0:
                if action == _ERROR:
                    raise self._unexpected(position, end)
                rule = rules[~action]
                length = rule.length
                if not rule.unchanged:
                    self._position = position
                    parts = stack[-length:] if length else []
                    if length:
                        del stack[-length:]
                    for number in rule.lists:
                        parts[number : number + 1] = parts[number]
                    stack.append(make[~action](parts))
                if length:
                    del states[-length:]
                key = (states[-1], rule.origin, type_)
                state = after.get(key) or self._goto(key)
                states.append(state)
                if state == final and type_ == "$END":
                    return stack[0], deepest
            state = action
            states.append(state)
            stack.append(values[position])
            depth = len(stack)
            deepest = max(deepest, depth)
        raise self._unexpected(end, end)

    def _goto(self, key: tuple[int, str, str]) -> int:
        """The state after a rule, rules that change nothing passed over."""
        below, origin, type_ = key
        while True:
            state = self._tables.gotos[below][origin]
            action = self._tables.actions[state].get(type_, _ERROR)
            if action == _ERROR or action >= 0 or not self._rules[~action].unchanged:
                self._after[key] = state
                return state
            origin = self._rules[~action].origin

    def _unexpected(self, position: int, end: int) -> RefusedError:
        scanner = self._scanner
        if position >= end:
            return RefusedError("something is missing after this", scanner.offsets[end - 1] if end else 0)
        problem = scanner.problems.get(position)
        kind = scanner.types[position]
        return RefusedError(problem or f"{_WORDS.get(kind, 'this')} is not expected here", scanner.offsets[position])


_ERROR = -1_000_000


def _begun(parts: list[Any]) -> list[Any]:
    """A repetition begins: a list of its parts."""
    return parts


def _grown(parts: list[Any]) -> list[Any]:
    """A repetition goes on: its list grows in place."""
    found: list[Any] = parts[0]
    found.extend(parts[1:])
    return found


def _nothing(_: list[Any]) -> Any:
    """A rule that only separates others."""
    return


def _depth(node: Any) -> int:
    """How deep a tree is, bodies left out."""
    deepest = 0
    todo = [(node, 0)]
    while todo:
        inner, depth = todo.pop()
        if isinstance(inner, tuple):
            todo.extend((part, depth) for part in inner)
        elif isinstance(inner, msgspec.Struct):
            depth += not isinstance(inner, Body)
            deepest = max(deepest, depth)
            todo.extend((getattr(inner, name), depth) for name in inner.__struct_fields__)
    return deepest


_WORDS = {kind: f"`{sign}`" for sign, kind in (SIGNS | CLOSERS).items()} | {
    "NAME": "a name",
    "TRAVERSAL": "a reference",
    "ATTRIBUTES": "a reference",
    "NL_OR_COMMENT": "the end of the line",
    "STRING": "a text",
    "DBLQUOTE": "a text",
    "STRING_CHARS": "a text",
    "INT_LITERAL": "a number",
    "FLOAT_LITERAL": "a number",
    "HEREDOC_TEMPLATE": "a heredoc",
    "HEREDOC_TEMPLATE_TRIM": "a heredoc",
    "HEREDOC_END": "the end of the heredoc",
    "TRUE": "`true`",
    "FALSE": "`false`",
    "NULL": "`null`",
    "FOR": "`for`",
    "IN": "`in`",
    "IF": "`if`",
    "RBRACE": "`}`",
    "INTERP_START": "`${`",
    "DIRECTIVE_START": "`%{`",
}
