"""What an expression is worth before any plan: a value, or ``UNKNOWN`` (also inside of lists and objects)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tfsrm.sources.hcl_nodes import (
    Block,
    Call,
    Conditional,
    Literal,
    Node,
    Object,
    Operation,
    Template,
    Traversal,
    Tuple,
    traversals,
)


class _Unknown:
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()
"""Known after apply, or nothing that tfsrm can work out."""


class SetOf(list[Any]):
    """A Terraform set, in order."""


Bindings = dict[str, Any]
"""``each`` and ``count`` of an instance, iterators of a dynamic block."""

NO_BINDINGS: Bindings = {}


class Scope:
    """What names stand for in one module."""

    def __init__(
        self,
        variables: dict[str, Node],
        local_values: dict[str, Node],
        resources: dict[str, Block],
        sensitive: frozenset[str] = frozenset(),
    ) -> None:
        """``variables``: those with a value; ``sensitive``: names of sensitive variables."""
        self.variables = variables
        self.locals = local_values
        self.resources = resources
        self._sensitive = sensitive
        self._open: set[str] = set()

    def value(self, node: Node, bindings: Bindings = NO_BINDINGS) -> Any:
        """The value of an expression."""
        match node:
            case Literal():
                return node.value
            case Template():
                return self._text(node, bindings)
            case Traversal():
                return self._named(node, bindings)
            case Tuple():
                return [self.value(item, bindings) for item in node.items]
            case Object():
                return self._object(node, bindings)
            case Call():
                return self._call(node, bindings)
            case Conditional():
                return self._conditional(node, bindings)
            case Operation():
                return _operate(node.operator, [self.value(o, bindings) for o in node.operands])
            case _:
                return UNKNOWN

    def _text(self, node: Template, bindings: Bindings) -> Any:
        text = ""
        for part in node.parts:
            piece = part if isinstance(part, str) else as_text(self.value(part, bindings))
            if not isinstance(piece, str):
                return UNKNOWN
            text += piece
        return text

    def _object(self, node: Object, bindings: Bindings) -> Any:
        found = {}
        for key, value in node.items:
            name = as_text(self.value(key, bindings))
            if not isinstance(name, str):
                return UNKNOWN
            found[name] = self.value(value, bindings)
        return found

    def _conditional(self, node: Conditional, bindings: Bindings) -> Any:
        condition = as_bool(self.value(node.condition, bindings))
        if condition is UNKNOWN:
            return UNKNOWN
        return self.value(node.if_true if condition else node.if_false, bindings)

    def _call(self, node: Call, bindings: Bindings) -> Any:
        function = _FUNCTIONS.get(node.name)
        if function is None or node.spread:
            return UNKNOWN
        try:
            return function(*(self.value(a, bindings) for a in node.arguments))
        except (TypeError, ValueError, RecursionError):
            return UNKNOWN

    def _named(self, node: Traversal, bindings: Bindings) -> Any:
        head = str(node.steps[0])
        if head in bindings:
            return _follow(bindings[head], node.steps[1:])
        if head in ("var", "local") and len(node.steps) > 1:
            known = self.variables if head == "var" else self.locals
            return self._guarded(f"{head}.{node.steps[1]}", known.get(str(node.steps[1])), node.steps[2:], NO_BINDINGS)
        return self._configured(node)

    def _configured(self, node: Traversal) -> Any:
        """An attribute that another resource block sets."""
        name = ".".join(str(s) for s in node.steps[:2])
        block = self.resources.get(name)
        if block is None:
            return UNKNOWN
        if len(node.steps) < 3:
            found = instances(block, self) if "for_each" in block.body.attributes else None
            return UNKNOWN if found is None else {str(key): UNKNOWN for key, _ in found}
        rest, bindings = node.steps[2:], NO_BINDINGS
        if isinstance(rest[0], tuple):
            made = dict(instances(block, self) or ())
            if rest[0][0] not in made or len(rest) < 2:
                return UNKNOWN
            bindings, rest = made[rest[0][0]], rest[1:]
        elif {"count", "for_each"} & block.body.attributes.keys():
            return UNKNOWN
        attribute = block.body.attributes.get(str(rest[0]))
        return self._guarded(f"{name}.{rest[0]}", attribute.value if attribute else None, rest[1:], bindings)

    def _guarded(self, name: str, node: Node | None, rest: tuple[Any, ...], bindings: Bindings) -> Any:
        """The value of a definition, but for one that leads back to itself."""
        if node is None or name in self._open:
            return UNKNOWN
        self._open.add(name)
        try:
            return _follow(self.value(node, bindings), rest)
        finally:
            self._open.discard(name)

    def is_sensitive(self, node: Node, depth: int = 0) -> bool:
        """Whether a sensitive variable has a part in an expression, be it through locals or another block's arguments."""
        for steps in (t.steps for t in traversals(node) if len(t.steps) > 1):
            if steps[0] == "var" and steps[1] in self._sensitive:
                return True
            source = self._source(steps)
            if source is not None and (depth >= _MAX_DEPTH or self.is_sensitive(source, depth + 1)):
                return True
        return False

    def _source(self, steps: tuple[Any, ...]) -> Node | None:
        """The expression that a name stands for, where it is one of a local or of another block."""
        if steps[0] == "local":
            return self.locals.get(str(steps[1]))
        block = self.resources.get(f"{steps[0]}.{steps[1]}")
        name = next((s for s in steps[2:] if isinstance(s, str)), "")
        attribute = block.body.attributes.get(name) if block else None
        return attribute.value if attribute else None


