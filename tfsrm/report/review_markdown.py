"""The architecture review pack as Markdown, for a wiki or a repository: the same content as the page, the picture as tables.

Nothing is cut: a comment has its own report (markdown.py), whose rules for hostile text hold here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfsrm.model.checklist import Checklist
from tfsrm.report import wording
from tfsrm.report.markdown import code, escaped
from tfsrm.report.plain import plural
from tfsrm.report.review import review
from tfsrm.report.review_parts import VERDICTS, Card, Chapter, Duty, Halves, Place, Question, Review, Statement, Topic
from tfsrm.report.svg import SIGNS, told, variants
from tfsrm.report.view import View, folded_addresses, owners

ACROSS = 5
"""Lines side by side in a table; more stand below."""
_KINDS = {"created": "New", "changed": "Changed", "retired": "Ended"}


def render(checklist: Checklist, view: View) -> str:
    """The pack, one final newline."""
    pack = review(checklist, view)
    parts = [_head(pack), *(_several(pack) if len(checklist.inputs) > 1 else _one(pack))]
    parts += [_unseen(pack), _kept(pack), _sources(pack), _foot(pack)]
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


def _one(pack: Review) -> Iterator[Iterator[str]]:
    chapter = pack.chapters[0]
    yield _line(pack, chapter, "##")
    yield _changes(chapter, "##")
    yield _decide(pack)
    yield _questions(pack)
    yield _duties(pack, chapter, "##")


def _several(pack: Review) -> Iterator[Iterator[str]]:
    """What is to decide and to ask of all, then what stands in the same inputs, a level of headings deeper."""
    yield _inputs(pack)
    yield _decide(pack)
    yield _questions(pack)
    for chapter in pack.chapters:
        yield _heading(_called_chapter(chapter))
        if chapter.drawn:
            yield iter((f"The line is drawn under {_told_under(pack, chapter.drawn)}.", ""))
        else:
            yield _line(pack, chapter, "###")
        if chapter.moves:
            yield _changes(chapter, "###")
        if chapter.layers:
            yield _duties(pack, chapter, "###")


def _called_chapter(chapter: Chapter) -> str:
    return f"In {code(chapter.names)}" if chapter.names else escaped(chapter.title)


def _told_under(pack: Review, numbers: Iterable[int]) -> str:
    return ", ".join(f"“{_called_chapter(pack.chapters[n - 1])}”" for n in numbers)


def _inputs(pack: Review) -> Iterator[str]:
    yield from _heading("The inputs")
    yield "What several inputs share is told once, in a section of its own. A duty of a resource counts in every input that has"
    yield "it; what is told of the account alike counts once."
    yield ""
    if pack.inputs:
        yield "| Input | New | Changed | Ended | Unmet | To attest | The line moves | Told under |"
        yield "|---|--:|--:|--:|--:|--:|---|---|"
        for row in pack.inputs:
            counts = " | ".join(str(n or "–") for n in row.counts.values())
            moves = ", ".join(escaped(service) for service in row.moves) or "–"
            yield f"| {code(row.name)} | {counts} | {moves} | {_told_under(pack, row.chapters)} |"
        yield ""
    for said in pack.remarks:
        yield escaped(said)
        yield ""


def _head(pack: Review) -> Iterator[str]:
    checklist = pack.checklist
    yield f"# {escaped(pack.headline.rstrip('.'))}"
    yield ""
    yield "Architecture review under the AWS shared responsibility model: AWS answers for the security *of* the cloud, you for"
    yield "security *in* the cloud."
    yield ""
    if len(checklist.inputs) > 1:
        yield f"- {wording.kinds(checklist)}, assessed on {checklist.assessed_on}"
    for source in checklist.inputs if len(checklist.inputs) == 1 else ():
        version = f", Terraform {escaped(source.terraform_version)}" if source.terraform_version else ""
        yield f"- {code(source.path)} ({source.kind}{version}), assessed on {checklist.assessed_on}"
    yield from (f"- **{count} {_called(verdict)}**: {means}" for verdict, count, means in pack.numbers)
    yield ""
    yield from _alerts(pack)


def _alerts(pack: Review) -> Iterator[str]:
    lines = [
        f"Gate {code('--fail-on ' + gate.gate)} trips: {plural(gate.count, 'case')}, first {code(gate.first)}."
        for gate in pack.checklist.tripped
    ]
    for within, where, text in pack.loud:
        lines.append(f"{f'In {code(within)}: ' if within else ''}{f'{code(where)}: ' if where else ''}{escaped(text)}")
    if lines:
        yield "**Before you read on**"
        yield ""
        yield from (f"- {line}" for line in lines)
        yield ""


# The line --------------------------------------------------------------------------------------------------------


def _line(pack: Review, chapter: Chapter, level: str) -> Iterator[str]:
    yield from _heading("Where the line runs", level)
    if not chapter.cards:
        yield "No line moves, and no service comes or goes."
        yield ""
    for start in range(0, len(chapter.cards), ACROSS):
        yield from _table(pack.checklist, chapter.cards[start : start + ACROSS])
    for card in chapter.cards:
        for where, because in card.handover.reasons if card.handover else ():
            yield f"- {code(where)}: the line moves because {code(because)}"
    if chapter.cards:
        yield ""
        yield "\\* not a row of AWS's diagram."
        yield ""


def _table(checklist: Checklist, cards: Iterable[Card]) -> Iterator[str]:
    columns = [card.column for card in cards]
    heads = [
        f"{escaped(', '.join(c.services))} ({', '.join(escaped(t) for t in [SIGNS[c.sign], *variants(c)])})"
        for c in columns
    ]
    yield f"| Layer | {' | '.join(heads)} |"
    yield "|---|" + "---|" * len(columns)
    for layer, short, aws_diagram in checklist.layers:
        cells = [told(*owners(c.line, layer), c.sign) for c in columns]
        bold = [f"**{t}**" if c.sign == "~" and " before, " in t else t for c, t in zip(columns, cells, strict=True)]
        label = escaped(short) + ("" if aws_diagram else " \\*")
        yield f"| {label} | {' | '.join(bold)} |"
    yield ""


# What changes, what to decide, what to ask -------------------------------------------------------------------------


def _changes(chapter: Chapter, level: str) -> Iterator[str]:
    if chapter.standing:
        return
    yield from _heading("What changes for you", level)
    if not chapter.moves:
        yield "Nothing: every duty stays as it is."
        yield ""
    if chapter.tallies:
        yield f"| Duties by layer | {' | '.join(_KINDS[k] for k in chapter.kinds)} |"
        yield "|---|" + "--:|" * len(chapter.kinds)
        yield from (
            f"| {escaped(t.title)} | {' | '.join(str(t.counts[k] or '–') for k in chapter.kinds)} |"
            for t in chapter.tallies
        )
        yield ""
    yield from _list(
        "Duties that change",
        [f"{_name(d)}: {_called(d.first.verdict)} ({d.change}) · {code(d.where)}" for d in chapter.changed],
        level,
    )
    yield from _list("Duties that end", [f"{_name(d)}: {d.ending} · {code(d.where)}" for d in chapter.retired], level)
    yield from _list("Mind", [f"{code(where)}: {_prose(text)}" for where, text in chapter.notes], level)
    drift = [
        f"{escaped(r.first.title)}: {_called(r.first.verdict)} · {code(folded_addresses(r.addresses, 3))}"
        for r in chapter.drift
    ]
    yield from _list("Moved outside Terraform, before this plan", drift, level)


def _decide(pack: Review) -> Iterator[str]:
    yield from _heading("What to decide")
    if not pack.unmet and not pack.unknown:
        yield "Nothing: the input contradicts no duty, and none waits for the apply."
        yield ""
    yield from _list("Fix it, or say why not", [_decision(d) for d in pack.unmet])
    yield from _list("Look again at apply", [_decision(d) for d in pack.unknown])


def _decision(duty: Duty) -> str:
    lines = [f"[ ] {_name(duty)} ({duty.row.severity}){_in(duty.within)}"]
    lines += [f"  - {code(where)}{_at(at)}: {'; '.join(map(code, reasons))}" for where, at, reasons in duty.reasons]
    if duty.folded:
        lines.append(f"  - and {len(duty.folded) + duty.uncounted} more under D{duty.number}")
    does = dict.fromkeys(h.customer_does for h in duty.halves)
    return "\n".join([*lines, *(f"  - you: {escaped(text)}" for text in list(does)[:2])])


def _questions(pack: Review) -> Iterator[str]:
    yield from _heading("Questions to ask in the review")
    if not pack.topics:
        yield "None: nothing is left that only a person could answer."
        yield ""
    for topic in pack.topics:
        yield from _topic(topic)


def _topic(topic: Topic) -> Iterator[str]:
    questions = [f"[ ] {_question(q)}" for q in topic.questions]
    if not topic.folded:
        yield from _list(topic.title, questions)
        return
    yield f"<details>\n<summary>{escaped(topic.title)} ({len(questions)})</summary>\n"
    yield from (f"- {q}" for q in questions)
    yield "\n</details>\n"


def _question(question: Question) -> str:
    beside = f" · beside a duty that is {question.beside}" if question.beside else ""
    about = f"{escaped(question.title)} · {question.severity} · {code(question.where)}{_in(question.within)}{beside}"
    return f"**Q{question.number}** {_prose(question.ask)} ({about})"


# The duties --------------------------------------------------------------------------------------------------------


def _duties(pack: Review, chapter: Chapter, level: str) -> Iterator[str]:
    yield from _heading("Duties by layer", level)
    if pack.hidden and len(pack.checklist.inputs) == 1:
        yield escaped(pack.hidden)
        yield ""
    for layer in chapter.layers:
        counts = ", ".join(f"{n} {_called(v)}" for v, n in layer.counts)
        apart = "" if layer.aws_diagram else " (not in AWS's diagram)"
        yield f"{level}# {escaped(layer.title)}{apart}: {counts}"
        yield ""
        for duty in layer.duties:
            yield from _duty(duty)
        yield ""


def _duty(duty: Duty) -> Iterator[str]:
    marks = [duty.row.severity, "shared with AWS" if duty.first.owner == "shared" else "yours", duty.change]
    marks += [plural(duty.count, "resource")] if duty.count > 1 else []
    marks += [f"held by {code(h)}" for h in duty.held_by]
    yield f"- **D{duty.number} · {_called(duty.first.verdict)} · {escaped(duty.first.title)}** ({' · '.join(marks)})"
    for half in duty.halves:
        yield from _half(half, "until now, " if duty.ending else "")
    for place in (*duty.places, *duty.folded):
        yield from _place(place)
    if duty.ending:
        yield f"  - {duty.ending}"
    if duty.uncounted:
        yield f"  - and {duty.uncounted} more; `--format json` names them all"


def _half(half: Halves, when: str) -> Iterator[str]:
    of = f"{code(', '.join(half.types))} · {when}" if half.types else when
    yield f"  - {of}you: {escaped(half.customer_does)}"
    yield f"  - {of}AWS: {escaped(half.aws_does)}{_cites(half.sources)}"
    if half.frameworks:
        serves = [f"{escaped(framework)} {escaped(', '.join(ids))}" for framework, ids in half.frameworks]
        yield f"  - {of}serves {'; '.join(serves)}"


def _place(place: Place) -> Iterator[str]:
    yield f"  - {code(place.where)}{f' ({place.action})' if place.action else ''}{_at(place.at)}"
    yield from (f"    - {_statement(s)}" for s in place.statements)


def _statement(statement: Statement) -> str:
    if statement.ask:
        number = f"Q{statement.question} " if statement.question else ""
        return f"To attest: {number}{_prose(statement.ask)}{_at(statement.at)}"
    says = f"{escaped(statement.says)}. " if statement.says else ""
    verdict = f"{_called(statement.verdict).capitalize()}: {code(statement.because)}"
    return f"{says}{verdict}{_at(statement.at)}{_cites(statement.sources)}"


# What is outside, what is AWS's, where it is written -----------------------------------------------------------------


def _unseen(pack: Review) -> Iterator[str]:
    checklist = pack.checklist
    yield from _heading("What was not looked at")
    yield "tfsrm reads what Terraform says. It sees no running account, no application code and no content of what is stored."
    yield ""
    for where, told_of in pack.seen:
        yield f"- {f'{code(where)}: ' if where else ''}{escaped(told_of)}."
    yield from (f"- Not looked at: {code(what)} ({escaped(because)})." for what, because in pack.not_seen)
    yield from (f"- Not catalogued: {code(line)}" for line in wording.gap_summary(checklist))
    if checklist.no_duty:
        yield f"- {plural(len(checklist.no_duty), 'resource')} without a duty of its own."
    yield ""


def _kept(pack: Review) -> Iterator[str]:
    yield from _heading("What AWS keeps")
    yield from (
        f"- **{escaped(k.control.title)}.** {escaped(k.control.aws_does)}{_cites(k.sources)}" for k in pack.kept
    )
    yield ""


def _sources(pack: Review) -> Iterator[str]:
    yield from _heading("Sources")
    yield from (f"{s.number}. <{s.url}>{f' ({s.read})' if s.read else ''}" for s in pack.sources)
    yield ""


def _foot(pack: Review) -> Iterator[str]:
    info = pack.checklist.catalog
    yield (
        f"tfsrm {pack.checklist.tool.version} · catalogue {escaped(info.version)} (AWS provider "
        f"{escaped(info.provider_version)}) · assessed on {pack.checklist.assessed_on}"
    )


def _heading(text: str, level: str = "##") -> Iterator[str]:
    yield f"{level} {text}"
    yield ""


def _list(heading: str, items: list[str], above: str = "##") -> Iterator[str]:
    if items:
        yield f"{above}# {escaped(heading)}"
        yield ""
        yield from (f"- {item}" for item in items)
        yield ""


def _called(verdict: str | None) -> str:
    return VERDICTS[verdict or "retired"].lower()


def _name(duty: Duty) -> str:
    return f"**{escaped(duty.first.title)}** (D{duty.number})"


def _at(place: str) -> str:
    """Where it is written."""
    return f" · {code(place)}" if place else ""


def _in(inputs: str) -> str:
    """The inputs where it stands."""
    return f" · in {code(inputs)}" if inputs else ""


def _prose(text: str) -> str:
    """A sentence; where it holds an address, whose marks would show as escapes, it stands as code."""
    return code(text) if "[" in text else escaped(text)


def _cites(numbers: tuple[int, ...]) -> str:
    return f" \\[{', '.join(str(n) for n in numbers)}\\]" if numbers else ""
