"""Sentences that the terminal and Markdown reports share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from tfsrm.model.checklist import Checklist, DutyResult, FacetResult, Gap, InputSummary
from tfsrm.report.plain import plural
from tfsrm.report.several import names, parts, title
from tfsrm.report.view import SEVERITIES, Row, Standing, View, chosen, hidden, is_standing, rows

HEADINGS = {
    "unmet": "Unmet: the plan contradicts it",
    "attest": "To attest: no plan can show it, ask a person",
    "unknown": "Unknown: decided only at apply",
    "met": "Met: the plan shows it",
    None: "Retired: no longer yours",
}

OWNER = {"aws": "AWS", "customer": "you", "shared": "shared", "none": ""}


class Section(msgspec.Struct, frozen=True):
    """The rows of one verdict, and how they are headed."""

    verdict: str | None
    title: str
    says: str
    rows: list[Row]
    duties: int


def sections(found: list[Row]) -> Iterator[Section]:
    """The rows by verdict, in the order of a report; no section without rows."""
    for verdict, heading in HEADINGS.items():
        group = [r for r in found if r.first.verdict == verdict]
        if group:
            title, _, says = heading.partition(":")
            yield Section(verdict, title, says.strip(), group, sum(len(r.duties) for r in group))


class Told(msgspec.Struct, frozen=True):
    """The duties that stand in the same inputs, ready to be told."""

    title: str
    """Empty where there is one input."""
    sections: tuple[Section, ...]
    drift: tuple[DutyResult, ...]


def told(checklist: Checklist, view: View) -> Iterator[Told]:
    """The parts of a report that have something to tell; one, without a title, where there is one input."""
    for part in parts(checklist):
        found = Told(part.title, tuple(sections(rows(chosen(part.checklist, view)))), part.checklist.drift)
        if found.sections or found.drift or not part.title:
            yield found


def unmet(checklist: Checklist, view: View) -> list[tuple[str, Row]]:
    """What the plan contradicts, gravest first: in which inputs (empty where there is one), and the row."""
    found = [
        (p.title, r) for p in parts(checklist) for r in rows(chosen(p.checklist, view)) if r.first.verdict == "unmet"
    ]
    return sorted(found, key=lambda pair: SEVERITIES.index(pair[1].severity))


def located(where: str, what: str) -> str:
    """``in dev/web, prod/web: aws_s3_bucket.b``; of one input, without a place, only what."""
    return f"in {where}: {what}" if where else what


class Noted(msgspec.Struct, frozen=True):
    """What notes of one kind say alike."""

    where: str
    """In which inputs; empty where there is one, and for what concerns the run."""
    addresses: list[str]
    text: str


def noted(checklist: Checklist) -> list[Noted]:
    """The notes but those on forgotten objects, which a report has at its top."""
    named, several = names(checklist), len(checklist.inputs) > 1
    groups: dict[tuple[str, str, int | None], list[str]] = {}
    for note in checklist.notes:
        if note.kind != "forget":
            number = note.input if several and note.kind != "account" else None
            groups.setdefault((note.kind, note.text, number), []).append(note.address)
    alike: dict[tuple[str, str, tuple[str, ...]], list[int]] = {}
    for (kind_of_note, text, number), addresses in groups.items():
        found = alike.setdefault((kind_of_note, text, tuple(addresses)), [])
        found += [] if number is None else [number]
    return [
        Noted(title(tuple(numbers), named) if numbers else "", list(addresses), text)
        for (_, text, addresses), numbers in alike.items()
    ]


def forgotten(checklist: Checklist) -> list[Noted]:
    """A note for each object that Terraform forgets."""
    named, several = names(checklist), len(checklist.inputs) > 1
    return [
        Noted(named[n.input] if several else "", [n.address], n.text) for n in checklist.notes if n.kind == "forget"
    ]


def headline(checklist: Checklist) -> str:
    """The one thing to know."""
    s = checklist.summary
    if not s.resources:
        return "Nothing of AWS is in here, so nobody's duties change."
    if is_standing(checklist):
        where = f"{plural(s.created + s.kept, 'duty')} on {plural(s.resources, 'resource')}"
        return f"{where}: {_verdicts(s.unmet, s.attest, s.unknown, s.met)}."
    moved = [d for d in checklist.duties if d.change in ("created", "changed")]
    if not moved and not s.retired:
        return f"This change moves no duty; {plural(s.kept, 'duty')} stay as they are."
    written = all(i.kind == "hcl" for i in checklist.inputs)  # nobody knows yet what of it is there already
    numbers = [
        ("gives you", s.created, "" if written else "new "),
        ("changes", s.changed, ""),
        ("retires", s.retired, ""),
    ]
    parts: list[str] = []
    for verb, count, new in numbers:
        if count:
            noun = "" if parts else f" {new}duty" if count == 1 else f" {new}duties"
            parts.append(f"{verb} {count}{noun}")
    counts = [sum(d.verdict == v for d in moved) for v in ("unmet", "attest", "unknown", "met")]
    tail = f": {_verdicts(*counts)}" if moved else ""
    return f"This {'configuration' if written else 'change'} {_joined(parts)}{tail}."


def _verdicts(unmet: int, attest: int, unknown: int, met: int) -> str:
    parts = [(unmet, "unmet"), (attest, "to attest"), (unknown, "unknown"), (met, "met")]
    return ", ".join(f"{n} {word}" for n, word in parts if n)


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def seen(*sources: InputSummary) -> str:
    """How much was looked at, in all the inputs given."""
    ways = [
        (sum(s.judged for s in sources), "by what is set"),
        (sum(s.by_default for s in sources), "by a sourced default"),
        (sum(s.by_companion for s in sources), "by a companion"),
    ]
    judged = ", ".join(f"{n} {how}" for n, how in ways if n)
    total = sum(n for n, _ in ways)
    tail = f"; {plural(total, 'facet')} judged: {judged}" if total else ""
    return f"{plural(sum(s.resources for s in sources), 'AWS resource')} seen{tail}"


def kinds(checklist: Checklist) -> str:
    """``3 plans, 1 state``."""
    counts = Counter(source.kind for source in checklist.inputs)
    nouns = {"plan": "plan", "state": "state", "hcl": "HCL directory"}
    return ", ".join(plural(counts[kind], noun) for kind, noun in nouns.items() if counts[kind])


def not_shown(checklist: Checklist, view: View) -> str:
    """What is hidden and how to see it; empty where nothing is."""
    counts = hidden(checklist, chosen(checklist, view))
    parts = [f"{n} {change}" for change, n in sorted(counts.items()) if n]
    if not view.everything and checklist.no_duty and not is_standing(checklist):
        parts.append(f"{plural(len(checklist.no_duty), 'resource')} without a duty")
    return f"Not shown: {', '.join(parts)}. See them with --all." if parts else ""


def gap_summary(checklist: Checklist) -> list[str]:
    """One line per type that the catalogue does not know."""
    types: dict[str, list[Gap]] = {}
    for gap in checklist.gaps:
        types.setdefault(gap.resource_type, []).append(gap)
    named = names(checklist)
    lines = []
    for name, gaps in sorted(types.items()):
        where = f" in {title(tuple(sorted({g.input for g in gaps})), named)}" if len(named) > 1 else ""
        lines.append(f"{name} ({len(gaps)}{where}): {gaps[0].because}")
    return lines


def kind(standing: Standing) -> str:
    """``a database`` or ``3 databases``."""
    count = len({d.address for d in standing.duties})
    noun = standing.role.replace("-", " ") or "resource"
    if count > 1:
        return plural(count, noun)
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def evidence_line(facet: FacetResult) -> str:
    """Why a facet has its verdict."""
    if facet.verdict == "attest":
        return facet.ask or facet.because
    return facet.because


def resource_action(duty: DutyResult) -> str:
    """A word behind an address where the action is what matters."""
    return f" ({duty.action})" if duty.action in ("replace", "forget", "new key", "delete") else ""
