"""The terminal report: plain text that fits 79 columns, wider where there is room."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tabulate import tabulate

from tfsrm.model.checklist import Checklist, InputSummary
from tfsrm.report import wording
from tfsrm.report.plain import clean, log_line, one_line, plural
from tfsrm.report.view import (
    Column,
    Member,
    Row,
    View,
    chosen,
    columns,
    decisive,
    folded_addresses,
    is_standing,
    picture,
    questions,
    rows,
    shown_lines,
)

_BLOCKS = {"customer": "███ ", "shared": "▒▒▒ ", "aws": "░░░ ", "gone": "··· "}
_ASCII = {"customer": "### ", "shared": "+++ ", "aws": "... ", "gone": "--- "}
_WORDS = {"customer": "you", "shared": "shared", "aws": "AWS"}
_COLORS = {"unmet": "31;1", "attest": "33", "unknown": "36", "met": "32", None: "2"}
_ROWS = {"attest": 4, "unknown": 4, "met": 0, None: 0}
"""How many rows of a verdict stand in full; the rest is one paragraph. Unmet ones always stand in full."""
_CELL = 13
_LABEL = 17
_HEADER_LINES = 4
_NOTES = 8


def render(checklist: Checklist, view: View) -> str:
    """The whole report, one final newline."""
    parts = [*_head(checklist, view), *_tripped(checklist), *_picture(checklist, view), *_duties(checklist, view)]
    parts += [*_drift(checklist, view), *_notes(checklist, view), *_foot(checklist, view)]
    lines = [log_line(line) for part in parts for line in part.split("\n")]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(checklist: Checklist, view: View) -> Iterator[str]:
    for source in checklist.inputs:
        version = f", Terraform {source.terraform_version}" if source.terraform_version else ""
        yield clean(f"tfsrm  {source.path}  ({source.kind}{version}; assessed on {checklist.assessed_on})")
    for source in checklist.inputs:
        for caveat in source.caveats:
            yield from textwrap.wrap(clean(f"! {caveat}"), view.width, subsequent_indent="  ")
    yield ""
    yield from textwrap.wrap(wording.headline(checklist), view.width)
    for note in checklist.notes:
        if note.kind == "forget":
            yield from textwrap.wrap(clean(f"! {note.address}: {note.text}"), view.width, subsequent_indent="  ")
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
    yield _bold("WHERE THE LINE RUNS", view)
    for start in range(0, len(shown), room):
        yield from _block(checklist, shown[start : start + room], view)
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


# Duties ----------------------------------------------------------------------------------------------------------


def _duties(checklist: Checklist, view: View) -> Iterator[str]:
    found = rows(chosen(checklist, view))
    for verdict, heading in wording.HEADINGS.items():
        group = [r for r in found if r.first.verdict == verdict]
        if not group:
            continue
        title, _, rest = heading.partition(":")
        count = sum(len(r.duties) for r in group)
        yield _bold(f"{title.upper()} ({count})", view, verdict) + f" {rest.strip()}"
        yield from _group(group, verdict, view)
        yield ""


def _group(group: list[Row], verdict: str | None, view: View) -> Iterator[str]:
    """Rows in full, then the rest and what concerns the whole account as a paragraph each."""
    wide = [r for r in group if r.first.scope != "resource" and verdict != "unmet" and not view.everything]
    near = [r for r in group if r not in wide]
    limit = len(near) if view.everything or len(near) == 1 else _ROWS.get(verdict, len(near))
    for row in near[:limit]:
        yield from _row(row, view)
    if len(near) > limit:
        yield from _paragraph(near[limit:], "also: " if limit else "", view)
    if wide:
        yield from _paragraph(wide, "once for the account: ", view)


def _paragraph(group: list[Row], start: str, view: View) -> Iterator[str]:
    names = [f"{r.first.title}{_times(r)}" for r in group]
    yield from textwrap.wrap(start + "; ".join(names) + ".", view.width, initial_indent="  ", subsequent_indent="  ")


def _times(row: Row) -> str:
    return f" ({len(row.duties)})" if len(row.duties) > 1 else ""


def _row(row: Row, view: View) -> Iterator[str]:
    box = "[x]" if row.first.verdict == "met" else "[ ]"
    plain = row.first.change == "created" or (row.first.change == "kept" and not view.everything)
    mark = "" if plain else f" · {row.first.change}"
    was = row.first.previous_verdict
    if row.first.change == "changed" and was and was != row.first.verdict:
        mark = f" · was {was}"
    text = f"  {box} {row.severity:<8} {row.first.title}{_times(row)}"
    for extra in (mark, " · shared" if row.first.owner == "shared" else ""):
        text += extra if len(text) + len(extra) <= view.width else ""
    yield one_line(text, view.width)
    limit = len(row.members) if view.everything else 2
    for member in row.members[:limit]:
        yield from _member(member, view)
    if len(row.members) > limit:
        rest = [a for m in row.members[limit:] for a in m.addresses]
        yield one_line(f"        also {folded_addresses(rest, 2)}", view.width)


def _member(member: Member, view: View) -> Iterator[str]:
    duty = member.first
    where = folded_addresses(member.addresses, 99 if view.everything else 2)
    action = wording.resource_action(duty)
    yield one_line(f"        {where}{action}", view.width if not view.everything else 10_000)
    facets = decisive(duty)[: None if view.everything else 1]
    for facet in facets:
        lines = _indented(wording.evidence_line(facet), view)
        yield from lines if view.everything or len(lines) < 3 else [lines[0], one_line(f"{lines[1]} …", view.width)]
    for facet in questions(duty) if view.everything else ():
        if facet not in facets:
            yield from _indented(f"? {facet.ask}", view)


def _indented(text: str, view: View) -> list[str]:
    return textwrap.wrap(clean(text), view.width, initial_indent=" " * 10, subsequent_indent=" " * 10)


def _drift(checklist: Checklist, view: View) -> Iterator[str]:
    if not checklist.drift:
        return
    yield _bold(f"DRIFT ({len(checklist.drift)})", view) + " moved outside Terraform, before this plan"
    for row in rows(list(checklist.drift)):
        yield from _row(row, view)
    yield ""


def _notes(checklist: Checklist, view: View) -> Iterator[str]:
    notes = [n for n in checklist.notes if n.kind != "forget"]  # those stand at the top
    if not notes:
        return
    yield _bold("MIND", view)
    groups: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        groups.setdefault((note.kind, note.text), []).append(note.address)
    limit = len(groups) if view.everything else _NOTES
    for (_, text), addresses in list(groups.items())[:limit]:
        line = clean(f"{folded_addresses(addresses, 3)}: {text}")
        yield from textwrap.wrap(line, view.width, initial_indent="  ", subsequent_indent="    ")
    if len(groups) > limit:
        yield f"  and {len(groups) - limit} more, with --all"
    yield ""


def _foot(checklist: Checklist, view: View) -> Iterator[str]:
    if checklist.gaps:
        yield _bold(f"NOT CATALOGUED ({len(checklist.gaps)})", view)
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
        yield _bold(f"NO DUTY OF THEIR OWN ({len(checklist.no_duty)})", view)
        for none in checklist.no_duty:
            yield clean(f"  {none.address}: {none.because}")
    for source in checklist.inputs:
        yield from textwrap.wrap(clean(_seen(source)), view.width, subsequent_indent="  ")
    rest = wording.not_shown(checklist, view)
    if rest and not is_standing(checklist):
        yield from textwrap.wrap(rest, view.width, subsequent_indent="  ")


def _seen(source: InputSummary) -> str:
    not_seen = "; ".join(f"{n.what} ({n.because})" for n in source.not_seen[:6])
    more = f" and {len(source.not_seen) - 6} more" if len(source.not_seen) > 6 else ""
    tail = f". Not looked at: {not_seen}{more}" if not_seen else ""
    return f"{wording.seen(source)}{tail}."


def _bold(text: str, view: View, verdict: str | None = "") -> str:
    if not view.color:
        return text
    return f"\x1b[{_COLORS.get(verdict, '1')}m{text}\x1b[0m"
