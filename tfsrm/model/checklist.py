"""What we conclude: the checklist of a change. Its shape is the report's, schema version 1 (docs/report.md)."""

from __future__ import annotations

from typing import Literal

import msgspec

from tfsrm.model.catalog import RequirementRef
from tfsrm.model.condition import Owner, Severity, Source, Verdict

SCHEMA_VERSION = "1"

DutyChange = Literal["created", "changed", "kept", "retired"]


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every piece of a checklist."""


class Evidence(Piece, frozen=True, kw_only=True):
    """What was looked at."""

    address: str
    attribute: str
    value: str | bool | int | float | None = None
    """Only short scalars of attributes that a condition names; otherwise None."""
    withheld: str | None = None
    """Why there is no value: ``sensitive``, ``unknown``, ``not set``, ``long``, ``present`` (the resource itself counts)."""
    origin: str
    """``set``, ``default`` (with ``because``), ``left to AWS``, ``observed``, ``unknown``, ``companion``."""
    source: str | None = None
    """The page that states the default."""
    file: str | None = None
    line: int | None = None


class FacetResult(Piece, frozen=True, kw_only=True):
    """One facet, judged or asked. Exactly one of ``says`` and ``ask`` is what a reader needs; both may be there."""

    id: str
    says: str | None = None
    ask: str | None = None
    verdict: Verdict
    previous_verdict: Verdict | None = None
    because: str
    """One short clause, without a final stop."""
    evidence: tuple[Evidence, ...] = ()


class DutyResult(Piece, frozen=True, kw_only=True):
    """One duty in the checklist."""

    control: str
    fingerprint: str
    state_digest: str
    title: str
    duty_class: str = msgspec.field(name="class")
    owner: Owner
    layer: str
    severity: Severity
    scope: str
    occasion: str
    change: DutyChange
    verdict: Verdict | None
    """None: retired."""
    previous_verdict: Verdict | None = None
    address: str
    resource_type: str
    role: str = ""
    """What kind of thing the resource is."""
    service: str
    action: str
    """What happens to the resource: ``create``, ``update``, ``replace``, ``delete``, ``forget``, ``import``, ``move``,
    ``new key``, ``no-op``, ``read`` (a world without a plan)."""
    module: str
    variant: str | None = None
    about: str
    rule: str
    facets: tuple[FacetResult, ...]
    team: str | None = None
    attestation: str | None = None
    inputs: tuple[int, ...] = (0,)
    """Where it stands: indices of ``Checklist.inputs``. Several for a duty of an account that several inputs are about."""


class About(Piece, frozen=True, kw_only=True):
    """The words of a duty, written once for all resources that share them."""

    control: str
    resource_type: str
    variant: str | None
    customer_does: str
    aws_does: str
    requirements: tuple[RequirementRef, ...]
    sources: tuple[Source, ...]


class Line(Piece, frozen=True, kw_only=True):
    """The line of one service in one configuration, before and after."""

    service: str
    addresses: tuple[str, ...]
    model_before: str | None
    model_after: str | None
    variant_before: str | None = None
    variant_after: str | None = None
    before: dict[str, Owner] | None
    """layer -> owner, all layers in order."""
    after: dict[str, Owner] | None
    moved: bool
    because: str
    input: int = 0


class Inherited(Piece, frozen=True, kw_only=True):
    """A control that stays AWS's alone for these services."""

    control: str
    title: str
    services: tuple[str, ...]
    aws_does: str
    sources: tuple[Source, ...]


class NoDuty(Piece, frozen=True, kw_only=True):
    """A resource that puts no duty of its own on anyone, and why."""

    address: str
    resource_type: str
    because: str
    settles: tuple[str, ...] = ()
    """``address: control`` of the facets that it settles."""
    input: int = 0


class Gap(Piece, frozen=True, kw_only=True):
    """A resource whose type the catalogue does not know."""

    address: str
    resource_type: str
    because: str
    input: int = 0


class NotLookedAt(Piece, frozen=True, kw_only=True):
    """Something outside what could be seen."""

    what: str
    because: str


class InputSummary(Piece, frozen=True, kw_only=True):
    """One input and how much of it was seen."""

    kind: str
    path: str
    digest: str
    terraform_version: str | None
    complete: bool | None
    errored: bool | None
    caveats: tuple[str, ...]
    resources: int
    """Managed resource instances of the AWS provider in the world after (and those that go away)."""
    judged: int
    """Facets judged by a value somebody set (or a policy, a name)."""
    by_default: int
    """Facets judged by a sourced default."""
    by_companion: int
    not_seen: tuple[NotLookedAt, ...]


class Summary(Piece, frozen=True, kw_only=True):
    """Counts of duties by change, of the duties that stand by verdict, and of resources."""

    created: int = 0
    changed: int = 0
    kept: int = 0
    retired: int = 0
    met: int = 0
    unmet: int = 0
    unknown: int = 0
    attest: int = 0
    resources: int = 0
    no_duty: int = 0
    gaps: int = 0


class ToolInfo(Piece, frozen=True, kw_only=True):
    """Who wrote the report."""

    name: str
    version: str


class CatalogInfo(Piece, frozen=True, kw_only=True):
    """Which catalogue the report rests on."""

    version: str
    digest: str
    provider_version: str
    resource_types: int
    mappings: tuple[str, ...]


class Tripped(Piece, frozen=True, kw_only=True):
    """A gate (``--fail-on``) that tripped."""

    gate: str
    count: int
    first: str


class Note(Piece, frozen=True, kw_only=True):
    """Something about the change itself that a reviewer must hear: a forgotten object, a new key, a line that moved."""

    kind: str
    """``forget``, ``new key``, ``replace``, ``import``, ``move``, ``line``; ``account`` of several inputs."""
    address: str
    text: str
    input: int = 0


class Checklist(Piece, frozen=True, kw_only=True):
    """All of it for one change. ``duties`` holds everything; what is shown is a question of the view (report/view.py)."""

    tool: ToolInfo
    catalog: CatalogInfo
    assessed_on: str
    inputs: tuple[InputSummary, ...]
    summary: Summary
    lines: tuple[Line, ...]
    inherited: tuple[Inherited, ...]
    duties: tuple[DutyResult, ...]
    drift: tuple[DutyResult, ...] = ()
    """Duties that moved because of drift, before the change: compared world by world like the rest."""
    about: dict[str, About]
    no_duty: tuple[NoDuty, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...] = ()
    tripped: tuple[Tripped, ...] = ()
    layers: tuple[tuple[str, str, bool], ...] = ()
    """(layer, short title, whether it is AWS's row), in order: what a renderer needs to draw the line."""
