"""The raw state file, version 4: ``terraform.tfstate``, the output of ``terraform state pull``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from tfsrm.errors import InputError
from tfsrm.model.world import Input, NotSeen, Resource, Tree, World
from tfsrm.sources.addresses import deposed, join
from tfsrm.sources.configuration import values
from tfsrm.sources.documents import Document, decode
from tfsrm.sources.providers import provider_and_config
from tfsrm.sources.state import remote_states

VERSION = 4


class Instance(msgspec.Struct):
    """One object."""

    index_key: int | str | None = None
    deposed: str | None = None
    attributes: Raw = Raw()
    sensitive_attributes: Raw = Raw()


class RawResource(msgspec.Struct):
    """A resource with its instances."""

    mode: str = "managed"
    type: str = ""
    name: str = ""
    module: str = ""
    provider: str = ""
    instances: list[Instance] | None = None


class StateFile(msgspec.Struct):
    """A state file of version 4."""

    terraform_version: str | None = None
    resources: list[RawResource] | None = None


class _Version(msgspec.Struct):
    version: Any = None


def read(document: Document) -> Input:
    """Read a state file. Raises InputError."""
    version = decode(document, _Version, "a state file").version
    if version != VERSION:
        raise _other_version(document, version)
    state = decode(document, StateFile, "a state file")
    found, missing = [], []
    for resource in state.resources or ():
        for instance in resource.instances or ():
            held = _resource(resource, instance)
            if held.values is None:
                missing.append(
                    NotSeen(what=held.address, because="the state holds it in a form that only old providers wrote")
                )
            found.append(held)
    data = tuple(r for r in found if r.mode == "data")
    return Input(
        kind="state",
        path=document.where,
        digest=document.digest,
        terraform_version=state.terraform_version,
        not_seen=(*remote_states(data), *missing),
        after=World(resources=tuple(r for r in found if r.mode == "managed"), data=data),
    )


def _other_version(document: Document, version: object) -> InputError:
    if isinstance(version, int) and 0 < version < VERSION:
        return InputError(
            document.where,
            f"a state file of version {version}, as Terraform 0.11 and older wrote it",
            "Upgrade it with Terraform 0.12 or later, then: terraform show -json > state.json",
        )
    shown = version if isinstance(version, int) else "none"
    what = f"a state file of version {shown}; this version of tfsrm reads version {VERSION}"
    return InputError(document.where, what, "Use the stable format: terraform show -json > state.json")


def _resource(resource: RawResource, instance: Instance) -> Resource:
    address = join(resource.module, resource.mode, resource.type, resource.name, instance.index_key)
    provider, config = provider_and_config(resource.provider)
    return Resource(
        address=deposed(address, instance.deposed),
        module=resource.module,
        mode=resource.mode,
        type=resource.type,
        name=resource.name,
        key=instance.index_key,
        provider=provider,
        provider_config=config,
        values=values(instance.attributes),
        sensitive=_mask(instance.sensitive_attributes),
    )


def _mask(raw: Raw) -> Tree:
    """``sensitive_attributes`` (paths) as a mask; everything is sensitive where the paths cannot be read."""
    if bytes(memoryview(raw)[:5]) in (b"", b"[]", b"null"):
        return None
    try:
        paths = [list(_steps(path)) for path in msgspec.json.decode(raw, type=list[list[dict[str, Any]]])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, ValueError, KeyError):
        return True
    mask: Any = {}
    for path in paths:
        mask = _marked(mask, path)
    return mask  # type: ignore[no-any-return]


_MAX_INDEX = 10_000


def _steps(path: list[dict[str, Any]]) -> Iterator[int | str]:
    for step in path:
        value = step["value"]
        if step["type"] == "index":
            value = value["value"]
        if (
            isinstance(value, bool)
            or not isinstance(value, int | str)
            or (isinstance(value, int) and not 0 <= value < _MAX_INDEX)
        ):
            raise ValueError("an element of a set")
        yield value


def _marked(mask: Any, path: list[int | str]) -> Any:
    """The mask with one more path marked."""
    if not path or mask is True:
        return True
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        items = mask if isinstance(mask, list) else []
        items = items + [False] * (head + 1 - len(items))
        items[head] = _marked(items[head], rest)
        return items
    if isinstance(mask, list):
        return True
    return {**(mask or {}), head: _marked((mask or {}).get(head), rest)}
