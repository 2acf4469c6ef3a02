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
from tfsrm.report.several import names, unchanged_line
from tfsrm.report.view import Row, View, columns, decisive, folded_addresses, is_standing, rows, shown_lines

LIMIT = 30_000
"""Bytes; Bitbucket takes 32,768 characters."""

_SIGN = {"+": "new", "-": "goes", "~": "moves", "=": "stays"}
_NOTES = 12


def render(checklist: Checklist, view: View) -> str:
    """The report, within the room: the least important parts go first, and it says what went and where the whole is."""
    told = tuple(wording.told(checklist, view))  # once, for all the folds that are tried
    return fitted(lambda fold: _parts(checklist, told, view, fold), view, LIMIT)


def _parts(checklist: Checklist, told: tuple[wording.Told, ...], view: View, fold: Fold) -> Iterator[str]:
    yield f"## {escaped(wording.headline(checklist)).rstrip('.')}\n"
    yield from _warnings(checklist, fold)
    for part in told:
        if part.title:
            yield f"### In {code(part.title, fold.clip)}\n"
        for section in part.sections:
            yield f"###{'#' if part.title else ''} {section.title} ({section.duties}): {section.says}\n"
            yield from _rows(section, fold)
        yield from _drift(part, fold)
    still = unchanged_line(checklist, view.everything)
    if still:
        yield f"{escaped(still)}\n"
    yield from _line(checklist, view, fold)
    yield from _notes(checklist, fold)
    yield from _gaps(checklist, fold)
    for source in checklist.inputs if len(checklist.inputs) <= max(fold.seen, 1) else ():
        yield f"{code(source.path, fold.clip)}: {escaped(wording.seen(source))}.\n"
    if len(checklist.inputs) > max(fold.seen, 1):
        yield f"{len(checklist.inputs)} inputs: {escaped(wording.seen(*checklist.inputs))}.\n"
    if fold.without:
        yield f"Shortened to fit here; left out or shortened: {fold.without}. {whole(view)}\n"
    yield f"tfsrm {checklist.tool.version}, assessed on {checklist.assessed_on}"


def _warnings(checklist: Checklist, fold: Fold) -> Iterator[str]:
    for gate in checklist.tripped:
        what = f"{plural(gate.count, 'case')}, first {code(gate.first, fold.clip)}"
        yield f"**Gate** {code('--fail-on ' + gate.gate)} trips: {what}.\n"
    several = len(checklist.inputs) > 1
    for source, name in zip(checklist.inputs, names(checklist), strict=True):
        where = f"{code(name, fold.clip)}: " if several else ""
        yield from (f"**Mind:** {where}{escaped(caveat)}\n" for caveat in source.caveats)
    forgotten = wording.forgotten(checklist)
    for note in forgotten[:_NOTES]:
        where = f"{code(note.where, fold.clip)}: " if note.where else ""
        yield f"**Mind:** {where}{code(note.addresses[0], fold.clip)}: {escaped(note.text)}\n"
    if len(forgotten) > _NOTES:
        yield f"**Mind:** and {len(forgotten) - _NOTES} more objects that Terraform forgets\n"


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


def _drift(part: wording.Told, fold: Fold) -> Iterator[str]:
    if not part.drift:
        return
    yield f"###{'#' if part.title else ''} Drift ({len(part.drift)}): moved outside Terraform, before this plan\n"
    found = rows(list(part.drift))
    for row in found[: fold.unmet]:
        yield from _row(row, fold)
    if len(found) > fold.unmet:
        yield f"* and {len(found) - fold.unmet} more kinds"
    yield ""


def _row(row: Row, fold: Fold) -> Iterator[str]:
    marks = ", ".join(
        filter(None, (row.severity, "shared with AWS" if row.first.owner == "shared" else "", _moved(row)))
    )
    first, *others = row.members[: fold.members]
    yield f"* **{escaped(row.first.title)}** ({marks}): {_where(first.addresses, fold)}{_why(row, 0, fold)}"
    for number, member in enumerate(others, 1):
        yield f"    * {_where(member.addresses, fold)}{_why(row, number, fold)}"
    if len(row.members) > fold.members:
        rest = [a for m in row.members[fold.members :] for a in m.addresses]
        yield f"    * also {_where(rest, fold)}"


def _moved(row: Row) -> str:
    """What became of a duty that was there before."""
    first = row.first
    if first.change != "changed":
        return ""
    return f"changed, was {first.previous_verdict}" if first.previous_verdict != first.verdict else "changed"


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
    notes, limit = wording.noted(checklist), _NOTES if fold.apart else 3
    if not notes:
        return
    yield "### Mind\n"
    for note in notes[:limit]:
        where = f"In {code(note.where, fold.clip)}: " if note.where else ""
        addresses = code(folded_addresses(note.addresses, 3), fold.clip)
        yield f"* {where}{addresses}: {code(note.text, fold.clip)}"
    if len(notes) > limit:
        yield f"* and {len(notes) - limit} more"
    yield ""


def _gaps(checklist: Checklist, fold: Fold) -> Iterator[str]:
    lines = wording.gap_summary(checklist)
    if not lines:
        return
    yield f"### Not catalogued ({plural(len(checklist.gaps), 'resource')})\n"
    yield from (f"* {code(line, fold.clip)}" for line in lines[: fold.gaps])
    if len(lines) > fold.gaps:
        yield f"* and {plural(len(lines) - fold.gaps, 'more type')}"
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
