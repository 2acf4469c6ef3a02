"""What the duties that stand say of each requirement of a framework: the ground of responsibility matrices."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report.view import View, standing

_VERDICTS = ("unmet", "unknown", "attest", "met")


class Half(msgspec.Struct, frozen=True):
    """What one service asks for under one requirement, by one control."""

    service: str
    control: str
    customer_does: str
    aws_does: str
    verdicts: tuple[tuple[str, int], ...]
    """How many duties have each verdict, the gravest first."""

    @property
    def yours(self) -> str:
        """Your half on a line of its own, with how its duties stand."""
        words = {"attest": "to attest"}
        counted = ", ".join(f"{count} {words.get(verdict, verdict)}" for verdict, count in self.verdicts)
        return f"{self.service}: {self.customer_does} [{self.control}: {counted}]"


class Requirement(msgspec.Struct, frozen=True):
    """A requirement, and the halves under it."""

    id: str
    halves: tuple[Half, ...]
    shared: bool
    """Whether AWS has a half of any of its duties."""


def requirements(checklist: Checklist, view: View, framework: str) -> list[Requirement]:
    """The requirements that a standing duty serves, in the order of the framework."""
    served = {
        key: tuple(r.id for r in about.requirements if r.framework == framework)
        for key, about in checklist.about.items()
    }
    grouped: dict[str, list[DutyResult]] = {}
    for duty in standing(checklist, view):
        for requirement in served[duty.about]:
            grouped.setdefault(requirement, []).append(duty)
    return [
        Requirement(name, _halves(grouped[name], checklist), any(d.owner == "shared" for d in grouped[name]))
        for name in sorted(grouped, key=natural)
    ]


def _halves(duties: list[DutyResult], checklist: Checklist) -> tuple[Half, ...]:
    groups: dict[tuple[str, str, str, str], Counter[str]] = {}
    for duty in duties:
        about = checklist.about[duty.about]
        key = (duty.service, duty.control, about.customer_does, about.aws_does)
        groups.setdefault(key, Counter())[duty.verdict or "met"] += 1
    return tuple(Half(*key, tuple((v, groups[key][v]) for v in _VERDICTS if groups[key][v])) for key in sorted(groups))


def natural(text: str) -> list[tuple[int, int | str]]:
    """A key that sorts ``AC-2`` before ``AC-10``."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", text) if part]
