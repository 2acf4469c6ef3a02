"""The worlds of a plan: *before* is the prior state with every ``change.before`` laid over it, *after* is *before* with the
planned changes laid over it. Rows that a ``-target`` or refresh-only plan does not list stay as the prior state has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from tfsrm.model.world import ModuleConfig, Resource, ResourceChange, World
from tfsrm.sources import addresses
from tfsrm.sources.configuration import NULL, tree, values
from tfsrm.sources.providers import provider
from tfsrm.sources.state import StateValues, resources

if TYPE_CHECKING:
    from tfsrm.sources.plan_json import Row

_ENDS = frozenset(("delete", "forget"))


class Builder:
    """Takes the parts of a plan one after the other and gives its worlds.

    Objects are kept by the address that the plan uses for them (the new one after a move), the deposed key added.
    """

    def __init__(self, configuration: ModuleConfig | None, regions: dict[str, str], rows: list[Row]) -> None:
        self._configuration = configuration
        self._regions = regions
        self._modules: dict[str, ModuleConfig | None] = {"": configuration}
        self._before: dict[str, Resource] = {}
        self._after: dict[str, Resource] = {}
        self._data_before: dict[str, Resource] = {}
        self._data_after: dict[str, Resource] = {}
        self._listed = {addresses.deposed(row.address, row.deposed) for row in rows if row.mode == "managed"}
        self._listed.update(row.previous_address for row in rows if row.previous_address)

    def prior(self, state: StateValues | None) -> None:
        """Take the prior state, but for the objects that have a row of their own."""
        for resource in resources(state, self._listed):
            self._keep(self._configured(resource), self._before, self._after, self._data_before, self._data_after)

    def planned(self, state: StateValues | None) -> None:
        """Take the planned values of a plan without rows (such as one that only invokes actions)."""
        for resource in resources(state):
            self._keep(self._configured(resource), {}, self._after, {}, self._data_after)

    def _configured(self, resource: Resource) -> Resource:
        key = self._config_key(resource.module, resource.mode, resource.type, resource.name)
        return msgspec.structs.replace(resource, provider_config=key) if key else resource

    def _keep(self, resource: Resource, *places: dict[str, Resource]) -> None:
        wanted = {"managed": places[:2], "data": places[2:]}.get(resource.mode, ())
        for place in wanted:
            place[resource.address] = resource

    def row(self, row: Row) -> list[ResourceChange]:
        """Take one of ``resource_changes``; gives the changes of managed objects that it stands for."""
        if row.mode == "data":
            self._read(row)
        if row.mode != "managed":
            return []
        label = addresses.deposed(row.address, row.deposed)
        before, after = self._old(row), self._new(row, label)
        if before is not None:
            self._before[label] = before
        kept = None
        if "forget" in row.change.actions and before is not None:
            address = addresses.forgotten(label) if "create" in row.change.actions else label
            kept = self._survivor(row, before, address)
            self._after[address] = kept
        if after is not None:
            self._after[label] = after
        change = _change(row, label, before, after)
        if kept is None:
            return [change]
        if after is None:
            return [msgspec.structs.replace(change, after=kept)]
        left = ResourceChange(
            address=kept.address,
            previous_address=before.address if before else None,
            actions=("forget",),
            before=before,
            after=kept,
        )
        return [left, change]

    def _old(self, row: Row) -> Resource | None:
        """The object before, under the address that it had then."""
        found = values(row.change.before)
        if found is None:
            return None
        was = addresses.parse(row.previous_address) if row.previous_address else None
        return Resource(
            address=addresses.deposed(row.previous_address or row.address, row.deposed),
            module=was.module if was else row.module_address,
            type=was.type if was else row.type,
            name=was.name if was else row.name,
            key=was.key if was else row.index,
            provider=provider(row.provider_name),
            provider_config=self._config_key(row.module_address, row.mode, row.type, row.name),
            values=found,
            sensitive=tree(row.change.before_sensitive),
        )

    def _new(self, row: Row, label: str) -> Resource | None:
        """The object after, as planned."""
        actions = row.change.actions
        found = values(row.change.after)
        if found is None and bytes(row.change.after_unknown) != b"true":
            return None
        if actions and _ENDS.issuperset(actions):
            return None
        return self._resource(row, label, found)

    def _resource(self, row: Row, address: str, found: Any) -> Resource:
        return Resource(
            address=address,
            module=row.module_address,
            mode=row.mode,
            type=row.type,
            name=row.name,
            key=row.index,
            provider=provider(row.provider_name),
            provider_config=self._config_key(row.module_address, row.mode, row.type, row.name),
            values=found,
            unknown=tree(row.change.after_unknown),
            sensitive=tree(row.change.after_sensitive),
        )

    def _survivor(self, row: Row, before: Resource, address: str) -> Resource:
        """An object that Terraform forgets: it runs on as it was."""
        return msgspec.structs.replace(
            before, address=address, module=row.module_address, type=row.type, name=row.name, key=row.index
        )

    def _read(self, row: Row) -> None:
        """A data source that is read while applying, or that was just read."""
        found = values(row.change.after)
        if found is not None or tree(row.change.after_unknown) is not None:
            self._data_after[row.address] = self._resource(row, row.address, found)

    def drift(self, rows: Iterable[Row]) -> World | None:
        """The world before the drift that Terraform noticed; None where it noticed none. To be asked after the rows."""
        world = dict(self._before)
        noticed = False
        for row in rows:
            old = self._old(row) if row.mode == "managed" else None
            if old is None:
                continue
            noticed = True
            label = addresses.deposed(row.address, row.deposed)
            now = self._before.get(label)
            world[label] = (
                old if now is None else msgspec.structs.replace(now, values=old.values, sensitive=old.sensitive)
            )
        return self._world(world, self._data_before) if noticed else None

    def before(self) -> World:
        """The world before."""
        return self._world(self._before, self._data_before)

    def after(self) -> World:
        """The world after."""
        return self._world(self._after, self._data_after)

    def _world(self, managed: dict[str, Resource], data: dict[str, Resource]) -> World:
        return World(
            resources=tuple(managed.values()),
            data=tuple(data.values()),
            configuration=self._configuration,
            regions=self._regions,
        )

    def _config_key(self, module: str, mode: str, resource_type: str, name: str) -> str:
        """The ``provider_config_key`` of a block; empty where the configuration has no such block (any more)."""
        if module not in self._modules:
            found = self._configuration
            for step in addresses.module_path(module):
                call = found.calls.get(step) if found else None
                found = call.module if call else None
            self._modules[module] = found
        config = self._modules[module]
        block = (
            config.resources.get(f"data.{resource_type}.{name}" if mode == "data" else f"{resource_type}.{name}")
            if config
            else None
        )
        return block.provider_config if block else ""


def _change(row: Row, label: str, before: Resource | None, after: Resource | None) -> ResourceChange:
    return ResourceChange(
        address=label,
        previous_address=row.previous_address,
        actions=row.change.actions,
        action_reason=row.action_reason,
        replace_paths=_paths(row.change.replace_paths),
        importing=bytes(row.change.importing) not in (b"", NULL),
        before=before,
        after=after,
    )


def _paths(raw: msgspec.Raw) -> tuple[str, ...]:
    """``[["ebs_block_device", 0, "kms_key_id"]]`` as ``ebs_block_device[0].kms_key_id``."""
    if len(memoryview(raw)) == 0:
        return ()
    try:
        found = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return ()
    return tuple(_path(path) for path in found if isinstance(path, list)) if isinstance(found, list) else ()


def _path(steps: list[Any]) -> str:
    text = ""
    for step in steps:
        if isinstance(step, int) and not isinstance(step, bool):
            text += f"[{step}]"
        elif isinstance(step, str):
            text += (f".{step}" if text else step) if step.replace("-", "_").isidentifier() else addresses.quoted(step)
        else:
            text += "[*]"  # an element of a set is named by its whole value
    return text
