"""The catalogue, asked the way the engine asks: what is known of a type, and which companions concern it."""

from __future__ import annotations

from collections.abc import Container

import msgspec

from tfsrm.model.catalog import (
    Catalog,
    Control,
    LineOverride,
    Model,
    ResourceType,
    Role,
    Service,
    Settles,
    TypeDuty,
    Variant,
    decommission_duties,
    joint_owner,
    standing_duties,
)
from tfsrm.model.condition import Owner


class Known(msgspec.Struct, frozen=True):
    """A catalogued resource type with its service and role."""

    service: Service
    type: ResourceType
    role: Role
    computed: frozenset[str]
    """Attributes that AWS may fill in by itself."""
    secrets: tuple[str, ...]
    """Attributes never to be printed."""

    @property
    def duties(self) -> list[TypeDuty]:
        """Its standing duties, those of its role too."""
        return standing_duties(self.type, self.role)

    @property
    def on_delete(self) -> list[TypeDuty]:
        """Its decommission duties, those of its role too."""
        return decommission_duties(self.type, self.role)


class Knowledge:
    """Look-ups over a catalogue; services are read when a type of theirs is asked for."""

    def __init__(self, catalog: Catalog) -> None:
        index = catalog.index
        self.catalog = catalog
        self.controls: dict[str, Control] = {c.id: c for c in index.controls}
        self.models: dict[str, Model] = {m.id: m for m in index.model.models}
        self.roles: dict[str, Role] = {r.id: r for r in index.roles}
        self.lifecycles = {life.id: life for life in index.lifecycles}
        self.layers = index.model.layers
        self._parts = {layer.id: [p.id for p in layer.parts] for layer in index.model.layers}
        self._known: dict[str, Known | None] = {}

    def of(self, resource_type: str) -> Known | None:
        """What the catalogue says of a type; None: a gap."""
        if resource_type not in self._known:
            self._known[resource_type] = self._look_up(resource_type)
        return self._known[resource_type]

    def _look_up(self, resource_type: str) -> Known | None:
        entry = self.catalog.entry(resource_type)
        if entry is None:
            return None
        return Known(entry.service, entry.type, self.roles[entry.type.role], entry.computed, entry.secrets)

    def fills(self, resource_type: str) -> frozenset[str]:
        """Attributes of a type that AWS may fill in by itself."""
        known = self.of(resource_type)
        return known.computed if known else frozenset()

    def secrets(self, resource_type: str) -> tuple[str, ...]:
        """Attributes of a type that are never printed."""
        known = self.of(resource_type)
        return known.secrets if known else ()

    def settlers(self, host: str, present: Container[str], role: str = "") -> list[tuple[str, Settles]]:
        """(companion type, what it settles) for a host type, or ``account``; only companion types that are ``present``."""
        hosts = self.catalog.index.hosts
        types = dict.fromkeys([*hosts.get(host, ()), *(hosts.get(f"role:{role}", ()) if role else ())])
        out: list[tuple[str, Settles]] = []
        for companion in types:
            if companion not in present:
                continue
            known = self.of(companion)
            out += [(companion, s) for s in (known.type.settles if known else ()) if concerns(s, host, role)]
        return out

    def may_be_settled(self, host: str, role: str, control: str, facet: str) -> bool:
        """Whether a companion of any type, in this world or not, speaks of a facet of a host type."""
        settled, wanted = self.catalog.index.settled, f"{control}/{facet}"
        return wanted in settled.get(host, ()) or wanted in settled.get(f"role:{role}", ())

    def service_of_gap(self, resource_type: str) -> str | None:
        """The AWS service that a type of no mapping file belongs to, by the longest prefix."""
        found = [g for g in self.catalog.index.gaps if resource_type.startswith(g.prefix)]
        return max(found, key=lambda g: len(g.prefix)).service if found else None

    def line(self, known: Known, variant: Variant | None) -> dict[str, Owner]:
        """part -> owner, for a type in a variant: the model's line with the overrides of service, type and variant."""
        model = (variant.model if variant else None) or known.type.model or known.service.model
        line: dict[str, Owner] = dict(self.models[model].line)
        overrides: list[LineOverride] = [*known.service.line, *known.type.line, *(variant.line if variant else ())]
        for override in overrides:
            line[override.part] = override.owner
        return line

    def model_of(self, known: Known, variant: Variant | None) -> str:
        """The service model of a type in a variant."""
        return (variant.model if variant else None) or known.type.model or known.service.model

    def layered(self, line: dict[str, Owner]) -> dict[str, Owner]:
        """layer -> owner, from the owners of its parts."""
        return {layer: joint_owner([line.get(p, "none") for p in parts]) for layer, parts in self._parts.items()}

    def owner(self, control: Control, line: dict[str, Owner]) -> Owner:
        """Whose a control is in a line: the owner of its part, or of its layer; a customer-specific one is never shared."""
        if control.part is not None:
            found = line.get(control.part, "none")
        else:
            found = joint_owner([line.get(p, "none") for p in self._parts[control.layer]])
        return "customer" if found == "shared" and control.control_class == "customer-specific" else found

    def identities(self) -> dict[str, list[str]]:
        """type -> the attributes by which others name it, for the types looked up so far."""
        return {t: list(known.type.identity) for t, known in self._known.items() if known is not None}


def concerns(settles: Settles, host: str, role: str) -> bool:
    """Whether a ``settles`` speaks of this host type."""
    wanted = [settles.of] if isinstance(settles.of, str) else settles.of
    return host in wanted or (bool(role) and f"role:{role}" in wanted)
