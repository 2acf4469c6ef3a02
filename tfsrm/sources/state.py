"""States as ``terraform show -json`` writes them, and the ``values`` tree that plans hold too.

Annotations are real objects here: msgspec would evaluate text ones at every start.
"""

from collections.abc import Container, Iterator

import msgspec
from msgspec import Raw

from tfsrm.model.world import Input, NotSeen, Resource, World
from tfsrm.sources.addresses import deposed
from tfsrm.sources.configuration import tree, values
from tfsrm.sources.documents import Document, decode
from tfsrm.sources.duplicates import refuse_duplicate_keys
from tfsrm.sources.format_version import check_format
from tfsrm.sources.providers import provider


class StateResource(msgspec.Struct):
    """An object of the state."""

    address: str
    type: str = ""
    name: str = ""
    mode: str = "managed"
    index: int | str | None = None
    provider_name: str = ""
    values: Raw = Raw()
    sensitive_values: Raw = Raw()
    deposed_key: str | None = None


class StateModule(msgspec.Struct):
    """A module of the state with its child modules."""

    address: str = ""
    resources: list[StateResource] | None = None
    child_modules: "list[StateModule] | None" = None


class StateValues(msgspec.Struct):
    """The ``values`` of a state, the ``planned_values`` of a plan."""

    root_module: StateModule | None = None


class State(msgspec.Struct):
    """A state."""

    format_version: str | None = None
    terraform_version: str | None = None
    values: StateValues | None = None


def resources(state: StateValues | None, but: Container[str] = ()) -> Iterator[Resource]:
    """All objects of a values tree, data sources too, ``but`` for some addresses."""
    pending = [state.root_module] if state and state.root_module else []
    while pending:
        module = pending.pop()
        for held in module.resources or ():
            if deposed(held.address, held.deposed_key) not in but:
                yield _resource(held, module.address)
        pending.extend(reversed(module.child_modules or ()))


def _resource(held: StateResource, module: str) -> Resource:
    return Resource(
        address=deposed(held.address, held.deposed_key),
        module=module,
        mode=held.mode,
        type=held.type,
        name=held.name,
        key=held.index,
        provider=provider(held.provider_name),
        values=values(held.values),
        sensitive=tree(held.sensitive_values),
    )


def remote_states(data: tuple[Resource, ...]) -> Iterator[NotSeen]:
    """Other states that an input reads from: their resources are not part of it."""
    for source in data:
        if source.type == "terraform_remote_state":
            yield NotSeen(what=source.address, because="the resources of another state are not part of this input")


def read(document: Document) -> Input:
    """Read a state. Raises InputError."""
    refuse_duplicate_keys(document, ("values",), "root_module")
    state = decode(document, State, "a state")
    newer = check_format(document, state.format_version, "state")
    found = list(resources(state.values))
    data = tuple(r for r in found if r.mode == "data")
    return Input(
        kind="state",
        path=document.where,
        digest=document.digest,
        terraform_version=state.terraform_version,
        caveats=(newer_format(newer),) if newer else (),
        not_seen=tuple(remote_states(data)),
        after=World(resources=tuple(r for r in found if r.mode == "managed"), data=data),
    )


def newer_format(version: str) -> str:
    """The caveat of a format that is newer than the newest known."""
    return f"Written in format {version}, which is newer than this version of tfsrm; what it adds is not read."
