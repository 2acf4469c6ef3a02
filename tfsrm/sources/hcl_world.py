"""One module of configuration as a world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfsrm.model.world import ModuleCall, ModuleConfig, NotSeen, Resource, ResourceConfig, Variable, World
from tfsrm.sources.addresses import join, quoted, shown
from tfsrm.sources.hcl_module import Module
from tfsrm.sources.hcl_nodes import Block, Literal, references
from tfsrm.sources.hcl_trees import META, Context, Trees, expression, trees
from tfsrm.sources.hcl_values import NO_BINDINGS, Scope, instances
from tfsrm.sources.providers import provider


class Builder:
    """Builds the world of a module; ``not_seen`` fills up on the way."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._scope: Scope = module.scope()
        self._context = Context(self._scope)
        self._blocks: dict[str, ResourceConfig] = {}
        self.not_seen: list[NotSeen] = []

    def world(self) -> World:
        """The world."""
        found = [r for name, block in self._module.resources.items() for r in self._instances(name, block)]
        self._calls()
        return World(
            resources=tuple(r for r in found if r.mode == "managed"),
            data=tuple(r for r in found if r.mode == "data"),
            configuration=self._configuration(),
            regions=dict(self._regions()),
        )

    def _instances(self, name: str, block: Block) -> Iterator[Resource]:
        keys = instances(block, self._scope)
        mode = "data" if block.type == "data" else "managed"
        address = join("", mode, block.labels[0], block.labels[1], None)
        if keys is None:
            self.not_seen.append(NotSeen(what=address, because=_unknown_count(block)))
            keys, address = [(None, NO_BINDINGS)], f"{address}[*]"
        config_key = self._config_key(block)
        over = block.body.attributes.get("for_each")
        context = self._context
        if over is not None:
            hidden = frozenset(("each",)) if self._scope.is_sensitive(over.value) else frozenset()
            context = context._replace(each=tuple(references(over.value)), hidden=hidden)
        for key, bindings in keys:
            found = trees(block.body, context._replace(bindings=bindings))
            self._blocks.setdefault(name, self._config(block, found, config_key))
            yield self._resource(block, mode, address + quoted(key), key, found)
        if not keys:
            self._blocks[name] = self._config(block, trees(block.body, context), config_key)

    def _resource(self, block: Block, mode: str, address: str, key: int | str | None, found: Trees) -> Resource:
        config_key = self._config_key(block)
        local = config_key.split(".")[0]
        return Resource(
            address=address,
            mode=mode,
            type=block.labels[0],
            name=block.labels[1],
            key=key,
            provider=provider(self._module.sources.get(local, local)),
            provider_config=config_key,
            values=found.values,
            unknown=found.unknown or None,
            sensitive=found.sensitive or None,
            positions={"": (block.file, block.line), **found.positions},
        )

    def _config_key(self, block: Block) -> str:
        chosen = block.body.attributes.get("provider")
        named = references(chosen.value) if chosen else []
        return named[0] if named else block.labels[0].split("_")[0]

    def _config(self, block: Block, found: Trees, config_key: str) -> ResourceConfig:
        return ResourceConfig(
            expressions=found.expressions,
            count_expression=self._meta(block, "count"),
            for_each_expression=self._meta(block, "for_each"),
            provider_config=config_key,
        )

    def _meta(self, block: Block, name: str) -> dict[str, Any] | None:
        found = block.body.attributes.get(name)
        return expression(found.value, self._context) if found else None

    def _configuration(self) -> ModuleConfig:
        module = self._module
        return ModuleConfig(
            resources=self._blocks,
            calls={name: self._call(block) for name, block in module.calls.items()},
            variables={
                name: Variable(has_default="default" in attributes, default_is_null=_is_null(attributes.get("default")))
                for name, attributes in ((n, b.body.attributes) for n, b in module.variables.items())
            },
            outputs={
                name: expression(block.body.attributes["value"].value, self._context)
                for name, block in module.outputs.items()
                if "value" in block.body.attributes
            },
            locals={name: expression(node, self._context) for name, node in module.locals.items()},
        )

    def _call(self, block: Block) -> ModuleCall:
        return ModuleCall(
            source=_text(block, "source", self._scope),
            version=_text(block, "version", self._scope),
            expressions={
                a.name: expression(a.value, self._context)
                for a in block.body.attributes.values()
                if a.name not in META and a.name not in ("source", "version", "providers")
            },
            count_expression=self._meta(block, "count"),
            for_each_expression=self._meta(block, "for_each"),
            module=ModuleConfig(),
        )

    def _calls(self) -> None:
        for name, block in self._module.calls.items():
            source = shown(_text(block, "source", self._scope)) or "another directory"
            because = f"what the module from {source} makes is seen in a plan only"
            self.not_seen.append(NotSeen(what=f"module.{name}", because=because))

    def _regions(self) -> Iterator[tuple[str, str]]:
        for block in self._module.providers:
            alias, region = _text(block, "alias", self._scope), _text(block, "region", self._scope)
            if region and block.labels:
                yield f"{block.labels[0]}.{alias}" if alias else block.labels[0], region


def _text(block: Block, name: str, scope: Scope) -> str:
    found = block.body.attributes.get(name)
    value = scope.value(found.value) if found else None
    return value if isinstance(value, str) else ""


def _is_null(default: Any) -> bool:
    return default is not None and default.value == Literal(None)


def _unknown_count(block: Block) -> str:
    which = "count" if "count" in block.body.attributes else "for_each"
    named = references(block.body.attributes[which].value)
    of = f" (it depends on {', '.join(map(shown, named[:3]))})" if named else ""
    return f"how many there are is known in a plan only{of}; it is looked at as one"
