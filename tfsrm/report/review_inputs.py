"""Several inputs in a review pack: what stands in the same ones is a chapter, and each has a row in the table at the top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from tfsrm.model.checklist import Checklist, DutyResult, Line, Note
from tfsrm.report import wording
from tfsrm.report.plain import plural
from tfsrm.report.review_parts import InputRow
from tfsrm.report.several import names, parts, title, unchanged_line
from tfsrm.report.view import Column, View, chosen, columns, is_standing, shown_lines

Inputs = tuple[int, ...]
"""Indices of ``Checklist.inputs``, in order."""


class Share(msgspec.Struct):
    """What the same inputs have: the material of a chapter."""

    inputs: Inputs
    duties: list[DutyResult] = []
    drift: list[DutyResult] = []
    lines: list[Line] = []
    notes: list[Note] = []


def shares(checklist: Checklist, view: View) -> list[Share]:
    """What the most inputs share first, then in the order of the inputs; one for one input, whatever it holds.

    Every line, duty and note stands in exactly one, and all lines of an input in the same one.
    """
    found: dict[Inputs, Share] = {}
    if len(checklist.inputs) < 2:
        found[0,] = Share((0,))
    for part in parts(checklist):
        duties, drift = chosen(part.checklist, view), part.checklist.drift
        if duties or drift:
            found[part.inputs] = Share(part.inputs, duties, list(drift))
    for inputs, lines in _pictures(checklist, view).items():
        found.setdefault(inputs, Share(inputs)).lines = lines
    for inputs, note in _notes(checklist):
        found.setdefault(inputs, Share(inputs)).notes.append(note)
    return sorted(found.values(), key=lambda share: (-len(share.inputs), share.inputs))


def picture(checklist: Checklist, inputs: Inputs, lines: list[Line]) -> list[Column]:
    """The columns of a chapter, whose inputs look alike; what only stands is drawn as it is."""
    return columns([line for line in lines if line.input == inputs[0]], stands(checklist, inputs))


def stands(checklist: Checklist, inputs: Inputs) -> bool:
    """Whether these inputs are worlds without a change."""
    return (
        is_standing(checklist)
        if len(checklist.inputs) < 2
        else all(checklist.inputs[n].kind == "state" for n in inputs)
    )


def _pictures(checklist: Checklist, view: View) -> dict[Inputs, list[Line]]:
    """Lines to draw, by the inputs whose pictures are the same."""
    if len(checklist.inputs) < 2:
        return {(0,): shown_lines(checklist, view)}
    changing = shown_lines(checklist, view)
    standing = shown_lines(checklist, msgspec.structs.replace(view, everything=True))
    alike: dict[tuple[object, ...], list[int]] = {}
    drawn: dict[int, list[Line]] = {}
    for number in range(len(checklist.inputs)):
        lines = standing if stands(checklist, (number,)) else changing
        drawn[number] = [line for line in lines if line.input == number]
        look = tuple(_look(column) for column in picture(checklist, (number,), drawn[number]))
        if look:
            alike.setdefault(look, []).append(number)
    return {tuple(same): [line for n in same for line in drawn[n]] for same in alike.values()}


def _look(column: Column) -> tuple[object, ...]:
    """All that a reader sees of a column."""
    line = column.line
    between = (line.variant_before, line.variant_after) if column.sign == "~" else ()
    sides = tuple(tuple((side or {}).items()) for side in (line.before, line.after))
    return column.services, column.variants, column.sign, between, sides


def _notes(checklist: Checklist) -> Iterator[tuple[Inputs, Note]]:
    """Notes with the inputs that say the same; without those that stand at the top."""
    groups: dict[tuple[str, str, str], list[Note]] = {}
    for note in checklist.notes:
        if note.kind != "forget" and not _is_remark(note):
            groups.setdefault((note.kind, note.address, note.text), []).append(note)
    for same in groups.values():
        yield tuple(dict.fromkeys(n.input for n in same)), same[0]


def _is_remark(note: Note) -> bool:
    return note.kind == "account"


def remarks(checklist: Checklist, view: View) -> Iterator[str]:
    """What to know about several inputs together."""
    if len(checklist.inputs) < 2:
        return
    still, rest = unchanged_line(checklist, view.everything), wording.not_shown(checklist, view)
    if still or rest:
        yield " ".join(filter(None, (still, rest)))
    yield from (note.text for note in checklist.notes if _is_remark(note))


def loud(checklist: Checklist) -> Iterator[tuple[str, str, str]]:
    """(inputs, resource, text) of what stands before all else; what several inputs say alike once."""
    said: dict[tuple[str, str], list[int]] = {}
    for number, source in enumerate(checklist.inputs):
        for caveat in source.caveats:
            said.setdefault(("", caveat), []).append(number)
    for note in checklist.notes:
        if note.kind == "forget":
            said.setdefault((note.address, note.text), []).append(note.input)
    named = names(checklist)
    for (address, text), numbers in said.items():
        yield within(named, numbers), address, text


def within(named: list[str], inputs: Iterable[int]) -> str:
    """The inputs in words, out of the names of all; empty where there is only one."""
    return title(tuple(sorted(set(inputs))), named) if len(named) > 1 else ""


def overview(checklist: Checklist, found: list[Share]) -> Iterator[InputRow]:
    """A row for every input of which something is told."""
    if len(checklist.inputs) < 2:
        return
    for number, name in enumerate(names(checklist)):
        told = [(n, share) for n, share in enumerate(found, start=1) if number in share.inputs]
        if told:
            duties = [d for _, share in told for d in share.duties]
            counts: Counter[str | None] = Counter([*(d.change for d in duties), *(d.verdict for d in duties)])
            moved = (line.service for _, share in told for line in share.lines if line.moved and line.input == number)
            wanted = ("created", "changed", "retired", "unmet", "attest")
            yield InputRow(name, {w: counts[w] for w in wanted}, tuple(dict.fromkeys(moved)), tuple(n for n, _ in told))


def seen(checklist: Checklist, rows: tuple[InputRow, ...]) -> Iterator[tuple[str, str]]:
    """(an input, how much of it was looked at); several without a row are one, without a name."""
    if len(checklist.inputs) < 2:
        yield from ((source.path, wording.seen(source)) for source in checklist.inputs)
        return
    told = {row.name for row in rows}
    others = []
    for source, name in zip(checklist.inputs, names(checklist), strict=True):
        if name in told:
            yield name, wording.seen(source)
        else:
            others.append(source)
    if others:
        yield "", f"{plural(len(others), 'further input')}: {wording.seen(*others)}"
