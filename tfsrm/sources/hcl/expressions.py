"""A module's blocks as the configuration of a plan has them: expressions with their references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tfsrm.model.world import NOT_EVALUATED, ModuleCall, ModuleConfig, ResourceConfig, Variable
from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.bodies import META, is_single, split
from tfsrm.sources.hcl.data_sources import SCHEMAS
from tfsrm.sources.hcl.module import Definition, by_type, plain
from tfsrm.sources.hcl.provider_schema import NO_BLOCK, SchemaBlock, block_of
from tfsrm.sources.hcl.references import expression, undecided
from tfsrm.sources.hcl.scope import Loaded, Notes, Scope

_CALL_META = META | {"source", "version", "providers"}


class Expressions:
    """Builds the configuration of a run, when all its module instances are evaluated."""

    def __init__(self, root: Scope) -> None:
        self._root = root
        self._made: dict[int, dict[str, Any]] = {}
        """By the id of the node: a module is often called several times."""
        self._keys = {name: root.provider_of(d).key for name, d in root.module.resources.items()}

    def configuration(self) -> ModuleConfig:
        """The configuration of the root module."""
        return self._module(self._root.loaded, ())

    def _module(self, loaded: Loaded, path: tuple[str, ...]) -> ModuleConfig:
        module = loaded.module
        notes = self._root.run.notes.get(path) or Notes()
        return ModuleConfig(
            resources={name: self._resource(name, d, notes) for name, d in module.resources.items()},
            calls={name: self._call(d, notes, (*path, name)) for name, d in module.calls.items()},
            variables={name: _variable(d) for name, d in module.variables.items()},
            outputs={
                name: self._expression(d.attributes["value"].value)
                for name, d in module.outputs.items()
                if "value" in d.attributes
            },
            locals={name: self._expression(local.value) for name, local in module.locals.items()},
        )

    def _resource(self, name: str, definition: Definition, notes: Notes) -> ResourceConfig:
        kind = definition.labels[0]
        schema = (SCHEMAS.get(kind) if definition.type == "data" else block_of(kind)) or NO_BLOCK
        attributes = [a for a in definition.attributes.values() if a.name not in META]
        blocks = {k: b for k, b in definition.blocks.items() if k not in META}
        return ResourceConfig(
            expressions=self._body(attributes, blocks, notes, schema),
            count_expression=self._meta(definition, "count"),
            for_each_expression=self._meta(definition, "for_each"),
            provider_config=self._keys.get(name, ""),
        )

    def _call(self, definition: Definition, notes: Notes, path: tuple[str, ...]) -> ModuleCall:
        loaded = notes.calls.get(path[-1])
        return ModuleCall(
            source=_text(definition, "source"),
            version=_text(definition, "version"),
            expressions={
                a.name: self._expression(a.value) for a in definition.attributes.values() if a.name not in _CALL_META
            },
            count_expression=self._meta(definition, "count"),
            for_each_expression=self._meta(definition, "for_each"),
            module=self._module(loaded, path) if loaded else ModuleConfig(),
        )

    def _meta(self, definition: Definition, name: str) -> dict[str, Any] | None:
        found = definition.attributes.get(name)
        return self._expression(found.value) if found else None

    def _expression(self, node: nodes.Node) -> dict[str, Any]:
        found = self._made.get(id(node))
        if found is None:
            found = self._made[id(node)] = expression(node, self._constant)
        return found

    def _constant(self, node: nodes.Node) -> Any:
        return split(self._root.evaluate(node)[0])[0]

    def _body(
        self,
        attributes: Iterable[nodes.Attribute],
        blocks: dict[str, list[nodes.Block]],
        notes: Notes,
        schema: SchemaBlock,
    ) -> dict[str, Any]:
        """As a plan has it: dynamic blocks are left out, but for those that make nobody knows what."""
        out: dict[str, Any] = {
            a.name: undecided(self._expression(a.value)) if id(a) in notes.undecided else self._expression(a.value)
            for a in attributes
        }
        for name, found in blocks.items():
            if not notes.unknown_blocks.isdisjoint(map(id, found)):
                out[name] = {"references": [NOT_EVALUATED]}  # as little as a plan tells of it
                continue
            nested = schema[1].get(name)
            inner: SchemaBlock = nested[1] if nested else NO_BLOCK
            elements = [
                self._body(b.body.attributes, by_type(b.body), notes, inner) for b in found if b.type != "dynamic"
            ]
            if elements:
                out[name] = elements[0] if len(elements) == 1 and is_single(name, schema) else elements
        return out


def locals_of(scope: Scope) -> dict[str, object]:
    """The locals of a module, each with its expression."""
    return {
        name: expression(local.value, lambda node: split(scope.evaluate(node)[0])[0])
        for name, local in scope.module.locals.items()
    }


def _variable(definition: Definition) -> Variable:
    default = definition.attributes.get("default")
    is_null = default is not None and plain(default.value) == nodes.Literal(None)
    return Variable(has_default=default is not None, default_is_null=is_null)


def _text(definition: Definition, name: str) -> str:
    value = definition.literal(name)
    return value if isinstance(value, str) else ""
