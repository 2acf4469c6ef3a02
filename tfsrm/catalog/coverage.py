"""How much of the AWS provider the catalogue answers, and how: types by role and by service, with conditions, with examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from tfsrm.catalog.provider_schema import ProviderSchema
from tfsrm.model.catalog import Catalog, ResourceType
from tfsrm.model.condition import Condition


class Covered(msgspec.Struct, frozen=True):
    """One catalogued resource type."""

    type: str
    service: str
    role: str
    conditions: tuple[str, ...]
    """The control of every facet that a condition judges, here or through a companion that this type is."""
    examples: int
    no_duty: bool


class Coverage(msgspec.Struct, frozen=True):
    """The catalogue against the provider's schema."""

    provider_version: str
    provider_types: int
    types: tuple[Covered, ...]
    missing: tuple[str, ...]
    """Types of the provider that no mapping file answers."""

    @property
    def controls(self) -> Counter[str]:
        """Control -> how many facets of it a condition judges."""
        return Counter(control for found in self.types for control in found.conditions)


def coverage(catalog: Catalog, schema: ProviderSchema) -> Coverage:
    """Count what the mapping files say. The catalogue must come from its YAML files: the compiled one has no examples."""
    found = tuple(
        Covered(
            type=kind.type,
            service=service.service,
            role=kind.role,
            conditions=tuple(_judged(kind)),
            examples=sum(len(d.examples) for d in (*kind.duties, *kind.on_delete))
            + sum(len(s.examples) for s in kind.settles),
            no_duty=kind.no_duty is not None,
        )
        for service in catalog.services().values()
        for kind in service.resources
    )
    known = {c.type for c in found}
    types = schema.types()
    return Coverage(
        provider_version=schema.version,
        provider_types=len(types),
        types=found,
        missing=tuple(sorted(t for t in types if t not in known)),
    )


def _judged(kind: ResourceType) -> Iterator[str]:
    for duty in (*kind.duties, *kind.on_delete):
        yield from (duty.control for f in duty.facets if _asks(f.met_when) or _asks(f.unmet_when))
    yield from (s.control for s in kind.settles if _asks(s.met_when) or _asks(s.unmet_when))


def _asks(condition: Condition | None) -> bool:
    """Whether a condition looks at anything (an empty ``any_of`` only says that nothing makes it worse)."""
    return condition is not None and condition != Condition(any_of=[])
