"""GitLab's code quality report: what the plan contradicts. GitLab compares it with that of the target branch."""

from __future__ import annotations

from typing import Any

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report.json_text import json_text
from tfsrm.report.places import Places, reasons
from tfsrm.report.plain import clean
from tfsrm.report.view import View, standing

_SEVERITY = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(checklist: Checklist, view: View) -> str:
    """A JSON array; empty where nothing is unmet, which GitLab needs to show what was fixed."""
    places = Places(checklist)
    return json_text([_issue(d, places) for d in standing(checklist, view) if d.verdict == "unmet"])


def _issue(duty: DutyResult, places: Places) -> dict[str, Any]:
    place, where = places.of(duty), places.input_names(duty)
    description = f"{duty.title}: {clean(duty.address)}" + (f" ({where})" if where else "") + f": {reasons(duty)}"
    return {
        "description": description,
        "check_name": duty.control,
        "fingerprint": places.identity(duty),
        "severity": _SEVERITY[duty.severity],
        "location": {"path": place.path, "lines": {"begin": place.line}},
    }
