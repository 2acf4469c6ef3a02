"""All module instances of a run as one world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfsrm.model.world import NotSeen, Resource, World
from tfsrm.sources.addresses import shown
from tfsrm.sources.hcl import data_sources
from tfsrm.sources.hcl.bodies import LEFT, reason, split
from tfsrm.sources.hcl.expressions import Expressions
from tfsrm.sources.hcl.objects import Instance, Outputs
from tfsrm.sources.hcl.scope import MAX_MADE, Group, Scope
from tfsrm.sources.hcl.values import Entity, Set, Unknown, Value
from tfsrm.sources.providers import provider

MAX_REASONS = 200
"""Of one resource."""


class Builder:
    """Makes the world of a run."""

    def __init__(self, root: Scope) -> None:
        self.run = root.run
        self.root = root
        self.not_seen: list[NotSeen] = []
        self._resources: list[Resource] = []
        self._data: list[Resource] = []
        self._regions: dict[str, str] = {}
        self._said: set[tuple[str, str]] = set()

    def world(self) -> World:
        """The world; ``not_seen`` is filled."""
        for name in self.root.module.providers:
            self._region(self.root, name)
        self._module(self.root, possible=False)
        return World(
            resources=tuple(self._resources),
            data=tuple(self._data),
            configuration=Expressions(self.root).configuration(),
            regions=self._regions,
        )

    def _region(self, scope: Scope, name: str) -> None:
        found = scope.provider(name)
        if found.region:
            self._regions.setdefault(found.key, found.region)

    def _say(self, what: str, because: str) -> None:
        """Once for all the instances of a module."""
        if (what, because) not in self._said:
            self._said.add((what, because))
            self.not_seen.append(NotSeen(what=what, because=because))

    def _module(self, scope: Scope, possible: bool) -> None:
        for name, definition in scope.module.resources.items():
            group = scope.resource(name)
            if not group.expansion.known:
                self._say(group.address, group.expansion.because)
            (self._data if definition.type == "data" else self._resources).extend(self._group(group, possible))
        for name in scope.module.calls:
            group = scope.call(name)
            if not group.expansion.known:
                self._say(group.address, group.expansion.because)
            for _, child in group.all():
                if not isinstance(child, Outputs):
                    continue
                if child.scope is None:
                    self._say(group.address, child.missing)
                else:
                    self._module(child.scope, possible or not group.expansion.known)

    def _group(self, group: Group, possible: bool) -> Iterator[Resource]:
        scope, definition = group.scope, group.definition
        config = scope.provider_of(definition)
        if config.region:
            self._regions.setdefault(config.key, config.region)
        source = provider(config.source)
        for _, instance in group.all():
            if not self.run.may_make(len(definition.attributes)):
                self._say(group.address, f"more than {MAX_MADE} instances and blocks are not looked at")
                return
            if isinstance(instance, Instance):
                yield self._resource(instance, source, config.key, possible or not group.expansion.known)

    def _resource(self, instance: Instance, source: str, config: str, possible: bool) -> Resource:
        body = instance.body()
        values = dict(body.values)
        if instance.is_data:
            if instance.type == data_sources.POLICY:
                values["json"] = data_sources.attribute(instance, "json")
        else:
            self._tags(instance, values)
        known, mask = split(values)
        sensitive = body.sensitive
        return Resource(
            address=instance.address,
            module=instance.scope.address,
            mode="data" if instance.is_data else "managed",
            type=instance.type,
            name=instance.definition.labels[1],
            key=instance.key,
            provider=source,
            provider_config=config,
            values=known,
            unknown=mask or None,
            sensitive=sensitive or None,
            positions=body.positions,
            reasons=reasons(values, sensitive) if mask else None,
            possible=possible,
        )

    def _tags(self, instance: Instance, values: dict[str, Value]) -> None:
        """``tags_all``: the provider's ``default_tags`` with the resource's own laid over them."""
        schema = instance.schema
        if schema is None or "tags_all" not in schema[0] or "tags_all" in values:
            return
        standing = instance.scope.provider_of(instance.definition).default_tags
        own = values.get("tags")
        if standing is None or not isinstance(own, dict | None):
            return
        values["tags_all"] = {**standing, **(own or {})} if isinstance(standing, dict) else standing


def reasons(values: dict[str, Value], sensitive: Any) -> dict[str, str]:
    """Attribute path -> why it is unknown. Nothing of what is sensitive."""
    out: dict[str, str] = {}
    for name, value in values.items():
        if not isinstance(sensitive, dict) or sensitive.get(name) is not True:
            _reasons(value, name, sensitive.get(name) if isinstance(sensitive, dict) else None, out)
    return out


def _reasons(value: Value, path: str, sensitive: Any, out: dict[str, str]) -> None:
    if len(out) >= MAX_REASONS or sensitive is True:
        return
    if value is LEFT:
        return
    if isinstance(value, (Unknown, Entity)):
        out[path] = shown(reason(value), 200)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name.replace("-", "_").isidentifier():
                _reasons(item, f"{path}.{name}", sensitive.get(name) if isinstance(sensitive, dict) else None, out)
    elif isinstance(value, (list, Set)):
        hidden = sensitive if isinstance(sensitive, list) else []
        for i, item in enumerate(value):
            _reasons(item, f"{path}[{i}]", hidden[i] if i < len(hidden) else None, out)
