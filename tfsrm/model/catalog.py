"""What we know: controls, roles, service models, AWS services and their resource types.

These Structs are at once the shape of the mapping files (``mappings/README.md`` explains them to people), the source of
their JSON Schemas and the shape of the compiled catalogue. Unknown fields are errors.

Annotations are real, not text (no ``from __future__ import annotations``): msgspec would have to evaluate some 200 of
them at every start, which takes longer than decoding the index.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

import msgspec

from tfsrm.model.condition import (
    Across,
    Condition,
    ControlClass,
    Default,
    Id,
    Owner,
    Part,
    Scope,
    Severity,
    Source,
    Url,
    Verdict,
    form,
)


class Facet(Part, frozen=True, kw_only=True):
    """One part of a duty, judged by itself or asked.

    ``met_when`` alone: yes is met, no is unmet. ``unmet_when`` alone: yes is unmet, no is met. With ``ask`` beside them, or
    where both are given, what the conditions leave open is asked (``attest``). ``ask`` alone: always asked.
    """

    id: Id
    says: str | None = None
    """What holds when it is met, one plain sentence."""
    ask: str | None = None
    """A question to a person, naming something in this plan."""
    met_when: Condition | None = None
    unmet_when: Condition | None = None
    default: Default | None = None


class Example(Part, frozen=True, kw_only=True):
    """HCL that proves a condition; run by ``tfsrm catalog test``."""

    title: str
    facet: str
    verdict: Verdict
    hcl: str
    of: str | None = None
    """Name of the resource to look at where the HCL holds several of the type."""
    today: date | None = None
    since_created: bool = True
    """False: the object is older than the plan (tests ``default.since``)."""


class TypeDuty(Part, frozen=True, kw_only=True):
    """A duty of a resource type (or of a role, a service, an account): a control with its facets.

    A single facet may be written inline (``id``, ``says``, ``ask``, ``met_when``, ``unmet_when``, ``default``).
    """

    control: Id
    facets: list[Facet] = []
    id: Id | None = None
    says: str | None = None
    ask: str | None = None
    met_when: Condition | None = None
    unmet_when: Condition | None = None
    default: Default | None = None
    when: Condition | None = None
    """The duty exists only where this holds."""
    variants: list[str] = []
    """The duty exists only in these variants (names of the type's ``variants``; ``otherwise`` by its text)."""
    severity: Severity | None = None
    """Where it differs from the control's; give ``because``."""
    because: str | None = None
    customer_does: str | None = None
    """The customer's half for this type, where the control's own words are too general."""
    aws_does: str | None = None
    """AWS's half for this service, where the control's own words are too general."""
    sources: list[Source] = []
    examples: list[Example] = []
    rule: str = ""
    """``file:line``; written by the loader, never by hand."""


class LineOverride(Part, frozen=True, kw_only=True):
    """One part of a line that differs from the service model's."""

    part: str
    owner: Owner
    because: str
    source: Url | None = None


class Variant(Part, frozen=True, kw_only=True):
    """One way in which a type can be configured that moves the line.

    Tried in order; holds only if all earlier ones are surely no. The last one has ``otherwise`` instead of a name.
    """

    name: str | None = None
    when: Condition | None = None
    otherwise: str | None = None
    model: str | None = None
    """Service model in this variant; the service's where not given."""
    line: list[LineOverride] = []
    aws_does: str | None = None
    sources: list[Source] = []

    @property
    def title(self) -> str:
        return self.name or self.otherwise or ""


class Settles(Part, frozen=True, kw_only=True):
    """What a companion settles (or worsens) in another resource, or in the account."""

    of: str | list[str]
    """Resource type(s) of the host; ``account`` for an account-wide duty; ``role:NAME`` for every type of a role."""
    by: str | None = None
    """The companion's attribute that names the host."""
    by_tag: "ByTag | None" = None
    account_wide: bool = False
    """Holds for every host in the same provider configuration and Region, without naming one."""
    control: Id
    facet: Id
    across: Across = "any"
    """Several companions of this type on one host: one good one is enough (``any``), or all must be good (``all``)."""
    met_when: Condition | None = None
    unmet_when: Condition | None = None
    """Only ``unmet_when``: it can worsen the facet, never settle it. Neither condition: its presence settles it."""
    says: str | None = None
    """Words for the facet when the companion's host is not in the world; the host's own where not given."""
    sources: list[Source] = []
    examples: list[Example] = []
    rule: str = ""


class ByTag(Part, frozen=True, kw_only=True):
    """A link through a tag of the host: attribute paths of the companion that hold the tag's key and value."""

    key: str
    value: str


class Without(Part, frozen=True, kw_only=True):
    """A duty of the role that this type does not have."""

    control: Id
    because: str


class ResourceType(Part, frozen=True, kw_only=True):
    """One resource type of the AWS provider."""

    type: Annotated[str, form("^aws_[a-z0-9_]+$")]
    role: Id
    no_duty: str | None = None
    """Why the type puts no duty of its own on anyone; excludes duties."""
    identity: list[str] = []
    """Attributes by which others name it, beyond ``id``, ``arn`` and ``name``."""
    model: str | None = None
    line: list[LineOverride] = []
    variants: list[Variant] = []
    without: list[Without] = []
    duties: list[TypeDuty] = []
    on_delete: list[TypeDuty] = []
    settles: list[Settles] = []
    sources: list[Source] = []


class Service(Part, frozen=True, kw_only=True):
    """One AWS service: a file of ``mappings/aws/``."""

    service: str
    model: str
    model_because: str | None = None
    sources: list[Source]
    aws_does: str | None = None
    """What AWS does for this service, one sentence; used in the report's AWS line."""
    inherited: list[Id] = []
    """AWS-side controls (class inherited) beyond those of the service model."""
    line: list[LineOverride] = []
    duties: list[TypeDuty] = []
    """Duties of scope ``service``: once per service."""
    resources: list[ResourceType]


class RequirementRef(Part, frozen=True, kw_only=True):
    """A requirement of an outside framework."""

    framework: str
    id: str


class Control(Part, frozen=True, kw_only=True):
    """A thing that must hold, in our words."""

    id: Id
    title: str
    """Imperative, at most ten words."""
    theme: str = ""
    control_class: ControlClass = msgspec.field(name="class")
    layer: str
    part: str | None = None
    """Part of the layer, where model.yaml splits the layer."""
    severity: Severity
    severity_because: str
    scope: Scope = "resource"
    occasion: Literal["standing", "decommission"] = "standing"
    customer_does: str
    """The customer's half: imperative, concrete, at most 30 words."""
    aws_does: str
    """AWS's half, at most 30 words."""
    sources: list[Source]


class ControlFile(Part, frozen=True, kw_only=True):
    """A file of ``mappings/controls/``."""

    theme: str
    controls: list[Control]


class LayerPart(Part, frozen=True, kw_only=True):
    """A part of a layer that has an owner of its own."""

    id: Id
    title: str


class Layer(Part, frozen=True, kw_only=True):
    """A row of AWS's diagram, or one of our own."""

    id: Id
    title: str
    short: str
    """At most 24 characters: the label in a picture."""
    aws_diagram: bool
    """False: a row of our own, drawn apart."""
    parts: list[LayerPart]
    sources: list[Source] = []


class Model(Part, frozen=True, kw_only=True):
    """A service model: how far up the stack AWS goes."""

    id: Id
    title: str
    column: str | None = None
    """Column of domain.md 1.3 that it equals; null for a model of our own."""
    says: str
    line: dict[str, Owner]
    """part -> owner; every part of every layer."""
    inherited: list[Id]
    """The AWS-side controls of class inherited that hold for such a service."""
    sources: list[Source]


class ModelFile(Part, frozen=True, kw_only=True):
    """``mappings/model.yaml``."""

    layers: list[Layer]
    models: list[Model]
    severities: "list[SeverityLevel]"
    account_duties: list[TypeDuty]
    """Duties of scope ``account``: once per account, where the world holds anything of AWS."""


class SeverityLevel(Part, frozen=True, kw_only=True):
    """One step of the written scale of severity."""

    id: Severity
    says: str


class Role(Part, frozen=True, kw_only=True):
    """What kind of thing a resource type is; brings the duties that every such thing really has."""

    id: Id
    says: str
    holds_data: bool = False
    duties: list[TypeDuty] = []
    on_delete: list[TypeDuty] = []


class RoleFile(Part, frozen=True, kw_only=True):
    """``mappings/roles.yaml``."""

    roles: list[Role]


class Requirement(Part, frozen=True, kw_only=True):
    """One requirement of a framework and the controls that serve it."""

    id: str
    title: str
    """In our own words."""
    controls: list[Id]
    types: list[str] = []
    """Only for these resource types (Security Hub ids concern certain types only)."""
    how_sure: Literal["stated", "derived"] = "derived"


class Framework(Part, frozen=True, kw_only=True):
    """A file of ``mappings/frameworks/``."""

    id: Annotated[str, form(r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$")]
    """Kebab-case; a version in it may have dots (``cis-aws-6.0``)."""
    title: str
    version: str
    sources: list[Source]
    requirements: list[Requirement]


class VersionLife(Part, frozen=True, kw_only=True):
    """One version (or series: ``14`` covers 14.x) and the last day of its support."""

    version: str
    until: date | None = None
    """Null: supported, no end announced."""
    extended_until: date | None = None
    source: Url | None = None


class Lifecycle(Part, frozen=True, kw_only=True):
    """A file of ``mappings/lifecycle/``."""

    id: Id
    title: str
    sources: list[Source]
    ended_before: str | None = None
    """AWS's table begins here: the support of every lower version (``3.4.5`` of ``3.4.6``) has ended, on a day not listed."""
    versions: list[VersionLife]


class Gapped(Part, frozen=True, kw_only=True):
    """A resource prefix that no mapping file covers, with its service's name."""

    prefix: str
    service: str


class CatalogIndex(Part, frozen=True, kw_only=True):
    """What every run needs of the compiled catalogue; the services are read one by one."""

    version: str
    digest: str
    provider_version: str
    resource_types: int
    model: ModelFile
    roles: list[Role]
    controls: list[Control]
    types: dict[str, str]
    """resource type -> service file stem."""
    hosts: dict[str, list[str]]
    """resource type or ``account`` -> companion types that settle something of it."""
    settled: dict[str, list[str]] = {}
    """As ``hosts`` -> the facets of it (``control/facet``) that a companion speaks of."""
    gaps: list[Gapped]
    lifecycles: list[Lifecycle]


class Entry(msgspec.Struct, frozen=True):
    """What is on record of one resource type."""

    service: Service
    """Its service; which of the service's types it lists is left open."""
    type: ResourceType
    computed: frozenset[str]
    """Attribute names (top level, or ``block.name``) that are Optional and Computed."""
    secrets: tuple[str, ...]
    """Attribute names never to be printed."""


class Catalog(msgspec.Struct, kw_only=True, eq=False):
    """The catalogue in use."""

    index: CatalogIndex
    entry: Callable[[str], Entry | None]
    """Resource type -> what is on record of it; None: a gap."""
    requirements: Callable[[str], list[RequirementRef]]
    """Control -> the requirements that concern every type; ``control|type`` -> those of that type only."""
    services: Callable[[], dict[str, Service]]
    """Every service with all its types, by file stem; an ordinary run never asks for them all."""
    mappings: list[str] = []
    """Extra mapping folders of the user."""


def standing_duties(kind: ResourceType, role: Role) -> list[TypeDuty]:
    """A type's own duties, and those of its role that it neither refines nor lacks."""
    own = {d.control for d in kind.duties} | {w.control for w in kind.without}
    return [*kind.duties, *(d for d in role.duties if d.control not in own)]


def decommission_duties(kind: ResourceType, role: Role) -> list[TypeDuty]:
    """What is asked when such a thing goes away: its own, and those of its role that it neither refines nor lacks."""
    own = {d.control for d in kind.on_delete} | {w.control for w in kind.without}
    return [*kind.on_delete, *(d for d in role.on_delete if d.control not in own)]


def joint_owner(owners: list[Owner]) -> Owner:
    """One owner for several parts: all the same, else shared; parts that are not there do not count."""
    if len(owners) == 1:
        return owners[0]
    there = {o for o in owners if o != "none"}
    if not there:
        return "none"
    return there.pop() if len(there) == 1 else "shared"
