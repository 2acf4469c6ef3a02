"""The parts of an architecture review pack. All texts are plain: whoever writes them out makes them inert for its own format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from tfsrm.model.catalog import RequirementRef
from tfsrm.model.checklist import Checklist, DutyResult, Inherited
from tfsrm.report.view import Column, Row, folded_addresses

KINDS = ("created", "changed", "retired")
VERDICTS = {"unmet": "Unmet", "attest": "To attest", "unknown": "Unknown", "met": "Met", "retired": "Retired"}
"""What a verdict is called; a duty that ends has none."""


class Reference(msgspec.Struct, frozen=True):
    """A page that something rests on."""

    number: int
    url: str
    read: str
    """The day on which it was read; empty where the statement does not say."""


class Statement(msgspec.Struct, frozen=True):
    """One facet as it is told: what it says or asks, its verdict, why, and the pages behind it."""

    verdict: str
    says: str
    because: str
    ask: str
    question: int | None
    sources: tuple[int, ...]
    """Numbers of references."""
    at: str
    """File and line of what was looked at, where that is known and not the same for the whole place; else empty."""


class Place(msgspec.Struct, frozen=True):
    """Resources of a duty that share their evidence."""

    where: str
    action: str
    """Where the action matters: replace, delete, forget, new key."""
    statements: tuple[Statement, ...]
    at: str
    """File and line, where all that was looked at is written at one place; else empty."""


class Halves(msgspec.Struct, frozen=True):
    """Who does what of a control."""

    types: tuple[str, ...]
    """The resource types it holds for, where a duty has several such halves; else empty."""
    customer_does: str
    aws_does: str
    requirements: tuple[RequirementRef, ...]
    sources: tuple[int, ...]

    @property
    def frameworks(self) -> list[tuple[str, list[str]]]:
        """The requirements that it serves, by framework."""
        found: dict[str, list[str]] = {}
        for requirement in self.requirements:
            found.setdefault(requirement.framework, []).append(requirement.id)
        return list(found.items())


class Duty(msgspec.Struct, frozen=True):
    """One folded duty with everything a reviewer needs to judge it."""

    number: int
    row: Row
    halves: tuple[Halves, ...]
    places: tuple[Place, ...]
    folded: tuple[Place, ...]
    uncounted: int
    """Further places that are only counted."""
    held_by: tuple[str, ...]
    ending: str
    """What becomes of a duty that ends; else empty."""
    within: str
    """The inputs where it stands; empty where there is one input."""

    @property
    def first(self) -> DutyResult:
        return self.row.first

    @property
    def count(self) -> int:
        """Resources that have the duty."""
        return len(self.row.duties)

    @property
    def reasons(self) -> list[tuple[str, str, list[str]]]:
        """(resources, files and lines, reasons of the verdict), each once, of the places that stand open."""
        found = []
        for place in self.places:
            carry = [s for s in place.statements if s.verdict == self.first.verdict]
            at = place.at or "; ".join(dict.fromkeys(s.at for s in carry if s.at))
            found.append((place.where, at, list(dict.fromkeys(s.because for s in carry))))
        return found

    @property
    def where(self) -> str:
        """Its resources, told shortly."""
        return folded_addresses(self.row.addresses, 2)

    @property
    def change(self) -> str:
        """``new``, ``kept``, or what it was before."""
        duty = self.first
        if duty.change == "changed" and duty.previous_verdict not in (None, duty.verdict):
            return f"changed, was {duty.previous_verdict}"
        return "new" if duty.change == "created" else duty.change


class Question(msgspec.Struct, frozen=True):
    """One question to one person, for all resources that raise it."""

    number: int
    ask: str
    title: str
    severity: str
    where: str
    count: int
    beside: str
    """The verdict of its duty, where that is settled without the question; else empty."""
    within: str
    """The inputs that raise it; empty where there is one input."""


class Topic(msgspec.Struct, frozen=True):
    """Questions that one person can answer in one go."""

    title: str
    questions: tuple[Question, ...]
    folded: bool
    """Asked of every such thing or account, so not what this change is about."""


class LayerDuties(msgspec.Struct, frozen=True):
    """The duties on one layer."""

    layer: str
    title: str
    aws_diagram: bool
    duties: tuple[Duty, ...]

    @property
    def counts(self) -> Iterator[tuple[str, int]]:
        """(verdict, how many duties have it), the gravest first; ``retired`` for those without one."""
        counted = Counter(d.verdict or "retired" for entry in self.duties for d in entry.row.duties)
        return ((v, counted[v]) for v in ("unmet", "attest", "unknown", "met", "retired") if counted[v])


class Handover(msgspec.Struct, frozen=True):
    """A line that moves: which layers go from whom to whom, where, and why."""

    layers: tuple[tuple[str, str, str], ...]
    """(layer, owner before, owner after)."""
    reasons: tuple[tuple[str, str], ...]
    """(resources, why the line of these moves)."""


class Card(msgspec.Struct, frozen=True):
    """One line of the picture, how many layers are whose, and what moves."""

    column: Column
    counts: tuple[tuple[str, int], ...]
    """(owner, layers), after the change; before it, where the line goes."""
    handover: Handover | None


class Tally(msgspec.Struct, frozen=True):
    """How many duties of a layer are new, change and end."""

    layer: str
    title: str
    counts: dict[str, int]
    """created, changed, retired -> duties."""


class Kept(msgspec.Struct, frozen=True):
    """What stays AWS's alone."""

    control: Inherited
    sources: tuple[int, ...]


