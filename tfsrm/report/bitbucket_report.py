"""A Code Insights report of Bitbucket: the body of ``PUT .../commit/{sha}/reports/{id}``.

It fails where a gate tripped, or (without gates) where this change leaves a duty unmet.
"""

from __future__ import annotations

import msgspec

from tfsrm.model.checklist import Checklist
from tfsrm.report import wording
from tfsrm.report.plain import clean
from tfsrm.report.several import names
from tfsrm.report.view import View, chosen

_DETAILS = 2_000
_NAMES = 12


def render(checklist: Checklist, view: View) -> str:
    """One JSON object."""
    shown = chosen(checklist, view)
    unmet = sum(d.verdict == "unmet" for d in shown)
    counts = [(v.capitalize() if v != "attest" else "To attest", sum(d.verdict == v for d in shown)) for v in _VERDICTS]
    gates = "; ".join(f"--fail-on {g.gate} trips: {g.count}, first {g.first}" for g in checklist.tripped)
    report = {
        "title": "Shared responsibility",
        "details": clean(" ".join(filter(None, (wording.headline(checklist), _inputs(checklist), gates))))[:_DETAILS],
        "report_type": "SECURITY",
        "reporter": "tfsrm",
        "result": "FAILED" if checklist.tripped or unmet else "PASSED",
        "data": [{"title": title, "type": "NUMBER", "value": count} for title, count in counts],
    }
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def _inputs(checklist: Checklist) -> str:
    """Which inputs it is of, where there are several."""
    named = names(checklist)
    if len(named) == 1:
        return ""
    more = f" and {len(named) - _NAMES} more" if len(named) > _NAMES else ""
    return f"Of {wording.kinds(checklist)}: {', '.join(named[:_NAMES])}{more}."


_VERDICTS = ("unmet", "attest", "unknown", "met")
