"""CSV, one row a duty: the columns that a risk register or a GRC product asks for. Its columns are only ever added to."""

from __future__ import annotations

from tfsrm.model.checklist import About, Checklist, DutyResult, Evidence
from tfsrm.report.csv_text import csv_text
from tfsrm.report.places import Places, reasons
from tfsrm.report.view import View, chosen

SSRM = {"aws": "CSP-owned", "shared": "Shared CSP and CSC", "customer": "CSC-owned"}
"""Owner -> the ownership that CSA's questionnaire knows."""
_INHERITED = {"aws": "Yes", "shared": "Partial", "customer": "No"}

COLUMNS = (
    "duty_id", "control", "title", "resource_address", "resource_type", "aws_service", "module", "variant", "scope",
    "occasion", "change", "action", "layer", "severity", "class", "owner", "ssrm_ownership", "can_be_inherited",
    "control_origination", "customer_does", "aws_does", "what_must_hold", "questions", "verdict", "previous_verdict",
    "because", "evidence", "implementation_status", "requirements", "team", "assignee", "due", "attestation", "input",
    "file", "line", "rule", "source", "source_read", "catalog_version", "catalog_digest", "input_digest",
    "terraform_version", "assessed_on", "tool_version", "state_digest",
)  # fmt: skip


def render(checklist: Checklist, view: View) -> str:
    """The duties that moved; all of them with ``--all``."""
    places = Places(checklist)
    words = {key: _words(about) for key, about in checklist.about.items()}
    return csv_text(COLUMNS, (_row(d, checklist, words[d.about], places) for d in chosen(checklist, view)))


def _words(about: About) -> dict[str, str]:
    return {
        "customer_does": about.customer_does,
        "aws_does": about.aws_does,
        "requirements": "; ".join(f"{r.framework} {r.id}" for r in about.requirements),
        "source": "; ".join(s.url for s in about.sources),
        "source_read": max((str(s.read) for s in about.sources), default=""),
    }


def _row(duty: DutyResult, checklist: Checklist, words: dict[str, str], places: Places) -> list[str]:
    source = checklist.inputs[duty.inputs[0]]
    place = places.of(duty)
    cells = {
        **words,
        "duty_id": places.identity(duty),
        "resource_address": duty.address,
        "aws_service": duty.service,
        "class": duty.duty_class,
        "ssrm_ownership": SSRM.get(duty.owner, ""),
        "can_be_inherited": _INHERITED.get(duty.owner, ""),
        "control_origination": origination(duty),
        "what_must_hold": "; ".join(f.says for f in duty.facets if f.says),
        "questions": " ".join(f.ask for f in duty.facets if f.ask and f.verdict == "attest"),
        "because": reasons(duty),
        "evidence": "; ".join(dict.fromkeys(_evidence(e) for f in duty.facets for e in f.evidence)),
        "implementation_status": implementation_status(duty),
        "input": "; ".join(checklist.inputs[number].path for number in duty.inputs),
        "file": place.path,
        "line": str(place.line),
        "catalog_version": checklist.catalog.version,
        "catalog_digest": checklist.catalog.digest,
        "input_digest": source.digest,
        "terraform_version": source.terraform_version or "",
        "assessed_on": checklist.assessed_on,
        "tool_version": checklist.tool.version,
    }
    return [cells[name] if name in cells else str(getattr(duty, name, None) or "") for name in COLUMNS]


def _evidence(evidence: Evidence) -> str:
    shown = evidence.withheld if evidence.withheld is not None else _value(evidence.value)
    return f"{evidence.address}.{evidence.attribute}: {shown} ({evidence.origin})"


def _value(value: str | bool | float | None) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def origination(duty: DutyResult) -> str:
    """FedRAMP's control origination of a customer's half: set in the configuration, or provided by people."""
    judged = any(f.verdict != "attest" for f in duty.facets)
    return "customer-configured" if judged else "customer-provided"


def implementation_status(duty: DutyResult) -> str:
    """``implemented`` where the plan shows it, ``partial`` where it contradicts a part of it; else no plan can say."""
    if duty.verdict == "met":
        return "implemented"
    return "partial" if duty.verdict == "unmet" and any(f.verdict == "met" for f in duty.facets) else ""