class Chapter(msgspec.Struct, frozen=True):
    """What stands in the same inputs; of one input all that it holds."""

    number: int
    names: str
    """What the inputs are called (it comes from them); empty where there is one, or where the chapter is about all."""
    title: str
    """What all of several inputs share; empty where ``names`` tell it, and of one input."""
    standing: bool
    """There is no change to look at: all that stands is told."""
    cards: tuple[Card, ...]
    drawn: tuple[int, ...]
    """The chapters in which the lines of these inputs are drawn, where it is not this one."""
    tallies: tuple[Tally, ...]
    changed: tuple[Duty, ...]
    retired: tuple[Duty, ...]
    notes: tuple[tuple[str, str], ...]
    """(where, text)."""
    drift: tuple[Row, ...]
    layers: tuple[LayerDuties, ...]

    @property
    def duties(self) -> list[Duty]:
        """All of them, in order."""
        return [d for layer in self.layers for d in layer.duties]

    @property
    def kinds(self) -> list[str]:
        """Which of created, changed and retired there are."""
        return [kind for kind in KINDS if any(t.counts[kind] for t in self.tallies)]

    @property
    def moves(self) -> bool:
        """Whether there is anything that changes."""
        return any((self.tallies, self.notes, self.drift))


class InputRow(msgspec.Struct, frozen=True):
    """One of several inputs at a glance."""

    name: str
    counts: dict[str, int]
    """created, changed, retired, unmet, attest -> duties that are told of it."""
    moves: tuple[str, ...]
    """Services whose line moves."""
    chapters: tuple[int, ...]
    """Where it is told of."""


class Review(msgspec.Struct, frozen=True):
    """The whole pack."""

    checklist: Checklist
    standing: bool
    """There is no change to look at in any input."""
    headline: str
    numbers: tuple[tuple[str, int, str], ...]
    """(verdict, duties shown that have it, what it means)."""
    loud: tuple[tuple[str, str, str], ...]
    """What to know before all else: (inputs, resource, text), each of the first two empty where there is nothing to name."""
    inputs: tuple[InputRow, ...]
    """Those of which something is told, where there are several inputs; else none."""
    remarks: tuple[str, ...]
    """What to know about several inputs: how many of them move no duty, what is told once, what is not told."""
    unmet: tuple[Duty, ...]
    unknown: tuple[Duty, ...]
    topics: tuple[Topic, ...]
    chapters: tuple[Chapter, ...]
    seen: tuple[tuple[str, str], ...]
    """(an input, how much of it was looked at); those of which nothing is told are one, without a name."""
    kept: tuple[Kept, ...]
    sources: tuple[Reference, ...]
    hidden: str
    """What is not told, and how to see it."""

    @property
    def asked(self) -> int:
        """Questions in all."""
        return sum(len(t.questions) for t in self.topics)

    @property
    def folded(self) -> int:
        """Folded duties in all."""
        return sum(len(chapter.duties) for chapter in self.chapters)

    @property
    def not_seen(self) -> list[tuple[str, str]]:
        """(what was not looked at, why), each once."""
        return list(dict.fromkeys((n.what, n.because) for source in self.checklist.inputs for n in source.not_seen))
