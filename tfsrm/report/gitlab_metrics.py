"""GitLab's metrics report: OpenMetrics text. Every series is always there, so that a widget shows a number that moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tfsrm.model.checklist import Checklist
from tfsrm.report.view import View, standing

_VERDICTS = ("unmet", "attest", "unknown", "met")
_SEVERITIES = ("critical", "high", "medium", "low")
_CHANGES = ("created", "changed", "kept", "retired")


def render(checklist: Checklist, view: View) -> str:
    """Counts of the duties that stand, of how they moved, and of resources."""
    return "\n".join((*_lines(checklist, view), "# EOF")) + "\n"


def _lines(checklist: Checklist, view: View) -> Iterator[str]:
    counts: Counter[tuple[str | None, str]] = Counter((d.verdict, d.severity) for d in standing(checklist, view))
    yield from _head("tfsrm_duties", "Duties that stand after the change.")
    for verdict in _VERDICTS:
        for severity in _SEVERITIES:
            yield f'tfsrm_duties{{verdict="{verdict}",severity="{severity}"}} {counts[verdict, severity]}'
    summary = checklist.summary
    yield from _head("tfsrm_duties_by_change", "Duties by what the change does to them.")
    for change in _CHANGES:
        yield f'tfsrm_duties_by_change{{change="{change}"}} {getattr(summary, change)}'
    yield from _head("tfsrm_resources", "Resources of AWS that were looked at.")
    yield f"tfsrm_resources {summary.resources}"
    yield from _head("tfsrm_gaps", "Resources whose type the catalogue does not know.")
    yield f"tfsrm_gaps {summary.gaps}"


def _head(name: str, says: str) -> Iterator[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} gauge"
