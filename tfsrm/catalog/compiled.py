"""The compiled catalogue, read: an index at once, each service when a type of it is looked up.

On the path of every run: no YAML, no pathlib, only msgspec.
"""

from __future__ import annotations

import os
from functools import cache

import msgspec

from tfsrm.catalog.location import compiled_folder
from tfsrm.errors import TfsrmError
from tfsrm.model.catalog import Catalog, CatalogIndex, Framework, Service

INDEX = "index.json"
FRAMEWORKS = "frameworks.json"
SERVICES = "aws"


def open_catalog() -> Catalog:
    """The shipped catalogue, its services read when they are needed. Raises TfsrmError where it is not there or broken."""
    index = msgspec.json.decode(_read(INDEX), type=CatalogIndex)
    return Catalog(index=index, services={}, read_service=read_service)


def read_service(stem: str) -> Service:
    """The service of one mapping file. Raises TfsrmError."""
    return _services().decode(_read(os.path.join(SERVICES, f"{stem}.json")))


def read_frameworks() -> list[Framework]:
    """The frameworks with their titles and requirements. Raises TfsrmError."""
    return msgspec.json.decode(_read(FRAMEWORKS), type=list[Framework])


@cache
def _services() -> msgspec.json.Decoder[Service]:
    return msgspec.json.Decoder(Service)


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
