"""What an expression of the configuration refers to, through variables, module inputs and outputs, and ``for_each``.

Plan JSON lists references as text, longest first (``aws_s3_bucket.a[0].id``, ``aws_s3_bucket.a[0]``, ``aws_s3_bucket.a``);
locals are not defined there at all, so a reference that runs through one ends at it (``Opaque``).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tfsrm.assess.trees import decoded
from tfsrm.model.world import NOT_EVALUATED, ModuleCall, ModuleConfig, ResourceConfig

MAX_DEPTH = 24
"""Steps through modules and variables before a chain counts as opaque."""


class Place(msgspec.Struct, frozen=True):
    """Where an expression stands: the static module path (names of calls, outermost first)."""

    module: tuple[str, ...]
    each: Any = None
    """The ``for_each`` expression of the block that the expression stands in."""


class Target(msgspec.Struct, frozen=True):
    """A resource (or data source) that an expression refers to."""

    module: tuple[str, ...]
    name: str
    """``type.name``, with ``data.`` before it for a data source."""
    key: int | str | None
    attribute: str
    module_key: int | str | None
    """Key of the innermost module call on the way, where the reference states it."""


class Opaque(msgspec.Struct, frozen=True):
    """A reference that cannot be followed."""

    text: str


_STEP = r'([^.\[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[[^\]]*\]'


def steps(reference: str) -> list[Any]:
    """``module.a["x"].out`` -> ``["module", "a", ("x",), "out"]``; keys are one-tuples."""
    if "[" not in reference:
        return reference.split(".")  # nearly all
    out: list[Any] = []
    if '"' not in reference:
        for part in reference.split("."):
            name, _, index = part.partition("[")
            out.append(name)
            if index.removesuffix("]").isdecimal():
                out.append((int(index[:-1]),))
        return out
    for name, index, key in (m.groups() for m in re.finditer(_STEP, reference)):
        if name:
            out.append(name)
        elif index:
            out.append((int(index),))
        elif key is not None:
            out.append((key,))
    return out


def longest(references: list[str]) -> list[str]:
    """The references without those that are a prefix of another one."""
    out: list[str] = []
    for reference in references:
        # Terraform writes the prefixes of a reference right behind it.
        if not (out and out[-1].startswith(reference) and out[-1][len(reference) :][:1] in (".", "[", "")):
            out.append(reference)
    return list(dict.fromkeys(out))


class Resolver:
    """Follows references through one configuration."""

    def __init__(self, root: ModuleConfig | None, *, follow_locals: bool = True) -> None:
        """``follow_locals``: where the configuration defines them; else a chain through one ends there."""
        self._root = root
        self._follow_locals = follow_locals
        self._modules: dict[tuple[str, ...], ModuleConfig | None] = {(): root}
        self._arguments: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def module(self, path: tuple[str, ...]) -> ModuleConfig | None:
        """The configuration of the module at a static path."""
        if path not in self._modules:
            parent = self.module(path[:-1])
            call = parent.calls.get(path[-1]) if parent else None
            self._modules[path] = call.module if call else None
        return self._modules[path]

    def call(self, path: tuple[str, ...]) -> ModuleCall | None:
        """The call that made the module at ``path``; None for the root."""
        parent = self.module(path[:-1]) if path else None
        return parent.calls.get(path[-1]) if parent else None

    def block(self, module: tuple[str, ...], name: str) -> ResourceConfig | None:
        """The resource block ``type.name`` of a module."""
        config = self.module(module)
        return config.resources.get(name) if config else None

    def targets(self, expression: Any, place: Place, depth: int = 0) -> list[Target | Opaque]:
        """Everything that an expression (or a block of expressions) refers to in the end."""
        out: list[Target | Opaque] = []
        for reference in longest(references_of(expression)):
            out.extend(self._follow(reference, place, depth))
        return list(dict.fromkeys(out))

    def _follow(self, reference: str, place: Place, depth: int) -> list[Target | Opaque]:
        if reference == NOT_EVALUATED:
            return []
        if depth > MAX_DEPTH:
            return [Opaque(reference)]
        parts = steps(reference)
        head = parts[0] if parts else ""
        if head in ("count", "path", "terraform", "self"):
            return []
        if head == "each":
            return [] if parts[1:2] == ["key"] else self.targets(place.each, Place(place.module), depth + 1)
        if head == "var":
            return self._variable(parts[1] if len(parts) > 1 else "", place, depth)
        if head == "local":
            return self._local(parts[1] if len(parts) > 1 else "", reference, place, depth)
        if head == "module":
            return self._output(parts, reference, place, depth)
        return _resource(parts, place)

    def inputs(self, module: tuple[str, ...]) -> list[Target | Opaque]:
        """Everything that the call of a module hands to it; nothing for the root."""
        arguments, for_each = self._call(module)
        return self.targets(arguments, Place(module[:-1], for_each))

    def _call(self, module: tuple[str, ...]) -> tuple[Any, Any]:
        """The arguments of a module's call, and its ``for_each``."""
        if module not in self._arguments:
            call = self.call(module)
            self._arguments[module] = (
                ({}, None) if call is None else (decoded(call.expressions) or {}, decoded(call.for_each_expression))
            )
        return self._arguments[module]

    def _variable(self, name: str, place: Place, depth: int) -> list[Target | Opaque]:
        arguments, for_each = self._call(place.module)
        if name not in arguments:
            return []
        return self.targets(arguments[name], Place(place.module[:-1], for_each), depth + 1)

    def _local(self, name: str, reference: str, place: Place, depth: int) -> list[Target | Opaque]:
        config = self.module(place.module)
        if not self._follow_locals or config is None or config.locals is None or name not in config.locals:
            return [Opaque(reference)]
        return self.targets(decoded(config.locals[name]), Place(place.module), depth + 1)

    def _output(self, parts: list[Any], reference: str, place: Place, depth: int) -> list[Target | Opaque]:
        names = [p for p in parts if isinstance(p, str)]
        if len(names) < 3:
            return [Opaque(reference)]
        inner = (*place.module, names[1])
        config = self.module(inner)
        if config is None or names[2] not in config.outputs:
            return [Opaque(reference)]
        key = parts[2][0] if len(parts) > 2 and isinstance(parts[2], tuple) else None
        found = self.targets(decoded(config.outputs[names[2]]), Place(inner), depth + 1)
        return [
            msgspec.structs.replace(t, module_key=key) if isinstance(t, Target) and t.module == inner else t
            for t in found
        ]


