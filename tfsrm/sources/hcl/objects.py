"""Resources, data sources and modules as values: their attributes are evaluated one by one, when something asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfsrm.sources.hcl import data_sources
from tfsrm.sources.hcl.bodies import (
    LEFT,
    META,
    Context,
    Element,
    Elements,
    add_blocks,
    elements,
    shaped,
)
from tfsrm.sources.hcl.expansion import Bindings, Key
from tfsrm.sources.hcl.module import waits
from tfsrm.sources.hcl.provider_schema import NO_BLOCK, SchemaBlock, block_of, fills_block
from tfsrm.sources.hcl.values import KNOWN_AFTER_APPLY, Entity, Unknown, Value, is_known

if TYPE_CHECKING:
    from tfsrm.sources.hcl.module import Definition
    from tfsrm.sources.hcl.scope import Group, Run, Scope

_EACH = frozenset(("each",))
_NONE: frozenset[str] = frozenset()


class Outputs(Entity):
    """A module instance: its outputs."""

    __slots__ = ("missing", "run", "scope")

    def __init__(self, address: str, scope: Scope | str, run: Run) -> None:
        """``scope``: text says why the module is not analysed."""
        super().__init__(address)
        self.scope = None if isinstance(scope, str) else scope
        self.missing = scope if isinstance(scope, str) else ""
        self.run = run

    def attribute(self, name: str) -> Value:
        if self.scope is None:
            return Unknown(f"{self.address} is not analysed", of=f"{self.address}.{name}")
        return self.scope.output(name)

    def names(self) -> tuple[str, ...] | None:
        return tuple(self.scope.module.outputs) if self.scope else None


class Instance(Entity):
    """An instance of a resource or a data source."""

    __slots__ = ("_attributes", "_blocks", "_context", "definition", "is_data", "key", "schema", "scope", "type")

    def __init__(self, address: str, group: Group, key: Key, bindings: Bindings) -> None:
        super().__init__(address)
        self.scope: Scope = group.scope
        self.definition: Definition = group.definition
        self.key = key
        self.type = self.definition.labels[0]
        self.is_data = self.definition.type == "data"
        self.schema: SchemaBlock | None = data_sources.SCHEMAS.get(self.type) if self.is_data else block_of(self.type)
        hidden = _EACH if group.each_is_sensitive else _NONE
        self._context = Context(self.scope, self.definition.file, bindings, hidden)
        self._attributes: dict[str, tuple[Value, bool]] = {}
        self._blocks: dict[str, Elements] = {}

    @property
    def is_deferred(self) -> bool:
        """Whether a data source is read only when what it depends on is made."""
        return self.is_data and (self.scope.waits or waits(self.definition))

    def attribute(self, name: str) -> Value:
        """What an expression gets that refers to the attribute."""
        definition = self.definition
        if name in definition.attributes and name not in META:
            value, marked = self.configured(name)
            self.scope.run.marked |= marked
            if value is LEFT or (value is None and self.is_data and self.schema is None):
                return self._computed(name)  # what a data source is not asked for, it may tell
            return value if self.schema is None else _completed(value, name, self.schema, self)
        if name in definition.blocks and name not in META:
            return self._nested(name)
        return self._computed(name) if self.is_data else self._unset(name)

    def configured(self, name: str) -> tuple[Value, bool]:
        """The value that the configuration gives an attribute, and whether it is sensitive."""
        found = self._attributes.get(name)
        if found is None:
            opened, what = self.scope.run.open, (self, name)
            if what in opened:
                return Unknown("it leads back to itself", error=True), False
            opened.add(what)
            try:
                attribute = self.definition.attributes[name]
                value, marked = self._context.evaluate(attribute.value)
            finally:
                opened.discard(what)
            if not is_known(value):
                self.scope.notes.undecided.add(id(attribute))
            found = self._attributes[name] = (shaped(value, name, self.schema or NO_BLOCK), marked)
        return found

    def blocks(self, name: str) -> Elements:
        """The nested blocks of one type."""
        found = self._blocks.get(name)
        if found is None:
            opened, what = self.scope.run.open, (self, name)
            if what in opened:
                return Unknown("it leads back to itself", error=True)
            opened.add(what)
            try:
                context = self._context._replace(file=self.definition.file_of(name))
                found = elements(name, self.definition.blocks[name], context, self.schema or NO_BLOCK)
            finally:
                opened.discard(what)
            self._blocks[name] = found
        return found

    def body(self) -> Element:
        """Everything that the configuration gives it."""
        definition = self.definition
        out = Element({}, {}, {"": (definition.file, definition.line)})
        for name, attribute in definition.attributes.items():
            if name not in META:
                value, marked = self.configured(name)
                out.values[name] = value
                if marked:
                    out.sensitive[name] = True
                out.positions[name] = (definition.file_of(name), attribute.line)
        for name, blocks in definition.blocks.items():
            if name not in META:
                add_blocks(out, name, self.blocks(name), self.schema or NO_BLOCK)
                out.positions[name] = (definition.file_of(name), blocks[0].line)
        return out

    def _nested(self, name: str) -> Value:
        found = self.blocks(name)
        if isinstance(found, Unknown):
            return found
        self.scope.run.marked = self.scope.run.marked or any(e.sensitive for e in found)
        if self.schema is None:
            return Unknown(f"{self.address}.{name} is not evaluated", of=f"{self.address}.{name}")
        single = Element({}, {}, {})
        add_blocks(single, name, found, self.schema)
        return _completed(single.values.get(name), name, self.schema, self)

    def _computed(self, name: str) -> Value:
        of = f"{self.address}.{name}"
        if self.is_data:
            told = data_sources.attribute(self, name)
            return Unknown(f"{of} is looked up in a plan only", of=of) if told is None else told
        kind = self.schema[0][name][1] if self.schema and name in self.schema[0] else ""
        return Unknown(KNOWN_AFTER_APPLY, of=of, kind=_kind(kind))

    def _unset(self, name: str) -> Value:
        """An attribute that the configuration does not give."""
        if self.schema is None:
            return self._computed(name)
        attributes, blocks = self.schema
        if name in attributes:
            return _standing(self, name, *attributes[name])
        if name in blocks:
            if fills_block(self.type, name):
                return self._computed(name)
            return [] if blocks[name][0] in ("list", "set") else None
        return self._computed(name)  # another version of the provider may have it


def _standing(instance: Instance, path: str, flags: str, kind: Any) -> Value:
    """What an attribute is that nobody sets: unknown where AWS, or the provider by a default of its own, may set it."""
    if "c" not in flags and isinstance(kind, list):
        return None
    return Unknown(KNOWN_AFTER_APPLY, of=f"{instance.address}.{path}", kind=_kind(kind))


def _kind(kind: Any) -> str:
    if isinstance(kind, list):
        return str(kind[0])
    return "" if kind == "dynamic" else str(kind)


def _completed(value: Value, path: str, schema: SchemaBlock, instance: Instance) -> Value:
    """The value of a nested block with the attributes that it does not set, so that a reference to one finds it."""
    found = schema[1].get(path.rsplit(".", 1)[-1])
    if found is None:
        return value
    inner: SchemaBlock = found[1]
    if isinstance(value, list):
        return [_completed_object(item, f"{path}[{i}]", inner, instance) for i, item in enumerate(value)]
    return _completed_object(value, path, inner, instance)


def _completed_object(value: Value, path: str, schema: SchemaBlock, instance: Instance) -> Value:
    if not isinstance(value, dict):
        return value
    out: dict[str, Value] = {}
    for name, (flags, kind) in schema[0].items():
        given = value.get(name)
        unset = given is LEFT or name not in value
        out[name] = _standing(instance, f"{path}.{name}", flags, kind) if unset else given
    for name, (nesting, _) in schema[1].items():
        given = value.get(name)
        if given is None:
            out[name] = [] if nesting in ("list", "set") else None
        else:
            out[name] = _completed(given, f"{path}.{name}", schema, instance)
    return out
