"""Markdown for places that show no HTML, no folded parts and no task boxes, such as Bitbucket.

Everything that comes from a plan stands in a code span, whose fence is longer than any run of backticks in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfsrm.model.checklist import Checklist
from tfsrm.report import wording
from tfsrm.report.markdown_folds import Fold, fitted, whole
from tfsrm.report.plain import clean, plural
from tfsrm.report.view import Row, View, chosen, columns, decisive, folded_addresses, is_standing, rows, shown_lines

LIMIT = 30_000
"""Bytes; Bitbucket takes 32,768 characters."""

_SIGN = {"+": "new", "-": "goes", "~": "moves", "=": "stays"}
_NOTES = 12


def render(checklist: Checklist, view: View) -> str:
    """The report, within the room: the least important parts go first, and it says what went and where the whole is."""
    return fitted(lambda fold: _parts(checklist, view, fold), view, LIMIT)


def _parts(checklist: Checklist, view: View, fold: Fold) -> Iterator[str]:
    yield f"## {escaped(wording.headline(checklist)).rstrip('.')}\n"
    yield from _warnings(checklist, fold)
    for section in wording.sections(rows(chosen(checklist, view))):
        yield f"### {section.title} ({section.duties}): {section.says}\n"
        yield from _rows(section, fold)
    yield from _line(checklist, view, fold)
    yield from _notes(checklist, fold)
    for source in checklist.inputs:
        yield f"{code(source.path, fold.clip)}: {escaped(wording.seen(source))}.\n"
    if fold.without:
        yield f"Shortened to fit here; left out or shortened: {fold.without}. {whole(view)}\n"
    yield f"tfsrm {checklist.tool.version}, assessed on {checklist.assessed_on}"


def _warnings(checklist: Checklist, fold: Fold) -> Iterator[str]:
    for gate in checklist.tripped:
        what = f"{plural(gate.count, 'case')}, first {code(gate.first, fold.clip)}"
        yield f"**Gate** {code('--fail-on ' + gate.gate)} trips: {what}.\n"
    for caveat in (c for source in checklist.inputs for c in source.caveats):
        yield f"**Mind:** {escaped(caveat)}\n"
    for note in [n for n in checklist.notes if n.kind == "forget"][:_NOTES]:
        yield f"**Mind:** {code(note.address, fold.clip)}: {escaped(note.text)}\n"


def _rows(section: wording.Section, fold: Fold) -> Iterator[str]:
    """Rows of one verdict; what is met or no longer yours by its titles."""
    limit = fold.rows(section.verdict) if fold.apart else min(fold.rows(section.verdict), 25)
    if section.verdict in ("met", None):
        if fold.met != "count":
            yield "; ".join(f"{escaped(r.first.title)} ({len(r.duties)})" for r in section.rows) + ".\n"
        return
    for row in section.rows[:limit]:
        yield from _row(row, fold)
    left = section.rows[limit:]
    if left:
        yield f"* and {plural(sum(len(r.duties) for r in left), 'duty')} of {plural(len(left), 'more kind')}"
    yield ""


def _row(row: Row, fold: Fold) -> Iterator[str]:
    marks = row.severity + (", shared with AWS" if row.first.owner == "shared" else "")
    first, *others = row.members[: fold.members]
    yield f"* **{escaped(row.first.title)}** ({marks}): {_where(first.addresses, fold)}{_why(row, 0, fold)}"
    for number, member in enumerate(others, 1):
        yield f"    * {_where(member.addresses, fold)}{_why(row, number, fold)}"
    if len(row.members) > fold.members:
        rest = [a for m in row.members[fold.members :] for a in m.addresses]
        yield f"    * also {_where(rest, fold)}"


def _where(addresses: list[str], fold: Fold) -> str:
    return code(folded_addresses(addresses, 3), fold.clip)


def _why(row: Row, number: int, fold: Fold) -> str:
    duty = row.members[number].first
    if duty.verdict == "attest" and not fold.questions:
        return ""
    words = [escaped(f.ask) if f.verdict == "attest" and f.ask else code(f.because, fold.clip) for f in decisive(duty)]
    return ": " + "; ".join(dict.fromkeys(words[:3])) if words else ""


def _line(checklist: Checklist, view: View, fold: Fold) -> Iterator[str]:
    """The line in words: for each group of services which layers are whose."""
    shown = columns(shown_lines(checklist, view), is_standing(checklist))[: fold.columns]
    if not shown:
        return
    yield "### Where the line runs\n"
    for column in shown:
        owners: dict[str, list[str]] = {}
        for layer, short, _ in checklist.layers:
            owner = (column.line.after or column.line.before or {}).get(layer, "none")
            owners.setdefault(owner, []).append(short)
        parts = [f"{wording.OWNER[o]}: {', '.join(owners[o])}" for o in ("customer", "shared", "aws") if o in owners]
        yield f"* **{escaped(', '.join(column.services))}** ({_SIGN[column.sign]}): {escaped('; '.join(parts))}"
    yield ""


def _notes(checklist: Checklist, fold: Fold) -> Iterator[str]:
    notes = [n for n in checklist.notes if n.kind != "forget"]
    for note in notes[: _NOTES if fold.apart else 3]:
        yield f"* {code(note.address, fold.clip)}: {code(note.text, fold.clip)}"
    yield ""


def code(text: str, clip: int | None = None) -> str:
    """Hostile text as an inert code span; of more than ``clip`` characters the first and the last ones."""
    if clip and len(text) > clip:
        text = f"{text[: clip - clip // 3 - 1]}…{text[-(clip // 3) :]}"
    text = clean(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text or not text.strip() else f"{fence}{text}{fence}"


_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\*_[]"} | {c: f"`{c}`" for c in "@#<>&|~$"} | {"`": "'"})


def escaped(text: str) -> str:
    """Prose as plain Markdown text."""
    return clean(text).translate(_SPECIAL).replace("://", ":`//`")
