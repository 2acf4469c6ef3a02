"""FedRAMP's customer responsibility matrix as CSV: its three columns, a row per control of NIST SP 800-53.

tfsrm judges duties, not whole controls. So the second column says Partial where AWS has a half of a duty that is here, and is
left to the reader otherwise; nothing here says Yes or No of a control.
"""

from __future__ import annotations

from tfsrm.model.checklist import Checklist
from tfsrm.report.csv_text import Cell, csv_text
from tfsrm.report.matrices import Requirement, requirements
from tfsrm.report.view import View

FRAMEWORK = "nist-800-53-r5"
COLUMNS = (
    "Control ID",
    "Can Be Inherited from CSP",
    "Specific Inheritance and Customer Agency/CSP Responsibilities",
)


def render(checklist: Checklist, view: View) -> str:
    """Of all that stands after the change, whatever moved."""
    return csv_text(COLUMNS, (_row(r) for r in requirements(checklist, view, FRAMEWORK)))


def _row(requirement: Requirement) -> list[Cell]:
    lines = tuple(half.yours for half in requirement.halves)
    return [requirement.id, "Partial" if requirement.shared else "", lines]