def _resource(parts: list[Any], place: Place) -> list[Target | Opaque]:
    names = parts[:3] if parts[0] == "data" else parts[:2]
    if len(names) < 2 or not all(isinstance(n, str) for n in names):
        return []
    if parts[0] != "data" and "_" not in parts[0]:
        return []  # an iterator of a dynamic block or of a for expression
    rest = parts[len(names) :]
    key = rest[0][0] if rest and isinstance(rest[0], tuple) else None
    attribute = next((p for p in rest if isinstance(p, str)), "")
    return [Target(place.module, ".".join(names), key, attribute, None)]


def references_of(expression: Any) -> list[str]:
    """All references in an expression or a tree of blocks."""
    if isinstance(expression, list):
        return [r for part in expression for r in references_of(part)]
    if not isinstance(expression, dict):
        return []
    if "references" in expression and isinstance(expression["references"], list):
        return [r for r in expression["references"] if isinstance(r, str)]
    return [r for part in expression.values() for r in references_of(part)]


def _blocks(tree: list[Any]) -> list[dict[str, Any]]:
    """The blocks of a list, those of blocks inside blocks too."""
    out: list[dict[str, Any]] = []
    for part in tree:
        out += _blocks(part) if isinstance(part, list) else [part] if isinstance(part, dict) else []
    return out


def expression_at(expressions: Any, path: tuple[Any, ...]) -> Any:
    """The expression at an attribute path of a block tree (indexes ignored); None where none is written."""
    node = expressions
    for step in path:
        if isinstance(node, list):
            blocks = _blocks(node)
            node = {k: [b[k] for b in blocks if k in b] for k in {k for b in blocks for k in b}}
        if not isinstance(step, str):
            continue
        if isinstance(node, dict) and "references" in node:
            return node
        node = node.get(step) if isinstance(node, dict) else None
    return node
