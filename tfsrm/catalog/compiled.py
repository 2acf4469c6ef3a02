"""The compiled catalogue, read: an index at once, a service's file when a type of it is looked up, and of that the type alone.

On the path of every run: no YAML, no pathlib, only msgspec.
"""

from __future__ import annotations

import os
from functools import cache

import msgspec

from tfsrm.catalog.location import compiled_folder
from tfsrm.errors import TfsrmError
from tfsrm.model.catalog import Catalog, CatalogIndex, Entry, RequirementRef, ResourceType, Service

INDEX = "index.json"
REQUIREMENTS = "requirements.json"
SERVICES = "aws"


class Shelf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One compiled service file."""

    service: Service
    """Without its resource types."""
    types: dict[str, msgspec.Raw]
    """Resource type -> ResourceType."""
    computed: dict[str, list[str]]
    secrets: dict[str, list[str]]


def open_catalog() -> Catalog:
    """The shipped catalogue, read as it is asked for. Raises TfsrmError where it is not there or broken."""
    index = msgspec.json.decode(_read(INDEX), type=CatalogIndex)
    shelf = cache(_shelf)

    @cache
    def entry(resource_type: str) -> Entry | None:
        stem = index.types.get(resource_type)
        return _entry(shelf(stem), resource_type) if stem is not None else None

    raw = cache(_requirements)

    @cache
    def requirements(key: str) -> list[RequirementRef]:
        return _references().decode(raw()[key]) if key in raw() else []

    return Catalog(
        index=index,
        entry=entry,
        requirements=requirements,
        services=lambda: {stem: _whole(shelf(stem)) for stem in sorted(set(index.types.values()))},
    )


def _requirements() -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(_read(REQUIREMENTS), type=dict[str, msgspec.Raw])


def _shelf(stem: str) -> Shelf:
    return _shelves().decode(_read(os.path.join(SERVICES, f"{stem}.json")))


def _entry(shelf: Shelf, name: str) -> Entry:
    return Entry(
        shelf.service,
        _types().decode(shelf.types[name]),
        frozenset(shelf.computed.get(name, ())),
        tuple(shelf.secrets.get(name, ())),
    )


def _whole(shelf: Shelf) -> Service:
    return msgspec.structs.replace(shelf.service, resources=[_types().decode(raw) for raw in shelf.types.values()])


@cache
def _shelves() -> msgspec.json.Decoder[Shelf]:
    return msgspec.json.Decoder(Shelf)


@cache
def _references() -> msgspec.json.Decoder[list[RequirementRef]]:
    return msgspec.json.Decoder(list[RequirementRef])


@cache
def _types() -> msgspec.json.Decoder[ResourceType]:
    return msgspec.json.Decoder(ResourceType)


def _read(name: str) -> bytes:
    path = os.path.join(compiled_folder(), name)
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except OSError as error:
        text = f"{path}: the compiled catalogue cannot be read: {error.strerror}"
        raise TfsrmError(
            f"{text}\n  In a working tree: python -m tfsrm catalog compile. Else: install tfsrm again."
        ) from error
