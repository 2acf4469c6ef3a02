"""Pieces -> Catalog: the index that every run needs, and the services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tfsrm.catalog.folder import Pieces
from tfsrm.catalog.location import services_file
from tfsrm.catalog.provider_schema import ProviderSchema
from tfsrm.model.catalog import (
    Catalog,
    CatalogIndex,
    Condition,
    Framework,
    Gapped,
    ModelFile,
    Part,
    RequirementRef,
    ResourceType,
    Service,
)


def build(pieces: Pieces, schema: ProviderSchema, version: str, digest: str) -> Catalog:
    """The catalogue of sound pieces, every service at hand."""
    model = pieces.model or ModelFile(layers=[], models=[], severities=[], account_duties=[])
    types = {found.type: stem for stem, _, found in _types(pieces.services)}
    told = sorted({*types, *companions(pieces.services.values())})
    known = [t for t in told if t in schema]
    index = CatalogIndex(
        version=version,
        digest=digest,
        provider_version=schema.version,
        resource_types=len(types),
        model=model,
        roles=pieces.roles,
        controls=pieces.controls,
        requirements=requirements(pieces.frameworks),
        types=dict(sorted(types.items())),
        hosts=hosts(pieces.services),
        gaps=gaps(),
        lifecycles=pieces.lifecycles,
        computed={t: paths for t in known if (paths := schema.computed(t))},
        secrets={t: names for t in known if (names := schema.secrets(t))},
    )
    return Catalog(index=index, services=dict(pieces.services))


def _types(services: dict[str, Service]) -> Iterator[tuple[str, Service, ResourceType]]:
    for stem, service in services.items():
        for found in service.resources:
            yield stem, service, found


def hosts(services: dict[str, Service]) -> dict[str, list[str]]:
    """What is settled (resource type, ``role:NAME`` or ``account``) -> the companion types that do."""
    out: dict[str, set[str]] = {}
    for _, _, found in _types(services):
        for settled in found.settles:
            for host in [settled.of] if isinstance(settled.of, str) else settled.of:
                out.setdefault(host, set()).add(found.type)
    return {host: sorted(found) for host, found in sorted(out.items())}


def requirements(frameworks: Iterable[Framework]) -> dict[str, list[RequirementRef]]:
    """control -> requirements for every type; ``control|type`` -> those of that type only."""
    out: dict[str, list[RequirementRef]] = {}
    for framework in frameworks:
        for requirement in framework.requirements:
            reference = RequirementRef(framework=framework.id, id=requirement.id)
            for control in requirement.controls:
                for key in [f"{control}|{t}" for t in requirement.types] or [control]:
                    out.setdefault(key, []).append(reference)
    return dict(sorted(out.items()))


def gaps() -> list[Gapped]:
    """Prefixes of resource types and the AWS services they belong to."""
    with open(services_file(), "rb") as handle:
        return msgspec.json.decode(handle.read(), type=list[Gapped])


def companions(services: Iterable[Service]) -> set[str]:
    """Resource types that conditions ask as companions."""
    return {c.companion for service in services for c in _conditions(service) if c.companion}


def _conditions(piece: Part) -> Iterator[Condition]:
    if isinstance(piece, Condition):
        yield piece
    for name in piece.__struct_fields__:
        value = getattr(piece, name)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, Part):
                yield from _conditions(child)
