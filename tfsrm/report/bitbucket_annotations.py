"""Annotations of a Code Insights report: the body of ``POST .../reports/{id}/annotations``, at most 100, gravest first."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from tfsrm.model.checklist import Checklist
from tfsrm.report import wording
from tfsrm.report.places import Places
from tfsrm.report.plain import clean
from tfsrm.report.view import Row, View, decisive, folded_addresses

MOST = 100
_SUMMARY, _DETAILS = 450, 2_000


def render(checklist: Checklist, view: View) -> str:
    """A JSON list of the unmet duties, folded as in the other reports."""
    places = Places(checklist)
    found = [_annotation(where, row, places) for where, row in wording.unmet(checklist, view)[:MOST]]
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def _annotation(place: str, row: Row, places: Places) -> dict[str, Any]:
    duty = row.first
    reasons = "; ".join(dict.fromkeys(wording.evidence_line(f) for f in decisive(duty)[:3]))
    where = wording.located(place, folded_addresses(row.addresses, 3))
    found: dict[str, Any] = {
        "external_id": "tfsrm-" + sha256("\n".join(sorted(map(places.identity, row.duties))).encode()).hexdigest()[:32],
        "annotation_type": "VULNERABILITY",
        "summary": clean(f"{duty.title}: {where}")[:_SUMMARY],
        "details": clean(f"{where}: {reasons}")[:_DETAILS],
        "severity": row.severity.upper(),
    }
    for evidence in (e for f in decisive(duty) for e in f.evidence):
        if evidence.file:
            return {**found, "path": evidence.file, **({"line": evidence.line} if evidence.line else {})}
    return found
