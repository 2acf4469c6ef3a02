"""The duties of the terminal report: as much of them as fits a screen, the most important in full, nothing uncounted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import islice

import msgspec

from tfsrm.model.checklist import Checklist
from tfsrm.report import wording
from tfsrm.report.plain import clean, one_line, plural
from tfsrm.report.view import (
    Member,
    Row,
    Standing,
    View,
    chosen,
    decisive,
    folded_addresses,
    questions,
    rows,
    set_apart,
)

SCREEN = 38
"""Lines that the duties may take; where they are many, they are told more shortly."""
LEAST = 8
"""Lines that the duties of one of several inputs may take, however many there are."""
_COLORS = {"unmet": "31;1", "attest": "33", "unknown": "36", "met": "32", None: "2"}
_EVERY = 10_000
_INDENT = "  "
_END = 12
"""Least columns in which the end of an address says something."""


class _Fold(msgspec.Struct, frozen=True):
    """How shortly the duties are told."""

    unmet: int
    """Rows of unmet duties in full; the others keep a line each."""
    attest: int
    """Rows to attest in full."""
    unknown: int
    members: int
    """Resources of a row, where their evidence differs."""
    lines: int
    """Lines of a paragraph that names the rest."""
    briefs: int = 12
    """Unmet duties with one line each; what is beyond them is in a paragraph."""

    def rows(self, verdict: str | None) -> int:
        """Rows of a verdict in full."""
        return {"unmet": self.unmet, "attest": self.attest, "unknown": self.unknown}.get(verdict or "", 0)


_ALL = _Fold(_EVERY, _EVERY, _EVERY, _EVERY, _EVERY, _EVERY)
_FOLDS = (
    _Fold(unmet=_EVERY, attest=4, unknown=4, members=2, lines=8),
    _Fold(unmet=8, attest=4, unknown=2, members=2, lines=4),
    _Fold(unmet=6, attest=3, unknown=2, members=1, lines=3),
    _Fold(unmet=4, attest=3, unknown=1, members=1, lines=2),
    _Fold(unmet=2, attest=2, unknown=1, members=1, lines=2),
    _Fold(unmet=1, attest=1, unknown=1, members=1, lines=2),
    _Fold(unmet=0, attest=1, unknown=0, members=1, lines=2, briefs=10),
    _Fold(unmet=0, attest=1, unknown=0, members=1, lines=1, briefs=8),
)


def duties(checklist: Checklist, view: View, room: int = SCREEN) -> list[str]:
    """Lines of all sections: told as fully as fits the room."""
    found = rows(chosen(checklist, view))
    *fuller, shortest = (_ALL,) if view.everything else _FOLDS
    for fold in fuller:
        lines = list(islice(_sections(found, fold, view), room + 1))
        if len(lines) <= room:
            return lines
    return list(_sections(found, shortest, view))


def _sections(found: list[Row], fold: _Fold, view: View) -> Iterator[str]:
    for section in wording.sections(found):
        yield bold(f"{section.title.upper()} ({section.duties})", view, section.verdict) + f" {section.says}"
        yield from _group(section.rows, section.verdict, fold, view)
        yield ""


def _group(group: list[Row], verdict: str | None, fold: _Fold, view: View) -> Iterator[str]:
    """Rows in full, then the rest, the standing duties and what concerns the whole account, a paragraph each."""
    wide = [r for r in group if r.first.scope != "resource" and verdict != "unmet" and not view.everything]
    near, standing = [r for r in group if r not in wide], list[Standing]()
    if verdict == "attest" and not view.everything:
        near, standing = set_apart(near)
    limit = len(near) if len(near) == 1 else fold.rows(verdict)
    for row in near[:limit]:
        yield from row_in_full(row, view, fold.members)
    rest = near[limit:]
    if verdict == "unmet":
        yield from (_brief(row, view) for row in rest[: fold.briefs])
        rest = rest[fold.briefs :]
    if rest:
        yield from _paragraph([_title(r) for r in rest], "also: " if limit else "", fold.lines, view)
    if standing:
        names = [f"{plural(len(s.duties), 'question')} on {wording.kind(s)}" for s in standing]
        yield from _paragraph(names, "standing duties: ", fold.lines // 2 or 1, view)
    if wide:
        yield from _paragraph([_title(r) for r in wide], "once for the account: ", fold.lines // 2 or 1, view)


def _paragraph(names: list[str], start: str, most: int, view: View) -> list[str]:
    """As many names as fit ``most`` lines, and how many more there are."""
    lines: list[str] = []
    letters = most * (view.width - len(_INDENT))
    for count in range(len(names), -1, -1):
        more = f"{'; and ' if count else ''}{len(names) - count} more, with --all" if count < len(names) else ""
        text = start + "; ".join(names[:count]) + more + "."
        if count and len(text) - text.count(" ") > letters:
            continue  # cannot fit, whichever way it is wrapped: wrapping is what costs
        lines = textwrap.wrap(clean(text), view.width, initial_indent=_INDENT, subsequent_indent=_INDENT)
        if len(lines) <= most:
            break
    return lines


def _title(row: Row) -> str:
    return row.first.title + (f" ({len(row.duties)})" if len(row.duties) > 1 else "")


def _brief(row: Row, view: View) -> str:
    """A row on one line: what, and where; of a long address its end."""
    what = f"  [ ] {row.severity:<8} {_title(row)}: "
    where = clean(folded_addresses(row.addresses, 1))
    room = view.width - len(what)
    if len(where) > room > _END:
        where = "…" + where[-(room - 1) :]
    return one_line(what + where, view.width)


def row_in_full(row: Row, view: View, members: int = 2) -> Iterator[str]:
    """A row with its resources and their evidence."""
    box = "[x]" if row.first.verdict == "met" else "[ ]"
    plain = row.first.change == "created" or (row.first.change == "kept" and not view.everything)
    mark = "" if plain else f" · {row.first.change}"
    was = row.first.previous_verdict
    if row.first.change == "changed" and was and was != row.first.verdict:
        mark = f" · was {was}"
    text = f"  {box} {row.severity:<8} {_title(row)}"
    for extra in (mark, " · shared" if row.first.owner == "shared" else ""):
        text += extra if len(text) + len(extra) <= view.width else ""
    yield one_line(text, view.width)
    for member in row.members[:members]:
        yield from _member(member, view)
    if len(row.members) > members:
        rest = [a for m in row.members[members:] for a in m.addresses]
        yield one_line(f"        also {folded_addresses(rest, 2)}", view.width)


def _member(member: Member, view: View) -> Iterator[str]:
    """A resource and its evidence: on one line where they fit."""
    duty = member.first
    where = f"        {folded_addresses(member.addresses, 99 if view.everything else 2)}{wording.resource_action(duty)}"
    facets = decisive(duty)[: None if view.everything else 1]
    if len(facets) == 1 and not view.everything:
        joined = f"{where}: {wording.evidence_line(facets[0])}"
        if len(joined) <= view.width:
            yield clean(joined)
            return
    yield one_line(where, view.width if not view.everything else _EVERY)
    for facet in facets:
        lines = _indented(wording.evidence_line(facet), view)
        yield from lines if view.everything or len(lines) < 3 else [lines[0], one_line(f"{lines[1]} …", view.width)]
    for facet in questions(duty) if view.everything else ():
        if facet not in facets:
            yield from _indented(f"? {facet.ask}", view)


def _indented(text: str, view: View) -> list[str]:
    return textwrap.wrap(clean(text), view.width, initial_indent=" " * 10, subsequent_indent=" " * 10)


def bold(text: str, view: View, verdict: str | None = "") -> str:
    """A heading, coloured where there are colours."""
    if not view.color:
        return text
    return f"\x1b[{_COLORS.get(verdict, '1')}m{text}\x1b[0m"
