"""The terminal report: plain text that fits 79 columns, wider where there is room."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tabulate import tabulate

from tfsrm.model.checklist import Checklist
from tfsrm.report import wording
from tfsrm.report.plain import clean, log_line, one_line, plural
from tfsrm.report.several import names, parts, unchanged_line
from tfsrm.report.table_duties import LEAST, SCREEN, bold, duties, row_in_full
from tfsrm.report.view import Column, View, chosen, columns, folded_addresses, is_standing, picture, rows, shown_lines

_BLOCKS = {"customer": "███ ", "shared": "▒▒▒ ", "aws": "░░░ ", "gone": "··· "}
_ASCII = {"customer": "### ", "shared": "+++ ", "aws": "... ", "gone": "--- "}
_WORDS = {"customer": "you", "shared": "shared", "aws": "AWS"}
_CELL = 13
_LABEL = 17
_HEADER_LINES = 4
_NOTES = 8


def render(checklist: Checklist, view: View) -> str:
    """The whole report, one final newline."""
    parts = [*_head(checklist, view), *_tripped(checklist), *_picture(checklist, view), *_duties(checklist, view)]
    parts += [*_notes(checklist, view), *_foot(checklist, view)]
    lines = [log_line(line) for part in parts for line in part.split("\n")]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(checklist: Checklist, view: View) -> Iterator[str]:
    several = len(checklist.inputs) > 1
    for source, name in zip(checklist.inputs, names(checklist), strict=True):
        if not several:
            version = f", Terraform {source.terraform_version}" if source.terraform_version else ""
            yield clean(f"tfsrm  {source.path}  ({source.kind}{version}; assessed on {checklist.assessed_on})")
        for caveat in source.caveats:
            where = f"{name}: " if several else ""
            yield from textwrap.wrap(clean(f"! {where}{caveat}"), view.width, subsequent_indent="  ")
    if several:
        yield f"tfsrm  {len(checklist.inputs)} inputs  ({wording.kinds(checklist)}; assessed on {checklist.assessed_on})"
    yield ""
    yield from textwrap.wrap(wording.headline(checklist), view.width)
    for note in wording.forgotten(checklist):
        where = f"{note.where}: " if note.where else ""
        line = clean(f"! {where}{note.addresses[0]}: {note.text}")
        yield from textwrap.wrap(line, view.width, subsequent_indent="  ")
    yield ""


def _tripped(checklist: Checklist) -> Iterator[str]:
    for gate in checklist.tripped:
        yield clean(f"GATE  --fail-on {gate.gate} trips: {plural(gate.count, 'case')}, first {gate.first}")
    if checklist.tripped:
        yield ""


# The line --------------------------------------------------------------------------------------------------------


def _picture(checklist: Checklist, view: View) -> Iterator[str]:
    shown = columns(shown_lines(checklist, view), is_standing(checklist))
    if not shown:
        return
    room = max((view.width - _LABEL) // (_CELL + 2), 1)
    yield bold("WHERE THE LINE RUNS", view)
    drawn = len(shown) if view.everything else room
    for start in range(0, min(len(shown), drawn), room):
        yield from _block(checklist, shown[start : start + room], view)
        if len(shown) > drawn:
            names = ", ".join(s.removeprefix("Amazon ").removeprefix("AWS ") for c in shown[drawn:] for s in c.services)
            yield one_line(f"  not drawn, with --all: {names}", view.width)
        yield ""


def _block(checklist: Checklist, shown: list[Column], view: View) -> Iterator[str]:
    blocks = _ASCII if view.ascii else _BLOCKS
    label = max(view.width - 2 - len(shown) * (_CELL + 2), _LABEL)
    headers = ["", *(_header(c) for c in shown)]
    body = []
    drawn = picture(checklist, shown)
    for name, cells in drawn.rows:
        body.append(["\n".join(textwrap.wrap(name, label - 2)), *(_cell(c, blocks) for c in cells)])
    text = tabulate(body, headers=headers, tablefmt="plain", disable_numparse=True)
    yield textwrap.indent(text, "  ")
    for owner, layers in drawn.alike:
        words = f"{blocks[owner]}{_WORDS[owner]} in all of them: {layers}"
        yield from textwrap.wrap(words, view.width, initial_indent="  ", subsequent_indent="      ")


def _header(column: Column) -> str:
    names = [s.removeprefix("Amazon ").removeprefix("AWS ") for s in column.services]
    text = ", ".join(names)
    if len(column.variants) == 1 and len(names) == 1 and names[0] not in column.variants[0]:
        text = f"{names[0]}: {column.variants[0]}"
    lines = textwrap.wrap(clean(f"{column.sign} {text}"), _CELL)
    if len(lines) > _HEADER_LINES:
        lines = [*lines[: _HEADER_LINES - 1], one_line(lines[_HEADER_LINES - 1], _CELL - 1).rstrip(",") + "…"]
    return "\n".join(lines)


def _cell(cell: str, blocks: dict[str, str]) -> str:
    if cell.startswith("gone:"):
        return f"{blocks['gone']}was {_WORDS[cell.removeprefix('gone:')]}"
    if ">" in cell:
        old, new = cell.split(">")
        return f"{blocks[new][0]} {_WORDS[old]}→{_WORDS[new]}"
    return f"{blocks[cell]}{_WORDS[cell]}" if cell else ""


def _duties(checklist: Checklist, view: View) -> Iterator[str]:
    found = [p for p in parts(checklist) if not p.title or chosen(p.checklist, view) or p.checklist.drift]
    for part in found:
        if part.title:
            yield one_line(f"--- {part.title} ---", view.width)
        yield from duties(part.checklist, view, max(SCREEN // len(found), LEAST))
        yield from _drift(part.checklist, view)
    still = unchanged_line(checklist, view.everything)
    if still:
        yield from textwrap.wrap(clean(still), view.width)
        yield ""


def _drift(checklist: Checklist, view: View) -> Iterator[str]:
    if not checklist.drift:
        return
    yield bold(f"DRIFT ({len(checklist.drift)})", view) + " moved outside Terraform, before this plan"
    for row in rows(list(checklist.drift)):
        yield from row_in_full(row, view)
    yield ""


def _notes(checklist: Checklist, view: View) -> Iterator[str]:
    notes = wording.noted(checklist)
    if not notes:
        return
    yield bold("MIND", view)
    limit = len(notes) if view.everything else _NOTES
    for note in notes[:limit]:
        where = f"In {note.where}: " if note.where else ""
        line = clean(f"{where}{folded_addresses(note.addresses, 3)}: {note.text}")
        yield from textwrap.wrap(line, view.width, initial_indent="  ", subsequent_indent="    ")
    if len(notes) > limit:
        yield f"  and {len(notes) - limit} more, with --all"
    yield ""


def _foot(checklist: Checklist, view: View) -> Iterator[str]:
    if checklist.gaps:
        yield bold(f"NOT CATALOGUED ({len(checklist.gaps)})", view)
        lines = wording.gap_summary(checklist)
        limit = len(lines) if view.everything else 4
        for line in lines[:limit]:
            yield one_line(f"  {line}", view.width)
        if len(lines) > limit:
            yield f"  and {len(lines) - limit} more types"
        yield ""
    if checklist.inherited and shown_lines(checklist, view):
        keeps = ", ".join(i.control.removeprefix("aws-").replace("-", " ") for i in checklist.inherited)
        text = f"AWS's alone: {keeps} (sources: tfsrm explain {checklist.inherited[0].control}, ...)."
        yield from textwrap.wrap(text, view.width, subsequent_indent="  ")
    if view.everything and checklist.no_duty:
        yield ""
        yield bold(f"NO DUTY OF THEIR OWN ({len(checklist.no_duty)})", view)
        named, several = names(checklist), len(checklist.inputs) > 1
        for none in checklist.no_duty:
            where = f"{named[none.input]}: " if several else ""
            yield clean(f"  {where}{none.address}: {none.because}")
    yield from textwrap.wrap(clean(_seen(checklist)), view.width, subsequent_indent="  ")
    rest = wording.not_shown(checklist, view)
    if rest and not is_standing(checklist):
        yield from textwrap.wrap(rest, view.width, subsequent_indent="  ")


def _seen(checklist: Checklist) -> str:
    found = list(dict.fromkeys(f"{n.what} ({n.because})" for source in checklist.inputs for n in source.not_seen))
    more = f" and {len(found) - 6} more" if len(found) > 6 else ""
    tail = f". Not looked at: {'; '.join(found[:6])}{more}" if found else ""
    return f"{wording.seen(*checklist.inputs)}{tail}."