_MAX_DEPTH = 24
MAX_INSTANCES = 2000


def instances(block: Block, scope: Scope) -> list[tuple[int | str | None, Bindings]] | None:
    """The instances of a resource block: key and bindings each; None where it is not known which there are."""
    attributes = block.body.attributes
    if "count" in attributes:
        number = scope.value(attributes["count"].value)
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_INSTANCES:
            return None
        return [(i, {"count": {"index": i}}) for i in range(number)]
    if "for_each" in attributes:
        pairs = each(scope.value(attributes["for_each"].value))
        return None if pairs is None else [(str(k), {"each": {"key": k, "value": v}}) for k, v in pairs]
    return [(None, NO_BINDINGS)]


def each(collection: Any) -> list[tuple[Any, Any]] | None:
    """Key and value of every element that ``for_each`` runs over; None where they are not known."""
    if isinstance(collection, dict):
        found = [(key, collection[key]) for key in sorted(collection)]
    elif isinstance(collection, list):
        found = [(item, item) for item in collection]
        if not all(isinstance(item, str) for item in collection):
            return None
        found = sorted(set(found)) if isinstance(collection, SetOf) else found
    else:
        return None
    return found if len(found) <= MAX_INSTANCES else None


def is_known(value: Any) -> bool:
    """Whether nothing in a value is unknown."""
    if isinstance(value, dict):
        return all(is_known(part) for part in value.values())
    if isinstance(value, list):
        return all(is_known(part) for part in value)
    return value is not UNKNOWN


def _follow(value: Any, steps: tuple[Any, ...]) -> Any:
    for step in steps:
        key = step[0] if isinstance(step, tuple) else step
        in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if not in_list and not (isinstance(value, dict) and key in value):
            return UNKNOWN
        value = value[key]
    return value


def as_text(value: Any) -> Any:
    """A scalar as Terraform writes it into text; UNKNOWN for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value) if isinstance(value, int) or value != int(value) else str(int(value))
    return value if isinstance(value, str) else UNKNOWN


def as_bool(value: Any) -> Any:
    """A truth value, also as text; UNKNOWN for anything else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value, UNKNOWN)
    return value if isinstance(value, bool) else UNKNOWN


def _operate(operator: str, values: list[Any]) -> Any:
    if len(values) == 1:
        return _unary(operator, values[0])
    left, right = values
    if operator in ("&&", "||"):
        return _logical(operator == "||", as_bool(left), as_bool(right))
    if not (is_known(left) and is_known(right)):
        return UNKNOWN
    if operator in ("==", "!="):
        same = left == right and isinstance(left, bool) == isinstance(right, bool)
        return same == (operator == "==")
    if any(isinstance(v, bool) or not isinstance(v, int) for v in values):
        return UNKNOWN
    return _ARITHMETIC[operator](left, right) if operator in _ARITHMETIC else UNKNOWN


def _unary(operator: str, value: Any) -> Any:
    if operator == "!":
        truth = as_bool(value)
        return UNKNOWN if truth is UNKNOWN else not truth
    return -value if isinstance(value, int | float) and not isinstance(value, bool) else UNKNOWN


def _logical(decisive: bool, left: Any, right: Any) -> Any:
    if decisive in (left, right):
        return decisive
    return UNKNOWN if UNKNOWN in (left, right) else not decisive


_ARITHMETIC: dict[str, Callable[[int, int], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b if max(abs(a), abs(b)) < 2**64 else UNKNOWN,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _jsonencode(value: Any) -> Any:
    if not is_known(value):
        return UNKNOWN
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _toset(value: Any) -> Any:
    if not isinstance(value, list) or not is_known(value):
        return UNKNOWN
    return SetOf(sorted(set(value), key=str))


def _merge(*values: Any) -> Any:
    if not all(isinstance(v, dict) for v in values):
        return UNKNOWN
    return {k: v for value in values for k, v in value.items()}


def _concat(*values: Any) -> Any:
    return [v for value in values for v in value] if all(isinstance(v, list) for v in values) else UNKNOWN


def _tonumber(value: Any) -> Any:
    if isinstance(value, str):
        return int(value) if value.lstrip("-").isdecimal() else float(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else UNKNOWN


def _flat(value: list[Any]) -> Iterator[Any]:
    for item in value:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _flatten(value: Any) -> Any:
    if not isinstance(value, list) or UNKNOWN in value:
        return UNKNOWN
    return list(_flat(value))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "concat": _concat,
    "flatten": _flatten,
    "jsonencode": _jsonencode,
    "length": lambda v: len(v) if isinstance(v, list | dict | str) and not isinstance(v, SetOf) else UNKNOWN,
    "lower": lambda v: v.lower() if isinstance(v, str) else UNKNOWN,
    "merge": _merge,
    "tobool": as_bool,
    "tolist": lambda v: list(v) if isinstance(v, list) else UNKNOWN,
    "tomap": lambda v: v if isinstance(v, dict) else UNKNOWN,
    "tonumber": _tonumber,
    "toset": _toset,
    "tostring": lambda v: None if v is None else as_text(v),
    "upper": lambda v: v.upper() if isinstance(v, str) else UNKNOWN,
}
