"""Terraform configuration, parsed: python-hcl2's grammar as tables, Terraform's own tokens, nodes built on the way.

Each item of a file (a block, an argument) is parsed by itself: what cannot be read is a diagnostic that says which lines are
left out, and the other items are there. Where brackets, quotes or heredocs do not close, nothing after that is trusted.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import msgspec

from tfsrm.sources.hcl.builder import UNCHANGED, Builder, body
from tfsrm.sources.hcl.grammar import TABLES
from tfsrm.sources.hcl.nodes import Attribute, Body, Diagnostic, Node, Parsed
from tfsrm.sources.hcl.scanner import Refused, Scanner

MAX_SIZE = 5_000_000
"""Characters of one file; real ones stay below 2 million."""


def parse(text: str) -> Parsed:
    """A file of Terraform's native language. Never raises for what the text holds."""
    if len(text) > MAX_SIZE:
        return Parsed(Body((), ()), (Diagnostic(f"larger than {MAX_SIZE // 1_000_000} MB; not read", 0, 0),))
    with paused():
        return _parse(text.removeprefix("\ufeff"))


def _parse(text: str) -> Parsed:
    scanner = Scanner(text)
    refused: Refused | None = None
    try:
        scanner.file()
    except Refused as error:
        refused = error
    parser = Parser(scanner)
    items: list[Any] = []
    diagnostics: list[Diagnostic] = []
    names: set[str] = set()
    for begin, end in scanner.items:
        try:
            item = parser.item(begin, end)
        except Refused as error:
            diagnostics.append(_skipped(error, scanner, begin, end))
            continue
        if item.__class__ is tuple:
            if item[0].name in names:
                twice = Refused(f"the argument {item[0].name} is there twice", item[1])
                diagnostics.append(_skipped(twice, scanner, begin, end))
                continue
            names.add(item[0].name)
        items.append(item)
    if refused is not None:
        begin = scanner.items[-1][1] if scanner.items else 0
        diagnostics.append(_skipped(refused, scanner, begin, None))
    return Parsed(body(items), tuple(diagnostics))


def _skipped(error: Refused, scanner: Scanner, begin: int, end: int | None) -> Diagnostic:
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
    except Refused as error:
        return Diagnostic(error.message, *scanner.place(error.offset))
    return node


@contextmanager
def paused() -> Iterator[None]:
    """No collection of garbage: a tree has no cycles, and looking for some takes longer than parsing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Rule(msgspec.Struct, frozen=True):
    """A rule of the grammar as the parser needs it."""

    origin: str
    name: str
    length: int
    unchanged: bool
    helper: bool
    flattens: tuple[int, ...]
    """Which parts are lists to be laid flat, from the last to the first."""


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
        lists = tuple(n for n in reversed(range(len(symbols))) if symbols[n].startswith("__"))
        rules.append(Rule(origin, name, len(symbols), name in UNCHANGED, name.startswith("__"), lists))
    return tables, rules, {}


class Parser:
    """Runs the tables over the tokens of one scanner."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._tables, rules, self._after = _tables()
        builder = Builder(scanner.place)
        self._rules = rules
        self._make: list[Callable[[list[Any]], Any]] = [
            _grown if r.helper else getattr(builder, r.name.strip("_"), _nothing) for r in rules
        ]

    def item(self, begin: int, end: int) -> Any:
        """A block, or an attribute with its offset."""
        return self.run("item", begin, end)

    def run(self, start: str, begin: int, end: int) -> Any:
        """The node of these tokens. Raises Refused with the place."""
        scanner, tables = self._scanner, self._tables
        actions, rules, make, after = tables.actions, self._rules, self._make, self._after
        types, values = scanner.types, scanner.values
        state = tables.starts[start]
        final = tables.ends[start]
        states, stack = [state], []
        position = begin
        while True:
            type_ = types[position] if position < end else "$END"
            while True:
                action = actions[state].get(type_)
                if action is None:
                    raise self._unexpected(position, end)
                if action >= 0:
                    break
                rule = rules[~action]
                length = rule.length
                if not rule.unchanged:
                    if length:
                        parts = stack[-length:]
                        del stack[-length:]
                        if rule.flattens:
                            for number in rule.flattens:
                                if number or not rule.helper:
                                    parts[number : number + 1] = parts[number]
                    else:
                        parts = []
                    stack.append(make[~action](parts))
                if length:
                    del states[-length:]
                below = states[-1]
                key = (below, rule.origin, type_)
                found = after.get(key)
                state = self._goto(key) if found is None else found
                states.append(state)
                if state == final and position == end:
                    return stack[0]
            state = action
            states.append(state)
            stack.append(values[position])
            position += 1

    def _goto(self, key: tuple[int, str, str]) -> int:
        """The state after a rule, rules that change nothing passed over."""
        below, origin, type_ = key
        tables = self._tables
        while True:
            state = tables.gotos[below][origin]
            action = tables.actions[state].get(type_, 0)
            rule = self._rules[~action] if action < 0 else None
            if rule is None or not rule.unchanged or rule.length != 1:
                self._after[key] = state
                return state
            origin = rule.origin

    def _unexpected(self, position: int, end: int) -> Refused:
        scanner = self._scanner
        if position >= end:
            return Refused("something is missing at the end", scanner.offsets[end - 1] if end else 0)
        problem = scanner.problems.get(position)
        return Refused(problem or f"unexpected {_WORDS.get(scanner.types[position], 'sign')}", scanner.offsets[position])


def _grown(parts: list[Any]) -> list[Any]:
    if parts[0].__class__ is list:
        parts[0].extend(parts[1:])
        found: list[Any] = parts[0]
        return found
    return parts


def _nothing(_: list[Any]) -> None:
    return None


_WORDS = {
    "NAME": "name",
}
