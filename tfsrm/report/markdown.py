"""The pull request report: GitHub-flavoured Markdown, a checklist with real boxes, long parts folded.

Everything that comes from a plan stands in ``<code>``, with numeric entities for every character that could mean something:
no mention, link, tag, pipe or backtick does.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfsrm.model.checklist import Checklist, DutyResult, FacetResult
from tfsrm.report import wording
from tfsrm.report.plain import clean, plural
from tfsrm.report.view import (
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
    set_apart,
    shown_lines,
)

LIMIT = 60_000
"""Bytes of UTF-8 that every platform with long comments takes."""

_EMOJI = {"customer": "🟦 You", "shared": "🟨 Shared", "aws": "🟧 AWS", "gone": "▫️ gone", "": ""}
_SIGN = {"+": "➕ new", "-": "➖ goes", "~": "🔀 moves", "=": ""}
_COLUMNS = 6
_NOTES = 12
_OPEN = ("unmet", "attest", "unknown")


def render(checklist: Checklist, view: View) -> str:
    """The whole report, within the limit: the least important parts go first, and it says so."""
    for level in range(4):
        text = "\n".join(_parts(checklist, view, level)).rstrip("\n") + "\n"
        if len(text.encode()) <= LIMIT or view.everything:
            return text
    return _cut(text)


def _cut(text: str) -> str:
    tail = "\n\nCut here: the whole report is in the terminal output or `--format json`.\n"
    kept: list[str] = []
    room = LIMIT - len(tail.encode())
    for line in text.split("\n"):
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    opened = sum(line.startswith("<details>") for line in kept) - sum(line.startswith("</details>") for line in kept)
    return "\n".join(kept) + "\n\n</details>" * max(opened, 0) + tail


def _parts(checklist: Checklist, view: View, level: int) -> Iterator[str]:
    """``level`` 0 is everything; 1 drops the met duties' list, 2 the inherited and seen details, 3 the attest questions."""
    yield f"## {escaped(wording.headline(checklist)).rstrip('.')}"
    yield ""
    yield from _alerts(checklist)
    yield from _picture(checklist, view)
    yield from _duties(checklist, view, level)
    yield from _drift(checklist, view)
    yield from _notes(checklist)
    yield from _details(checklist, view, level)
    if level:
        yield "_Shortened to fit a comment; the whole report: `tfsrm analyze` in the terminal, or `--format json`._"
        yield ""
    yield _signature(checklist)


def _alerts(checklist: Checklist) -> Iterator[str]:
    lines = [
        f"**Gate** {code('--fail-on ' + gate.gate)} trips: {plural(gate.count, 'case')}, first {code(gate.first)}."
        for gate in checklist.tripped
    ]
    lines += [escaped(caveat) for source in checklist.inputs for caveat in source.caveats]
    lines += [f"{code(n.address)}: {escaped(n.text)}" for n in checklist.notes if n.kind == "forget"]
    if lines:
        yield "> [!WARNING]"
        yield from (f"> {line}  " for line in lines)
        yield ""


def _picture(checklist: Checklist, view: View) -> Iterator[str]:
    shown = columns(shown_lines(checklist, view), is_standing(checklist))
    if not shown:
        return
    yield "**Where the line runs**"
    yield ""
    limit = len(shown) if view.everything else _COLUMNS
    for start in range(0, min(len(shown), limit), _COLUMNS):
        part = shown[start : start + _COLUMNS]
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


def _duties(checklist: Checklist, view: View, level: int) -> Iterator[str]:
    found = rows(chosen(checklist, view))
    for section in wording.sections(found):
        verdict, title, says, group, count = section.verdict, section.title, section.says, section.rows, section.duties
        folded = verdict in ("met", None)
        if folded:
            yield f"<details>\n<summary>{title} ({count}): {says}</summary>\n"
        else:
            yield f"### {title} ({count}): {says}\n"
        near, apart = (group, []) if verdict != "attest" or view.everything else _apart(group)
        for row in near:
            if folded and level:
                yield f"- **{row.first.title}** ({len(row.duties)})"
            else:
                yield from _row(row, view, level)
        yield "\n</details>\n" if folded else ""
        for summary, rows_apart in apart:
            yield f"<details>\n<summary>{escaped(summary)}</summary>\n"
            for row in rows_apart:
                yield from _row(row, view, level)
            yield "\n</details>\n"


