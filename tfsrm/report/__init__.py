"""OUT: a checklist as text. One file per format, one dict that lists them; modules are imported when asked for."""

from __future__ import annotations

from importlib import import_module

from tfsrm.errors import UsageError
from tfsrm.model.checklist import Checklist
from tfsrm.report.view import View

FORMATS = {
    "table": "tfsrm.report.table",
    "markdown": "tfsrm.report.markdown",
    "plain-markdown": "tfsrm.report.plain_markdown",
    "github-annotations": "tfsrm.report.github_annotations",
    "bitbucket-report": "tfsrm.report.bitbucket_report",
    "bitbucket-annotations": "tfsrm.report.bitbucket_annotations",
    "json": "tfsrm.report.json_v1",
}
"""Format -> module with ``render(checklist, view) -> str``."""


def render(checklist: Checklist, name: str, view: View) -> str:
    """The checklist in a format. Raises UsageError for a format that is not there."""
    if name not in FORMATS:
        raise UsageError(f"--format {name}: not a format\n  Known are {', '.join(FORMATS)}.")
    text: str = import_module(FORMATS[name]).render(checklist, view)
    return text
