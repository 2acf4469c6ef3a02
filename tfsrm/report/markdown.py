"""The pull request report: GitHub-flavoured Markdown, a checklist with real boxes, long parts folded.

Everything that comes from a plan stands in ``<code>``, with numeric entities for every character that could mean something:
no mention, link, tag, pipe or backtick does.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfsrm.model.checklist import Checklist, DutyResult, FacetResult
from tfsrm.report import wording
from tfsrm.report.boxes import Boxes
from tfsrm.report.markdown_folds import Fold, fitted, whole
from tfsrm.report.plain import clean, plural
from tfsrm.report.several import names, unchanged_line
from tfsrm.report.view import (
    Row,
    View,
    columns,
    decisive,
    folded_addresses,
    is_standing,
    picture,
    questions,
    rows,
    set_apart,
    shown_lines,
)

LIMIT = 60_000
"""Bytes of UTF-8 that every platform with long comments takes."""

_EMOJI = {"customer": "🟦 You", "shared": "🟨 Shared", "aws": "🟧 AWS", "gone": "▫️ gone", "": ""}
_SIGN = {"+": "➕ new", "-": "➖ goes", "~": "🔀 moves", "=": ""}
_NOTES = 12
_OPEN = ("unmet", "attest", "unknown")


def render(checklist: Checklist, view: View) -> str:
    """The whole report, within the room: the least important parts go first, and it says what went and where the whole is."""
    told = tuple(wording.told(checklist, view))  # once, for all the folds that are tried
    boxes = Boxes(checklist)
    return fitted(lambda fold: _parts(checklist, told, boxes, view, fold), view, LIMIT)


def _parts(checklist: Checklist, told: tuple[wording.Told, ...], boxes: Boxes, view: View, fold: Fold) -> Iterator[str]:
    yield f"## {escaped(wording.headline(checklist)).rstrip('.')}"
    yield ""
    yield from _alerts(checklist, fold)
    yield from _picture(checklist, view, fold)
    yield from _told(checklist, told, boxes, view, fold)
    yield from _notes(checklist, fold)
    yield from _details(checklist, view, fold)
    if fold.without:
        yield f"_Shortened to fit here; left out or shortened: {fold.without}. {whole(view)}_"
        yield ""
    yield _signature(checklist)


def _alerts(checklist: Checklist, fold: Fold) -> Iterator[str]:
    lines = [
        f"**Gate** {code('--fail-on ' + gate.gate)} trips: {plural(gate.count, 'case')}, first {code(gate.first, fold.clip)}."
        for gate in checklist.tripped
    ]
    several = len(checklist.inputs) > 1
    for source, name in zip(checklist.inputs, names(checklist), strict=True):
        where = f"{code(name, fold.clip)}: " if several else ""
        lines += [where + escaped(caveat) for caveat in source.caveats]
    forgotten = wording.forgotten(checklist)
    for note in forgotten[:_NOTES]:
        where = f"{code(note.where, fold.clip)}: " if note.where else ""
        lines.append(f"{where}{code(note.addresses[0], fold.clip)}: {escaped(note.text)}")
    if len(forgotten) > _NOTES:
        lines.append(f"and {len(forgotten) - _NOTES} more objects that Terraform forgets")
    if lines:
        yield "> [!WARNING]"
        yield from (f"> {line}  " for line in lines)
        yield ""


def _picture(checklist: Checklist, view: View, fold: Fold) -> Iterator[str]:
    shown = columns(shown_lines(checklist, view), is_standing(checklist))
    if not shown or not fold.columns:
        return
    yield "**Where the line runs**"
    yield ""
    limit = len(shown) if view.everything else fold.columns
    for start in range(0, min(len(shown), limit), fold.columns):
        part = shown[start : start + fold.columns]
        heads = [
            " ".join(filter(None, (_names(list(c.services)), _variant(list(c.variants), c.services), _SIGN[c.sign])))
            for c in part
        ]
        yield "| Layer | " + " | ".join(heads) + " |"
        yield "|---|" + ":-:|" * len(part)
        drawn = picture(checklist, part)
        for name, cells in drawn.rows:
            yield f"| {escaped(name)} | " + " | ".join(_cell(c) for c in cells) + " |"
        for owner, layers in drawn.alike:
            yield f"| {escaped(layers)} | " + " | ".join([_cell(owner)] * len(part)) + " |"
        yield ""
    hidden = f" {plural(len(shown) - limit, 'more line')} with `--all`." if len(shown) > limit else ""
    yield f"<sub>\\* not a row of AWS's diagram.{hidden}</sub>"
    yield ""


def _names(services: list[str]) -> str:
    short = [escaped(s.removeprefix("Amazon ").removeprefix("AWS ")) for s in services]
    return ", ".join(short[:3]) + (f" and {len(short) - 3} more" if len(short) > 3 else "")


def _variant(variants: list[str], services: tuple[str, ...]) -> str:
    return f"({escaped(variants[0])})" if len(variants) == 1 and len(services) == 1 else ""


def _cell(cell: str) -> str:
    if cell.startswith("gone:"):
        return f"{_EMOJI['gone']} (was {wording.OWNER[cell.removeprefix('gone:')]})"
    if ">" in cell:
        old, new = cell.split(">")
        return f"{_EMOJI[new]} (was {wording.OWNER[old]})"
    return _EMOJI[cell]


def _told(checklist: Checklist, told: tuple[wording.Told, ...], boxes: Boxes, view: View, fold: Fold) -> Iterator[str]:
    """The duties; of several inputs part by part, a level of headings deeper."""
    for part in told:
        heading = "####" if part.title else "###"
        if part.title:
            yield f"### In {code(part.title, fold.clip)}\n"
        yield from _duties(part.sections, boxes, view, fold, heading)
        yield from _drift(part.drift, boxes, view, fold, heading)
    still = unchanged_line(checklist, view.everything)
    if still:
        yield f"{escaped(still)}\n"


def _duties(sections: tuple[wording.Section, ...], boxes: Boxes, view: View, fold: Fold, heading: str) -> Iterator[str]:
    for section in sections:
        title = f"{section.title} ({section.duties}): {section.says}"
        if section.verdict not in ("met", None):
            yield f"{heading} {title}\n"
            yield from _open(section, boxes, view, fold)
        elif fold.met == "count" and section.verdict == "met":
            yield f"{heading} {title}\n"
        else:
            yield from _folded(title, section.rows, boxes, view, fold)


def _open(section: wording.Section, boxes: Boxes, view: View, fold: Fold) -> Iterator[str]:
    """What somebody still has to do: the gravest in sight, what stands for every thing of a kind folded."""
    near, apart = section.rows, list[tuple[str, list[Row]]]()
    if section.verdict == "attest" and not view.everything:
        near, apart = _apart(section.rows)
    limit = fold.rows(section.verdict)
    for row in near[:limit]:
        yield from _row(row, boxes, view, fold)
    if len(near) > limit:
        count = sum(len(r.duties) for r in near[limit:])
        yield f"- and {plural(count, 'duty')} of {plural(len(near) - limit, 'more kind')}"
    yield ""
    for summary, rows_apart in apart:
        if fold.apart:
            yield from _folded(summary, rows_apart, boxes, view, fold)
        else:
            yield f"- {escaped(summary)}"
    if apart and not fold.apart:
        yield ""


def _folded(summary: str, found: list[Row], boxes: Boxes, view: View, fold: Fold) -> Iterator[str]:
    yield f"<details>\n<summary>{escaped(summary)}</summary>\n"
    for row in found:
        if fold.met != "full" and row.first.verdict not in _OPEN:
            yield f"- **{escaped(row.first.title)}** ({len(row.duties)})"
        else:
            yield from _row(row, boxes, view, fold)
    yield "\n</details>\n"


def _apart(group: list[Row]) -> tuple[list[Row], list[tuple[str, list[Row]]]]:
    """What asks first, and what is folded: standing duties of each kind of thing, and what concerns the whole account."""
    wide = [r for r in group if r.first.scope != "resource"]
    near, standing = set_apart([r for r in group if r not in wide])
    apart = [(f"Standing duties of {wording.kind(s)} ({len(s.duties)})", list(s.rows)) for s in standing]
    if wide:
        apart.append((f"Once for the account ({sum(len(r.duties) for r in wide)})", wide))
    return near, apart


def _row(row: Row, boxes: Boxes, view: View, fold: Fold) -> Iterator[str]:
    duty = row.first
    box = "- [ ] " if duty.verdict in _OPEN else "- [x] " if duty.verdict == "met" else "- "
    marks = [duty.severity if duty.verdict in _OPEN else "", "shared with AWS" if duty.owner == "shared" else ""]
    if duty.change == "changed" or (duty.change == "kept" and view.everything):
        marks.append(duty.change + (f", was {duty.previous_verdict}" if duty.previous_verdict != duty.verdict else ""))
    tail = " · ".join(m for m in marks if m)
    members = row.members if view.everything else row.members[: fold.members]
    first, *others = members
    marked = f" ({tail})" if tail else ""
    hidden = f" {boxes.name(row)}" if duty.verdict in _OPEN else ""
    where = _where(first.addresses, first.first, fold)
    yield f"{box}**{escaped(duty.title)}**{marked} · {where}{_why(first.first, fold)}{hidden}"
    for member in others:
        yield f"  - {_where(member.addresses, member.first, fold)}{_why(member.first, fold)}"
    if len(row.members) > len(members):
        rest = [a for m in row.members[len(members) :] for a in m.addresses]
        yield f"  - also {code(folded_addresses(rest, 3), fold.clip)}"


def _where(addresses: list[str], duty: DutyResult, fold: Fold) -> str:
    return code(folded_addresses(addresses, 3), fold.clip) + wording.resource_action(duty)


def _why(duty: DutyResult, fold: Fold) -> str:
    facets = decisive(duty)
    if not facets or (duty.verdict == "attest" and not fold.questions):
        return ""
    extra = [f for f in questions(duty) if f not in facets]
    return ": " + "; ".join(dict.fromkeys(_facet(f, fold) for f in [*facets[:3], *extra[:1]]))


def _facet(facet: FacetResult, fold: Fold) -> str:
    if facet.verdict == "attest" and facet.ask:
        return escaped(facet.ask)
    return code(facet.because, fold.clip)


def _drift(drift: tuple[DutyResult, ...], boxes: Boxes, view: View, fold: Fold, heading: str) -> Iterator[str]:
    if drift:
        yield f"{heading} Drift ({len(drift)}): moved outside Terraform, before this plan\n"
        found = rows(list(drift))
        for row in found[: fold.unmet]:
            yield from _row(row, boxes, view, fold)
        if len(found) > fold.unmet:
            yield f"- and {plural(len(found) - fold.unmet, 'more kind')}"
        yield ""


def _notes(checklist: Checklist, fold: Fold) -> Iterator[str]:
    notes = wording.noted(checklist)
    if not notes:
        return
    yield "**Mind**\n"
    for note in notes[:_NOTES]:
        words = code(note.text, fold.clip) if "[" in note.text else escaped(note.text)
        where = f"In {code(note.where, fold.clip)}: " if note.where else ""
        yield f"- {where}{code(folded_addresses(note.addresses, 3), fold.clip)}: {words}"
    if len(notes) > _NOTES:
        yield f"- and {len(notes) - _NOTES} more, with `--all` in the terminal"
    yield ""


def _details(checklist: Checklist, view: View, fold: Fold) -> Iterator[str]:
    if checklist.gaps:
        yield f"<details>\n<summary>Not catalogued ({plural(len(checklist.gaps), 'resource')})</summary>\n"
        lines = wording.gap_summary(checklist)
        yield from (f"- {code(line, fold.clip)}" for line in lines[: fold.gaps])
        if len(lines) > fold.gaps:
            yield f"- and {plural(len(lines) - fold.gaps, 'more type')}"
        yield "\n</details>\n"
    if checklist.inherited and fold.inherited:
        yield f"<details>\n<summary>What stays AWS's alone ({len(checklist.inherited)})</summary>\n"
        for kept in checklist.inherited:
            links = " ".join(f"[source]({s.url})" for s in kept.sources[:1])
            yield f"- **{kept.title}**: {escaped(kept.aws_does)} {links if fold.sources else ''}".rstrip()
        yield "\n</details>\n"
    if view.everything and checklist.no_duty:
        yield f"<details>\n<summary>No duty of their own ({len(checklist.no_duty)})</summary>\n"
        named, several = names(checklist), len(checklist.inputs) > 1
        for none in checklist.no_duty:
            where = f"{code(named[none.input])}: " if several else ""
            yield f"- {where}{code(none.address)}: {escaped(none.because)}"
        yield "\n</details>\n"
    yield "<details>\n<summary>What was looked at</summary>\n"
    most = len(checklist.inputs) if view.everything else fold.seen
    for source in checklist.inputs[: max(most, 1)]:
        yield f"- {code(source.path, fold.clip)}: {escaped(wording.seen(source))}"
        yield from (
            f"  - not looked at: {code(n.what, fold.clip)} ({escaped(n.because)})" for n in source.not_seen[: fold.seen]
        )
    more = checklist.inputs[max(most, 1) :]
    if more:
        yield f"- {plural(len(more), 'more input')}: {escaped(wording.seen(*more))}"
    rest = wording.not_shown(checklist, view)
    if rest and not is_standing(checklist):
        yield f"- {escaped(rest)}"
    yield "\n</details>\n"


def _signature(checklist: Checklist) -> str:
    info = checklist.catalog
    return (
        f"<sub>tfsrm {checklist.tool.version} · catalogue {escaped(info.version)} "
        f"(AWS provider {escaped(info.provider_version)}) · "
        f"assessed on {checklist.assessed_on}</sub>"
    )


_ENCODED = str.maketrans(
    {chr(c): f"&#{c};" for c in range(33, 127) if not chr(c).isalnum() and chr(c) not in ",.()=_-"}
)
"""All of ASCII that could mean something to Markdown, to its extensions or to what runs behind them."""


def code(text: str, clip: int | None = None) -> str:
    """Hostile text as an inert code element; of more than ``clip`` characters the first and the last ones."""
    if clip and len(text) > clip:
        text = f"{text[: clip - clip // 3 - 1]}…{text[-(clip // 3) :]}"
    text = clean(text).translate(_ENCODED).replace("www.", "www&#46;").replace("WWW.", "WWW&#46;")
    return f"<code>{_underlines(text)}</code>" if "_" in text else f"<code>{text}</code>"


def _underlines(text: str) -> str:
    """An underline inside a word is a letter; at its edge it would begin or end emphasis."""
    padded = f" {text} "
    edges = [i for i, c in enumerate(padded) if c == "_" and not (padded[i - 1].isalnum() and padded[i + 1].isalnum())]
    for i in reversed(edges):
        padded = f"{padded[:i]}&#95;{padded[i + 1 :]}"
    return padded[1:-1]


_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_[]|~$"}
    | {c: f"<code>&#{ord(c)};</code>" for c in "@#"}
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)


def escaped(text: str) -> str:
    """Prose as plain Markdown text. ``@``, ``#`` and links act on text behind Markdown, so only an element stops them."""
    return clean(text).translate(_SPECIAL).replace("://", ":<code>//</code>").replace("www.", "www<code>.</code>")
