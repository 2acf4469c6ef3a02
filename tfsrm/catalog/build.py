"""Pieces -> Catalog: the index that every run needs, and the services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from tfsrm.catalog.folder import Pieces
from tfsrm.catalog.location import services_file
from tfsrm.catalog.provider_schema import ProviderSchema
from tfsrm.model.catalog import (
    Catalog,
    CatalogIndex,
    Entry,
    Framework,
    Gapped,
    ModelFile,
    RequirementRef,
    ResourceType,
    Service,
)


def build(pieces: Pieces, schema: ProviderSchema, version: str, digest: str) -> Catalog:
    """The catalogue of sound pieces, every service at hand."""
    model = pieces.model or ModelFile(layers=[], models=[], severities=[], account_duties=[])
    types = {found.type: stem for stem, _, found in _types(pieces.services)}
    index = CatalogIndex(
        version=version,
        digest=digest,
        provider_version=schema.version,
        resource_types=len(types),
        model=model,
        roles=pieces.roles,
        controls=pieces.controls,
        types=dict(sorted(types.items())),
        hosts=hosts(pieces.services),
        settled=settled(pieces.services),
        gaps=gaps(),
        lifecycles=pieces.lifecycles,
    )
    services = dict(pieces.services)
    references = requirements(pieces.frameworks)
    found_in = {found.type: (service, found) for _, service, found in _types(services)}

    @cache
    def entry(resource_type: str) -> Entry | None:
        if resource_type not in found_in:
            return None
        return Entry(*found_in[resource_type], *filled(schema, resource_type))

    return Catalog(
        index=index,
        entry=entry,
        requirements=lambda key: references.get(key, []),
        services=lambda: services,
    )


def filled(schema: ProviderSchema, resource_type: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """What AWS may fill in of a type, and what of it is never printed."""
    if resource_type not in schema:
        return frozenset(), ()
    return frozenset(schema.computed(resource_type)), tuple(schema.secrets(resource_type))


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


def settled(services: dict[str, Service]) -> dict[str, list[str]]:
    """What is settled (as in ``hosts``) -> the facets of it (``control/facet``) that some companion speaks of."""
    out: dict[str, set[str]] = {}
    for _, _, found in _types(services):
        for one in found.settles:
            for host in [one.of] if isinstance(one.of, str) else one.of:
                out.setdefault(host, set()).add(f"{one.control}/{one.facet}")
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
