"""Mapping files -> ``mappings/compiled/``: what is read at run time.

The same files give the same bytes; one duty stands on one line, so that a change can be read in a diff. Examples are left
out: they prove the catalogue, they are no part of it.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any, TypeVar

import msgspec
from msgspec import structs

from tfsrm import __version__
from tfsrm.catalog.build import build, requirements
from tfsrm.catalog.compiled import INDEX, REQUIREMENTS, SERVICES, Shelf
from tfsrm.catalog.folder import Loaded, Pieces, load_shipped
from tfsrm.catalog.location import compiled_folder
from tfsrm.catalog.provider_schema import provider_schema
from tfsrm.catalog.schema import write_schemas
from tfsrm.model.catalog import Catalog, Framework, RequirementRef, Service
from tfsrm.model.condition import Part

P = TypeVar("P", bound=Part)

_ONE_PER_LINE = {
    "account_duties", "computed", "controls", "duties", "gaps", "hosts", "layers", "lifecycles", "models", "on_delete",
    "requirements", "resources", "roles", "secrets", "settled", "settles", "types", "variants", "versions",
}  # fmt: skip
"""Fields whose elements stand on a line of their own."""


def compile_shipped() -> str:
    """Write the compiled catalogue and the schemas; says what it wrote. Raises MappingError."""
    loaded = load_shipped()
    catalog = catalog_of(loaded)
    folder = compiled_folder()
    files = compiled_files(catalog, loaded.pieces.frameworks)
    os.makedirs(os.path.join(folder, SERVICES), exist_ok=True)
    for name in os.listdir(os.path.join(folder, SERVICES)):
        if f"{SERVICES}/{name}" not in files:
            os.remove(os.path.join(folder, SERVICES, name))
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as handle:
            handle.write(data)
    schemas = write_schemas()
    index = catalog.index
    return (
        f"mappings/compiled: {index.resource_types} resource types of {len(catalog.services())} services, "
        f"{len(index.controls)} controls, {sum(map(len, files.values())) // 1024} KiB; "
        f"mappings/schema: {len(schemas)} schemas."
    )


def catalog_of(loaded: Loaded) -> Catalog:
    """The catalogue of one folder, without examples: what ``compile`` writes and ``open_catalog`` reads back."""
    return build(without_examples(loaded.pieces), provider_schema(), __version__, digest(loaded))


def digest(loaded: Loaded) -> str:
    """``sha256:`` over the mapping files and the version of the provider's schema."""
    found = hashlib.sha256(provider_schema().version.encode())
    for file in loaded.files:
        with open(file.path, "rb") as handle:
            data = handle.read()
        found.update(f"\0{file.inside}\0{len(data)}\0".encode() + data)
    return f"sha256:{found.hexdigest()}"


def without_examples(pieces: Pieces) -> Pieces:
    """The same pieces, no examples."""
    model = pieces.model
    return Pieces(
        services={stem: _bare(service) for stem, service in sorted(pieces.services.items())},
        controls=pieces.controls,
        roles=[_bare(role) for role in pieces.roles],
        model=_bare(model) if model is not None else None,
        frameworks=pieces.frameworks,
        lifecycles=pieces.lifecycles,
    )


def _bare(piece: P) -> P:
    changed: dict[str, Any] = {}
    for name in piece.__struct_fields__:
        value = getattr(piece, name)
        if name == "examples":
            changed[name] = []
        elif isinstance(value, list) and value and isinstance(value[0], Part):
            changed[name] = [_bare(child) for child in value]
    return structs.replace(piece, **changed) if changed else piece


def compiled_files(catalog: Catalog, frameworks: list[Framework]) -> dict[str, bytes]:
    """Path below ``compiled/`` -> its bytes."""
    files = {
        INDEX: _json(catalog.index),
        REQUIREMENTS: _json(requirements(frameworks)),
    }
    for stem, service in catalog.services().items():
        files[f"{SERVICES}/{stem}.json"] = _json(shelf_of(service, catalog))
    return files


def shelf_of(service: Service, catalog: Catalog) -> Shelf:
    """A service as it is stored: its types one by one, with what the provider's schema says of them."""
    entries = {found.type: entry for found in service.resources if (entry := catalog.entry(found.type))}
    return Shelf(
        service=structs.replace(service, resources=[]),
        types={name: msgspec.Raw(msgspec.json.encode(entry.type)) for name, entry in entries.items()},
        computed={name: sorted(entry.computed) for name, entry in entries.items() if entry.computed},
        secrets={name: list(entry.secrets) for name, entry in entries.items() if entry.secrets},
    )


def _json(value: Shelf | Part | dict[str, list[RequirementRef]]) -> bytes:
    key = "requirements" if isinstance(value, dict) else ""
    return (_laid_out(msgspec.json.decode(msgspec.json.encode(value)), key) + "\n").encode()


def _laid_out(value: Any, key: str) -> str:
    """Compact JSON, but for the fields whose elements stand on lines of their own."""
    if isinstance(value, dict):
        glue = ",\n" if key in _ONE_PER_LINE else ","
        inner = glue.join(f"{_text(name)}:{_laid_out(child, name)}" for name, child in value.items())
        return f"{{\n{inner}\n}}" if key in _ONE_PER_LINE and value else f"{{{inner}}}"
    if isinstance(value, list):
        split = key in _ONE_PER_LINE and bool(value) and isinstance(value[0], dict)
        inner = (",\n" if split else ",").join(_laid_out(child, "") for child in value)
        return f"[\n{inner}\n]" if split else f"[{inner}]"
    return _text(value)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
