"""The shape of the report, schema version 1, from which its JSON Schema is made. Not needed to write one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Owner = Literal["aws", "shared", "customer", "none"]
Verdict = Literal["met", "unmet", "unknown", "attest"]
InputIndex = Annotated[int, msgspec.Meta(ge=0, description="Index of `inputs`; only in a report of several inputs.")]


class _Piece(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every piece of the report."""


class ToolV1(_Piece, frozen=True, kw_only=True):
    name: str
    version: str


class CatalogV1(_Piece, frozen=True, kw_only=True):
    version: str
    digest: str
    provider_version: str
    resource_types: int
    mappings: list[str]


class NotSeenV1(_Piece, frozen=True, kw_only=True):
    what: str
    because: str


class InputV1(_Piece, frozen=True, kw_only=True):
    kind: Literal["plan", "state", "hcl"]
    path: str
    digest: str
    terraform_version: str | None
    complete: bool | None
    errored: bool | None
    caveats: list[str]
    resources: int
    judged: int
    by_default: int
    by_companion: int
    not_seen: list[NotSeenV1]


class SummaryV1(_Piece, frozen=True, kw_only=True):
    created: int
    changed: int
    kept: int
    retired: int
    met: int
    unmet: int
    unknown: int
    attest: int
    resources: int
    no_duty: int
    gaps: int


class LineV1(_Piece, frozen=True, kw_only=True):
    service: str
    addresses: list[str]
    model_before: str | None
    model_after: str | None
    before: dict[str, Owner] | None
    after: dict[str, Owner] | None
    moved: bool
    because: str
    input: InputIndex | msgspec.UnsetType = msgspec.UNSET


class SourceV1(_Piece, frozen=True, kw_only=True):
    url: str
    read: str


class InheritedV1(_Piece, frozen=True, kw_only=True):
    control: str
    services: list[str]
    aws_does: str
    sources: list[SourceV1]


class EvidenceV1(_Piece, frozen=True, kw_only=True):
    address: str
    attribute: str
    value: str | bool | int | float | msgspec.UnsetType | None = msgspec.UNSET
    withheld: str | msgspec.UnsetType = msgspec.UNSET
    origin: str
    source: str | None
    file: str | None
    line: int | None


class FacetV1(_Piece, frozen=True, kw_only=True):
    id: str
    says: str | None
    ask: str | None
    verdict: Verdict
    previous_verdict: Verdict | None
    because: str
    evidence: list[EvidenceV1]


class DutyV1(_Piece, frozen=True, kw_only=True):
    control: str
    fingerprint: str
    state_digest: str
    title: str
    class_: Literal["inherited", "shared", "customer-specific"] = msgspec.field(name="class")
    owner: Owner
    layer: str
    severity: Literal["critical", "high", "medium", "low"]
    scope: Literal["resource", "service", "account"]
    occasion: Literal["standing", "decommission"]
    change: Literal["created", "changed", "kept", "retired"]
    verdict: Verdict | None
    previous_verdict: Verdict | None
    address: str
    resource_type: str
    service: str
    action: str
    module: str
    variant: str | None
    about: str
    rule: str
    facets: list[FacetV1]
    team: str | None
    attestation: str | None
    inputs: list[InputIndex] | msgspec.UnsetType = msgspec.UNSET
    """Where it stands, of several inputs: more than one for a duty of an account that they share."""


class RequirementV1(_Piece, frozen=True, kw_only=True):
    framework: str
    id: str


class AboutV1(_Piece, frozen=True, kw_only=True):
    control: str
    resource_type: str
    variant: str | None
    customer_does: str
    aws_does: str
    requirements: list[RequirementV1]
    sources: list[SourceV1]


class NoDutyV1(_Piece, frozen=True, kw_only=True):
    address: str
    resource_type: str
    because: str
    settles: list[str]
    input: InputIndex | msgspec.UnsetType = msgspec.UNSET


class GapV1(_Piece, frozen=True, kw_only=True):
    address: str
    resource_type: str
    because: str
    input: InputIndex | msgspec.UnsetType = msgspec.UNSET


class NoteV1(_Piece, frozen=True, kw_only=True):
    kind: str
    address: str
    text: str
    input: InputIndex | msgspec.UnsetType = msgspec.UNSET


class TrippedV1(_Piece, frozen=True, kw_only=True):
    gate: str
    count: int
    first: str


class ReportV1(_Piece, frozen=True, kw_only=True):
    """The report. Without ``--all`` the lists hold what moved; the summary counts everything."""

    schema_version: Literal["1"]
    tool: ToolV1
    catalog: CatalogV1
    assessed_on: str
    inputs: list[InputV1]
    summary: SummaryV1
    lines: list[LineV1]
    inherited: list[InheritedV1]
    duties: list[DutyV1]
    drift: list[DutyV1]
    about: dict[str, AboutV1]
    no_duty: list[NoDutyV1]
    gaps: list[GapV1]
    notes: list[NoteV1]
    tripped: list[TrippedV1]


def schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    return msgspec.json.schema(ReportV1)
