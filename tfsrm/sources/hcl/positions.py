"""Where the blocks of a plan are written: file and line of blocks and attributes, and the locals that a plan leaves out."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tfsrm.model.world import Input, ModuleCall, ModuleConfig, NotSeen, Resource, World
from tfsrm.sources.addresses import module_path, shown
from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.bodies import META
from tfsrm.sources.hcl.collector import paused
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.expansion import ALONE
from tfsrm.sources.hcl.expressions import locals_of
from tfsrm.sources.hcl.module import Definition, by_type
from tfsrm.sources.hcl.project import Project
from tfsrm.sources.hcl.run import project_run
from tfsrm.sources.hcl.scope import Scope, static_address
from tfsrm.sources.hcl.store import Store

Places = dict[str, tuple[str, int]]
"""Attribute path -> (file, line); ``""`` is the block itself."""


class Positions(NamedTuple):
    """The index of a root module and the modules that it calls."""

    root: str
    blocks: dict[tuple[tuple[str, ...], str], Places]
    """(static module path, ``type.name``) -> places of the block; all its instances share them."""
    locals: dict[tuple[str, ...], dict[str, object]]
    """Static module path -> local -> its expression, as a plan's configuration has expressions."""
    not_seen: tuple[NotSeen, ...]


def positions(root: str, project: str | None = None) -> Positions:
    """Index the directory of a root module. Raises InputError where it cannot be read."""
    with paused(), Store.open() as store:
        tree = Project(root, project, Disk(), store)
        found = Positions(root, {}, {}, ())
        not_seen: list[NotSeen] = []
        _add(found, project_run(tree, tree.root_module()), not_seen)
        return found._replace(not_seen=(*tree.not_seen, *not_seen))


def _add(found: Positions, scope: Scope, not_seen: list[NotSeen]) -> None:
    for name, definition in scope.module.resources.items():
        found.blocks[scope.path, name] = places(definition)
    found.locals[scope.path] = locals_of(scope)
    for name, definition in scope.module.calls.items():
        path = (*scope.path, name)
        inner = scope.child(definition, static_address(path), ALONE)
        if isinstance(inner, Scope):
            _add(found, inner, not_seen)
        else:
            not_seen.append(NotSeen(what=static_address(path), because=f"no file and line: {inner}"))


def places(definition: Definition) -> Places:
    """The places of a block."""
    out: Places = {"": (definition.file, definition.line)}
    for name, attribute in definition.attributes.items():
        if name not in META:
            out[name] = (definition.file_of(name), attribute.line)
    for name, blocks in definition.blocks.items():
        if name not in META:
            _nested(out, name, blocks, definition.file_of(name))
    return out


def _nested(out: Places, path: str, blocks: list[nodes.Block], file: str) -> None:
    out[path] = (file, blocks[0].line)
    if any(block.type == "dynamic" for block in blocks):
        return  # which element is which, only the values tell
    for i, block in enumerate(blocks):
        out[f"{path}[{i}]"] = (file, block.line)
        for attribute in block.body.attributes:
            out[f"{path}[{i}].{attribute.name}"] = (file, attribute.line)
        for name, inner in by_type(block.body).items():
            _nested(out, f"{path}[{i}].{name}", inner, file)


def laid_on(source: Input, index: Positions) -> Input:
    """The input with places on its resources, and with locals in its configuration."""
    after = _world(source.after, index)
    missing: tuple[NotSeen, ...] = ()
    if source.after.resources and not any(r.positions for r in after.resources):
        missing = (NotSeen(what=shown(index.root), because="defines none of the resources of this input"),)
    return msgspec.structs.replace(
        source,
        after=after,
        before=_world(source.before, index) if source.before else None,
        drifted=_world(source.drifted, index) if source.drifted else None,
        not_seen=(*source.not_seen, *index.not_seen, *missing),
    )


def _world(world: World, index: Positions) -> World:
    return msgspec.structs.replace(
        world,
        resources=tuple(_placed(r, index) for r in world.resources),
        data=tuple(_placed(r, index) for r in world.data),
        configuration=_with_locals(world.configuration, (), index) if world.configuration else None,
    )


def _placed(resource: Resource, index: Positions) -> Resource:
    if " (" in resource.address.rsplit("]", 1)[-1]:
        return resource  # a deposed or forgotten object is not what the configuration describes
    name = f"{resource.type}.{resource.name}"
    found = index.blocks.get((module_path(resource.module), name if resource.mode == "managed" else f"data.{name}"))
    return resource if found is None else msgspec.structs.replace(resource, positions=found)


def _with_locals(config: ModuleConfig, path: tuple[str, ...], index: Positions) -> ModuleConfig:
    return msgspec.structs.replace(
        config,
        calls={name: _call(call, (*path, name), index) for name, call in config.calls.items()},
        locals=index.locals.get(path),
    )


def _call(call: ModuleCall, path: tuple[str, ...], index: Positions) -> ModuleCall:
    return msgspec.structs.replace(call, module=_with_locals(call.module, path, index))
