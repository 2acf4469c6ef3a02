"""What every check of the linter looks things up in, and where it reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from tfsrm.catalog.folder import Loaded, Pieces
from tfsrm.catalog.provider_schema import ProviderSchema
from tfsrm.catalog.shapes import did_you_mean
from tfsrm.model.catalog import (
    Control,
    Facet,
    ResourceType,
    Role,
    Service,
    TypeDuty,
    Variant,
    decommission_duties,
    standing_duties,
)
from tfsrm.model.condition import Owner, Part


class DutyAt(NamedTuple):
    """A duty and what it belongs to: a type of a service, a role, a service, or (nothing of these) the account."""

    duty: TypeDuty
    decommission: bool = False
    service: Service | None = None
    type: ResourceType | None = None
    role: Role | None = None

    @property
    def kind(self) -> str:
        if self.type is not None:
            return "type"
        return "role" if self.role is not None else "service" if self.service is not None else "account"


class Scope:
    """The pieces to check (``own``), everything they may refer to (``all``), and the problems found so far."""

    def __init__(self, loaded: Loaded, everything: Pieces, schema: ProviderSchema, today: date, shipped: bool) -> None:
        self.loaded, self.own, self.all = loaded, loaded.pieces, everything
        self.schema, self.today, self.shipped = schema, today, shipped
        self.places = loaded.places
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self.controls: dict[str, Control] = {c.id: c for c in everything.controls}
        self.roles: dict[str, Role] = {r.id: r for r in everything.roles}
        self.lifecycles = {life.id for life in everything.lifecycles}
        self.types: dict[str, tuple[Service, ResourceType]] = {
            r.type: (service, r) for service in everything.services.values() for r in service.resources
        }
        layers = everything.model.layers if everything.model else []
        self.layers = {layer.id: [part.id for part in layer.parts] for layer in layers}
        self.parts = {part for parts in self.layers.values() for part in parts}
        self.models = {m.id: m for m in everything.model.models} if everything.model else {}

    def wrong(self, piece: Part, field: str | None, text: str) -> None:
        """A problem at a field of a piece."""
        self.problems.append(f"{self.places.where(piece, field)}: {text}")

    def doubt(self, piece: Part, field: str | None, text: str) -> None:
        """A warning: worth a look, no reason to refuse."""
        self.warnings.append(f"{self.places.where(piece, field)}: {text}")

    def refers(self, piece: Part, field: str | None, name: str, known: Iterable[str], what: str) -> bool:
        """Whether ``name`` is known; a problem where it is not (and was not left out for another problem)."""
        known = list(known)
        if name in known:
            return True
        if name not in self.loaded.dropped:
            self.wrong(piece, field, f"unknown {what} {name!r}{did_you_mean(name, known)}")
        return False

    def duties(self) -> Iterator[DutyAt]:
        """Every duty to check."""
        for service, found in self.own_types():
            yield from (DutyAt(d, False, service, found) for d in found.duties)
            yield from (DutyAt(d, True, service, found) for d in found.on_delete)
        for service in self.own.services.values():
            yield from (DutyAt(d, False, service) for d in service.duties)
        for role in self.own.roles:
            yield from (DutyAt(d, False, role=role) for d in role.duties)
            yield from (DutyAt(d, True, role=role) for d in role.on_delete)
        if self.own.model is not None:
            yield from (DutyAt(d) for d in self.own.model.account_duties)

    def own_types(self) -> Iterator[tuple[Service, ResourceType]]:
        for service in self.own.services.values():
            for found in service.resources:
                yield service, found

    def effective(self, found: ResourceType, decommission: bool) -> list[TypeDuty]:
        """The duties of a type and those of its role that it neither refines nor lacks."""
        role = self.roles.get(found.role)
        if role is None:
            return found.on_delete if decommission else found.duties
        return decommission_duties(found, role) if decommission else standing_duties(found, role)

    def types_of_role(self, role: str) -> list[ResourceType]:
        return [found for _, found in self.types.values() if found.role == role]

    def line(self, service: Service, found: ResourceType | None, variant: Variant | None) -> dict[str, Owner] | None:
        """part -> owner; None where the service model is not known."""
        name = (variant.model if variant else None) or (found.model if found else None) or service.model
        model = self.models.get(name)
        if model is None:
            return None
        line: dict[str, Owner] = dict(model.line)
        overrides = [*service.line, *(found.line if found else []), *(variant.line if variant else [])]
        line.update({o.part: o.owner for o in overrides})
        return line

    def host_facets(self, host: str, control: str) -> list[Facet] | None:
        """The facets of a duty of a host type, a role (``role:NAME``) or the account; None: it has no such duty."""
        if host == "account":
            duties = self.all.model.account_duties if self.all.model else []
        elif host.startswith("role:"):
            role = self.roles.get(host.removeprefix("role:"))
            duties = [*role.duties, *role.on_delete] if role else []
        else:
            _, found = self.types[host]
            duties = [*self.effective(found, False), *self.effective(found, True)]
        facets = [d.facets for d in duties if d.control == control]
        return [f for fs in facets for f in fs] if facets else None