def _apart(group: list[Row]) -> tuple[list[Row], list[tuple[str, list[Row]]]]:
    """What asks first, and what is folded: standing duties of each kind of thing, and what concerns the whole account."""
    wide = [r for r in group if r.first.scope != "resource"]
    near, standing = set_apart([r for r in group if r not in wide])
    apart = [(f"Standing duties of {wording.kind(s)} ({len(s.duties)})", list(s.rows)) for s in standing]
    if wide:
        apart.append((f"Once for the account ({sum(len(r.duties) for r in wide)})", wide))
    return near, apart


def _row(row: Row, view: View, level: int) -> Iterator[str]:
    duty = row.first
    box = "- [ ] " if duty.verdict in _OPEN else "- [x] " if duty.verdict == "met" else "- "
    marks = [duty.severity if duty.verdict in _OPEN else "", "shared with AWS" if duty.owner == "shared" else ""]
    if duty.change == "changed" or (duty.change == "kept" and view.everything):
        marks.append(duty.change + (f", was {duty.previous_verdict}" if duty.previous_verdict != duty.verdict else ""))
    tail = " · ".join(m for m in marks if m)
    members = row.members if view.everything else row.members[:3]
    first, *others = members
    marked = f" ({tail})" if tail else ""
    yield f"{box}**{duty.title}**{marked} · {_where(first.addresses, first.first)}{_why(first.first, level)}"
    for member in others:
        yield f"  - {_where(member.addresses, member.first)}{_why(member.first, level)}"
    if len(row.members) > len(members):
        rest = [a for m in row.members[len(members) :] for a in m.addresses]
        yield f"  - also {code(folded_addresses(rest, 3))}"


def _where(addresses: list[str], duty: DutyResult) -> str:
    return code(folded_addresses(addresses, 3)) + wording.resource_action(duty)


def _why(duty: DutyResult, level: int) -> str:
    facets = decisive(duty)
    if not facets or (level > 2 and duty.verdict == "attest"):
        return ""
    extra = [f for f in questions(duty) if f not in facets]
    return ": " + "; ".join(_facet(f) for f in [*facets[:3], *extra[:1]])


def _facet(facet: FacetResult) -> str:
    if facet.verdict == "attest" and facet.ask:
        return escaped(facet.ask)
    return code(facet.because)


def _drift(checklist: Checklist, view: View) -> Iterator[str]:
    if checklist.drift:
        yield f"### Drift ({len(checklist.drift)}): moved outside Terraform, before this plan\n"
        for row in rows(list(checklist.drift)):
            yield from _row(row, view, 0)
        yield ""


def _notes(checklist: Checklist) -> Iterator[str]:
    notes = [n for n in checklist.notes if n.kind != "forget"]  # those stand at the top
    if not notes:
        return
    yield "**Mind**\n"
    groups: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        groups.setdefault((note.kind, note.text), []).append(note.address)
    for (_, text), addresses in list(groups.items())[:_NOTES]:
        words = code(text) if "[" in text else escaped(text)
        yield f"- {code(folded_addresses(addresses, 3))}: {words}"
    if len(groups) > _NOTES:
        yield f"- and {len(groups) - _NOTES} more, with `--all` in the terminal"
    yield ""


def _details(checklist: Checklist, view: View, level: int) -> Iterator[str]:
    if checklist.gaps:
        yield f"<details>\n<summary>Not catalogued ({plural(len(checklist.gaps), 'resource')})</summary>\n"
        yield from (f"- {code(line)}" for line in wording.gap_summary(checklist)[: None if not level else 10])
        yield "\n</details>\n"
    if checklist.inherited:
        yield f"<details>\n<summary>What stays AWS's alone ({len(checklist.inherited)})</summary>\n"
        for kept in checklist.inherited:
            links = " ".join(f"[source]({s.url})" for s in kept.sources[:1])
            yield f"- **{kept.title}**: {escaped(kept.aws_does)} {links if level < 2 else ''}".rstrip()
        yield "\n</details>\n"
    if view.everything and checklist.no_duty:
        yield f"<details>\n<summary>No duty of their own ({len(checklist.no_duty)})</summary>\n"
        yield from (f"- {code(n.address)}: {escaped(n.because)}" for n in checklist.no_duty)
        yield "\n</details>\n"
    yield "<details>\n<summary>What was looked at</summary>\n"
    for source in checklist.inputs:
        yield f"- {code(source.path)}: {escaped(wording.seen(source))}"
        yield from (
            f"  - not looked at: {code(n.what)} ({escaped(n.because)})"
            for n in source.not_seen[: 20 if level < 2 else 3]
        )
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


def code(text: str) -> str:
    """Hostile text as an inert code element."""
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
