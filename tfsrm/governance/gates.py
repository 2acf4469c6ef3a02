"""Gates: what makes a run fail (``--fail-on``), off unless asked for."""

from __future__ import annotations

import msgspec

from tfsrm.errors import UsageError
from tfsrm.model.checklist import Checklist, DutyResult, Tripped

SEVERITIES = ("low", "medium", "high", "critical")
KINDS = ("unmet", "created", "gap")


class Gate(msgspec.Struct, frozen=True):
    """One gate: ``unmet``, ``unmet:high``, ``created:critical``, ``gap``."""

    kind: str
    least: str | None

    @property
    def text(self) -> str:
        return f"{self.kind}:{self.least}" if self.least else self.kind


def parse_gate(text: str) -> Gate:
    """Read a gate. Raises UsageError, naming the known ones."""
    kind, _, least = text.partition(":")
    if kind not in KINDS or (least and least not in SEVERITIES) or (kind == "gap" and least):
        known = "unmet, created (each with :low, :medium, :high or :critical behind it where wanted) and gap"
        raise UsageError(f"--fail-on {text}: not a gate\n  Known are {known}.")
    return Gate(kind, least or None)


def apply_gates(checklist: Checklist, gates: list[Gate]) -> Checklist:
    """The checklist with the gates that trip.

    ``unmet`` looks at what this change moves: an unmet duty that was there before and stays as it was does not trip anything.
    Where there is no change to look at (a state), every unmet duty counts.
    """
    tripped = [t for gate in gates if (t := _trip(checklist, gate)) is not None]
    return msgspec.structs.replace(checklist, tripped=tuple(tripped)) if tripped else checklist


def _trip(checklist: Checklist, gate: Gate) -> Tripped | None:
    if gate.kind == "gap":
        gaps = checklist.gaps
        if not gaps:
            return None
        return Tripped(gate=gate.text, count=len(gaps), first=gaps[0].address + _where(checklist, gaps[0].input))
    standing = {n for n, source in enumerate(checklist.inputs) if source.kind == "state"}
    found = [d for d in checklist.duties if _counts(d, gate, standing.issuperset(d.inputs))]
    if not found:
        return None
    first = found[0]
    return Tripped(
        gate=gate.text,
        count=len(found),
        first=f"{first.control} at {first.address}{_where(checklist, first.inputs[0])}",
    )


def _where(checklist: Checklist, number: int) -> str:
    """The input, where there are several."""
    return f" in {checklist.inputs[number].path}" if len(checklist.inputs) > 1 else ""


def _counts(duty: DutyResult, gate: Gate, standing: bool) -> bool:
    if gate.least and SEVERITIES.index(duty.severity) < SEVERITIES.index(gate.least):
        return False
    if gate.kind == "created":
        return duty.change == "created"
    return duty.verdict == "unmet" and (standing or duty.change in ("created", "changed"))
