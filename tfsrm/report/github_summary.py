"""The summary of a GitHub Actions job: the pull request report, with the room that a summary has (1 MiB a step).

It is where the whole report is, so it never names another place, and a room that was asked for a comment is not its own.
"""

from __future__ import annotations

import msgspec

from tfsrm.model.checklist import Checklist
from tfsrm.report import markdown
from tfsrm.report.view import View

ROOM = 1_000_000
"""Bytes; of more than 1,048,576 GitHub keeps nothing."""


def render(checklist: Checklist, view: View) -> str:
    """Markdown."""
    return markdown.render(checklist, msgspec.structs.replace(view, room=ROOM, whole=""))
