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
    "github-summary": "tfsrm.report.github_summary",
    "github-annotations": "tfsrm.report.github_annotations",
    "bitbucket-report": "tfsrm.report.bitbucket_report",
    "bitbucket-annotations": "tfsrm.report.bitbucket_annotations",
    "json": "tfsrm.report.json_v1",
    "sarif": "tfsrm.report.sarif",
    "gitlab-codequality": "tfsrm.report.gitlab_codequality",
    "gitlab-metrics": "tfsrm.report.gitlab_metrics",
    "junit": "tfsrm.report.junit",
    "csv": "tfsrm.report.csv_duties",
    "fedramp-crm": "tfsrm.report.fedramp_crm",
    "csa-ssrm": "tfsrm.report.csa_ssrm",
    "oscal": "tfsrm.report.oscal",
    "oscal-poam": "tfsrm.report.oscal_poam",
    "html": "tfsrm.report.html",
    "review-markdown": "tfsrm.report.review_markdown",
    "svg": "tfsrm.report.svg",
    "mermaid": "tfsrm.report.mermaid",
}
"""Format -> module with ``render(checklist, view) -> str``."""

SUFFIXES = {
    ".json": "json",
    ".md": "markdown",
    ".txt": "table",
    ".sarif": "sarif",
    ".csv": "csv",
    ".xml": "junit",
    ".html": "html",
    ".svg": "svg",
}
"""End of a file's name -> the format that is written to it where none is asked for."""


def render(checklist: Checklist, name: str, view: View) -> str:
    """The checklist in a format. Raises UsageError for a format that is not there."""
    if name not in FORMATS:
        raise UsageError(f"--format {name}: not a format\n  Known are {', '.join(FORMATS)}.")
    text: str = import_module(FORMATS[name]).render(checklist, view)
    return text
