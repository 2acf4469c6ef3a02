"""The content of an architecture review pack: what its HTML and its Markdown tell, in which order and with which numbers.

One input is one chapter; of several, a chapter tells what stands in the same ones. Decisions and questions stand together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tfsrm.model.checklist import Checklist, DutyResult, FacetResult, Line, Note
from tfsrm.report import review_inputs, wording
from tfsrm.report.places import written
from tfsrm.report.review_inputs import Share, within
from tfsrm.report.review_parts import (
    KINDS,
    Card,
    Chapter,
    Duty,
    Halves,
    Handover,
    Kept,
    LayerDuties,
    Place,
    Question,
    Reference,
    Review,
    Statement,
    Tally,
    Topic,
)
from tfsrm.report.several import names
from tfsrm.report.view import (
    Column,
    Member,
    Row,
    View,
    chosen,
    folded_addresses,
    is_standing,
    owners,
    questions,
    rows,
    set_apart,
)

MEMBERS = 3
"""Kinds of evidence of a duty that stand open; the others are folded."""
FOLDED = 40
"""Kinds of evidence that are folded; beyond them only the number is told."""
LINES = 3
"""Files and lines named of one piece of evidence."""
OWNERS = ("customer", "shared", "aws")


def review(checklist: Checklist, view: View) -> Review:
    """The pack of a checklist, as far as ``view`` asks for it."""
    return _Builder(checklist, view).build()


class _Builder:
    """Numbers questions, duties and sources in the order in which the pack tells them."""

    def __init__(self, checklist: Checklist, view: View) -> None:
        self._checklist = checklist
        self._view = view
        self._named = names(checklist)
        self._pages: dict[str, Reference] = {}
        self._asked: dict[tuple[str, str], int] = {}
        self._questions = 0
        self._duties = 0

    def build(self) -> Review:
        checklist, view = self._checklist, self._view
        shares = review_inputs.shares(checklist, view)
        topics = tuple(self._topics(rows([d for share in shares for d in share.duties])))
        chapters = tuple(self._chapter(number, share, shares) for number, share in enumerate(shares, start=1))
        duties = sorted((d for chapter in chapters for d in chapter.duties), key=_gravity)
        inputs = tuple(review_inputs.overview(checklist, shares))
        kept = tuple(Kept(i, self._references((s.url, str(s.read)) for s in i.sources)) for i in checklist.inherited)
        return Review(
            checklist=checklist,
            standing=is_standing(checklist),
            headline=wording.headline(checklist),
            numbers=tuple(
                (s.verdict or "retired", s.duties, s.says) for s in wording.sections(rows(chosen(checklist, view)))
            ),
            loud=tuple(review_inputs.loud(checklist)),
            inputs=inputs,
            remarks=tuple(review_inputs.remarks(checklist, view)),
            unmet=tuple(d for d in duties if d.first.verdict == "unmet"),
            unknown=tuple(d for d in duties if d.first.verdict == "unknown"),
            topics=topics,
            chapters=chapters,
            seen=tuple(review_inputs.seen(checklist, inputs)),
            kept=kept,
            sources=tuple(self._pages.values()),
            hidden="" if is_standing(checklist) else wording.not_shown(checklist, view),
        )

    def _chapter(self, number: int, share: Share, shares: list[Share]) -> Chapter:
        checklist, several = self._checklist, len(self._checklist.inputs) > 1
        about_all = several and len(share.inputs) == len(checklist.inputs)
        called = within(self._named, share.inputs)
        standing = review_inputs.stands(checklist, share.inputs)
        layers = tuple(self._layers(rows(share.duties)))
        duties = [d for layer in layers for d in layer.duties]
        drawn = () if share.lines else (n for n, s in enumerate(shares, 1) if s.lines and {*s.inputs} & {*share.inputs})
        columns = review_inputs.picture(checklist, share.inputs, share.lines)
        return Chapter(
            number=number,
            names="" if about_all else called,
            title=f"What {called} share" if about_all else "",
            standing=standing,
            cards=tuple(self._card(column, share.lines) for column in columns),
            drawn=tuple(drawn),
            tallies=() if standing else tuple(_tallies(layers)),
            changed=tuple(d for d in duties if d.first.change == "changed"),
            retired=tuple(d for d in duties if d.first.change == "retired"),
            notes=tuple(_notes(share.notes)),
            drift=tuple(rows(share.drift)),
            layers=layers,
        )

    # What to ask ---------------------------------------------------------------------------------------------------

    def _topics(self, found: list[Row]) -> Iterator[Topic]:
        """By layer, as one person answers for a layer; then what stands open for every such thing, and for the account."""
        asking = [r for r in found if r.first.verdict == "attest"]
        wide = [r for r in asking if r.first.scope != "resource"]
        near, standing = set_apart([r for r in asking if r.first.scope == "resource"])
        near += [r for r in found if r.first.verdict not in ("attest", None)]
        for layer, short, _ in self._checklist.layers:
            asked = self._ask([r for r in near if r.first.layer == layer])
            if asked:
                yield Topic(short, asked, folded=False)
        for kind in standing:
            yield Topic(f"Standing duties of {wording.kind(kind)}", self._ask(kind.rows), folded=True)
        if wide:
            yield Topic("Once for the account", self._ask(wide), folded=True)

    def _ask(self, found: Iterable[Row]) -> tuple[Question, ...]:
        return tuple(question for row in found for question in self._questions_of(row))

    def _questions_of(self, row: Row) -> Iterator[Question]:
        asked: dict[str, list[DutyResult]] = {}
        for duty in row.duties:
            for facet in questions(duty) if duty.verdict != "attest" else _asking(duty):
                asked.setdefault(_ask(facet), []).append(duty)
        for ask, duties in asked.items():
            self._questions += 1
            self._asked.setdefault((row.first.control, ask), self._questions)
            yield Question(
                self._questions,
                ask,
                row.first.title,
                row.severity,
                folded_addresses([d.address for d in duties], 2),
                len(duties),
                "" if row.first.verdict == "attest" else str(row.first.verdict),
                self._within(duties),
            )

    # The duties ----------------------------------------------------------------------------------------------------

    def _layers(self, found: list[Row]) -> Iterator[LayerDuties]:
        for layer, short, aws_diagram in self._checklist.layers:
            duties = []
            for row in (r for r in found if r.first.layer == layer):
                self._duties += 1
                duties.append(self._duty(self._duties, row))
            if duties:
                yield LayerDuties(layer, short, aws_diagram, tuple(duties))

    def _duty(self, number: int, row: Row) -> Duty:
        places = [self._place(m) for m in row.members[: MEMBERS + FOLDED]]
        held = {f"{d.team or ''}{f' ({d.attestation})' if d.attestation else ''}".strip(): None for d in row.duties}
        return Duty(
            number,
            row,
            tuple(self._halves(row)),
            tuple(places[:MEMBERS]),
            tuple(places[MEMBERS:]),
            max(len(row.members) - MEMBERS - FOLDED, 0),
            tuple(h for h in held if h),
            self._ending(row),
            self._within(row.duties),
        )

    def _within(self, duties: Iterable[DutyResult]) -> str:
        return within(self._named, {n for d in duties for n in d.inputs})

    def _halves(self, row: Row) -> Iterator[Halves]:
        groups: dict[tuple[str, str], list[DutyResult]] = {}
        for duty in (m.first for m in row.members):
            words = self._checklist.about[duty.about]
            groups.setdefault((words.customer_does, words.aws_does), []).append(duty)
        for (customer_does, aws_does), duties in groups.items():
            abouts = [self._checklist.about[d.about] for d in duties]
            types = tuple(dict.fromkeys(d.resource_type for d in duties)) if len(groups) > 1 else ()
            requirements = tuple({(r.framework, r.id): r for a in abouts for r in a.requirements}.values())
            sources = self._references((s.url, str(s.read)) for a in abouts for s in a.sources)
            yield Halves(types, customer_does, aws_does, requirements, sources)

    def _place(self, member: Member) -> Place:
        duty = member.first
        where, action = folded_addresses(member.addresses, 3), wording.resource_action(duty).strip(" ()")
        if not duty.verdict:
            return Place(where, action, (), _written(f for d in member.duties for f in d.facets))
        # Duties of a member have the same facets in the same order.
        at = [_written(same) for same in zip(*(d.facets for d in member.duties), strict=True)]
        one = len({place for place in at if place}) == 1
        statements = (self._statement(f, duty, "" if one else at[i]) for i, f in enumerate(duty.facets))
        return Place(where, action, tuple(statements), max(at) if one else "")

    def _statement(self, facet: FacetResult, duty: DutyResult, at: str) -> Statement:
        sources = self._references((e.source, "") for e in facet.evidence if e.source)
        asks = facet.verdict == "attest"
        ask = _ask(facet) if asks else ""
        says = (facet.says or "").rstrip(".")
        number = self._asked.get((duty.control, ask)) if asks else None
        return Statement(facet.verdict, says, "" if asks else facet.because, ask, number, sources, at)

    def _references(self, pages: Iterable[tuple[str | None, str]]) -> tuple[int, ...]:
        """Numbers of pages, in the order in which they first come; only ``https`` pages are sources."""
        numbers: dict[int, None] = {}
        for url, read in pages:
            if url and url.startswith("https://"):
                known = self._pages.get(url, Reference(len(self._pages) + 1, url, read))
                self._pages[url] = Reference(known.number, url, known.read or read)
                numbers[known.number] = None
        return tuple(numbers)

    # What changes hands --------------------------------------------------------------------------------------------

    def _card(self, column: Column, drawn: list[Line]) -> Card:
        line = column.line
        held: Counter[str] = Counter((line.after or line.before or {}).values())
        counts = tuple((owner, held[owner]) for owner in OWNERS if held[owner])
        return Card(column, counts, self._handover(line, drawn) if column.sign == "~" else None)

    def _handover(self, line: Line, drawn: list[Line]) -> Handover:
        layers = []
        for layer, short, _ in self._checklist.layers:
            before, after = owners(line, layer)
            if before != after:
                layers.append((short, before, after))
        alike = [x for x in drawn if x.moved and (x.before, x.after) == (line.before, line.after)]
        reasons = ((folded_addresses(list(x.addresses), 3), _reason(x)) for x in alike)
        return Handover(tuple(layers), tuple(dict.fromkeys(reasons)))

    def _ending(self, row: Row) -> str:
        first = row.first
        if first.change != "retired":
            return ""
        if self._taken_over(first):
            return "AWS holds its layer from now on"
        if first.action in ("delete", "forget"):
            return f"goes with the resource ({first.action})"
        return "the new configuration does not ask for it"

    def _taken_over(self, duty: DutyResult) -> bool:
        lines = [x for x in self._checklist.lines if x.moved and x.input in duty.inputs and duty.address in x.addresses]
        return any(owners(line, duty.layer)[1] == "aws" for line in lines)


def _reason(line: Line) -> str:
    """Why a line moves, without the two names that stand above it."""
    return line.because.removeprefix(f"{line.variant_before} becomes {line.variant_after}: ")


def _tallies(layers: Iterable[LayerDuties]) -> Iterator[Tally]:
    for layer in layers:
        counts: Counter[str] = Counter(d.change for duty in layer.duties for d in duty.row.duties)
        if any(counts[kind] for kind in KINDS):
            yield Tally(layer.layer, layer.title, {kind: counts[kind] for kind in KINDS})


def _ask(facet: FacetResult) -> str:
    """The question of a facet; of one that is only undecided, what it says, and why that is not sure."""
    if facet.ask or not facet.says:
        return facet.ask or facet.because
    return f"Does this hold: {facet.says.rstrip('.')}? {facet.because}"


def _written(facets: Iterable[FacetResult]) -> str:
    return written((e for f in facets for e in f.evidence), LINES)


def _asking(duty: DutyResult) -> list[FacetResult]:
    return [f for f in duty.facets if f.verdict == "attest"]


def _notes(found: Iterable[Note]) -> Iterator[tuple[str, str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for note in found:
        groups.setdefault((note.kind, note.text), []).append(note.address)
    return ((folded_addresses(addresses, 3), text) for (_, text), addresses in groups.items())


def _gravity(duty: Duty) -> int:
    return ("critical", "high", "medium", "low").index(duty.row.severity)
