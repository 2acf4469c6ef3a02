"""CSA's questionnaire (CAIQ) with the shared security responsibility columns, as CSV: a row per control of its matrix (CCM).

The questions and their texts are CSA's and are not here: the rows carry the control's id, to be joined with CSA's own sheet.
"""

from __future__ import annotations

from tfsrm.model.checklist import Checklist
from tfsrm.report.csv_duties import SSRM
from tfsrm.report.csv_text import Cell, csv_text
from tfsrm.report.matrices import Requirement, requirements
from tfsrm.report.view import View

FRAMEWORK = "csa-ccm-4.0"
COLUMNS = (
    "Question ID",
    "Question",
    "CSP CAIQ Answer",
    "SSRM Control Ownership",
    "CSP Implementation Description (Optional/Recommended)",
    "CSC Responsibilities (Optional/Recommended)",
    "CCM Control ID",
    "CCM Control Specification",
    "CCM Control Title",
    "CCM Domain Title",
)


def render(checklist: Checklist, view: View) -> str:
    """Of all that stands after the change, whatever moved."""
    return csv_text(COLUMNS, (_row(r) for r in requirements(checklist, view, FRAMEWORK)))


def _row(requirement: Requirement) -> list[Cell]:
    aws = tuple(dict.fromkeys(f"{half.service}: {half.aws_does}" for half in requirement.halves))
    yours = tuple(half.yours for half in requirement.halves)
    owner = SSRM["shared" if requirement.shared else "customer"]
    return ["", "", "", owner, aws, yours, requirement.id, "", "", ""]
