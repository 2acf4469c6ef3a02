"""Annotations of GitHub Actions: one workflow command a line, within what GitHub keeps of a step (10 warnings, 10 errors).

    ::warning file=main.tf,line=3,title=...::message

Tripped gates are errors, unmet duties warnings, gravest first. A plan names no file: without ``--hcl-root`` or a directory of
configuration an annotation stands on the run, not on a line.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report import wording
from tfsrm.report.plain import clean, plural
from tfsrm.report.view import Row, View, decisive, folded_addresses

MOST = 10
"""Annotations of one level that GitHub keeps of a step; it drops the others without a word."""
_LONGEST = 1_500


def render(checklist: Checklist, view: View) -> str:
    """The annotations; an empty text where there is nothing to warn of."""
    lines = [*_gates(checklist), *_warnings(checklist, view)]
    return "".join(f"{line}\n" for line in lines)


def _gates(checklist: Checklist) -> Iterator[str]:
    for gate in checklist.tripped[:MOST]:
        text = f"--fail-on {gate.gate} trips: {plural(gate.count, 'case')}, first {gate.first}"
        yield command("error", {"title": "tfsrm gate"}, text)


def _warnings(checklist: Checklist, view: View) -> Iterator[str]:
    forgotten, unmet = _forgotten(checklist), wording.unmet(checklist, view)
    room = MOST - bool(forgotten)
    if forgotten:
        text = f"{forgotten}: still runs in AWS, and Terraform no longer manages it"
        yield command("warning", {"title": "Forgotten, not destroyed"}, text)
    shown = unmet if len(unmet) <= room else unmet[: room - 1]
    for place, row in shown:
        yield _warning(place, row)
    left = [row for _, row in unmet[len(shown) :]]
    if left:
        text = f"{plural(sum(len(r.duties) for r in left), 'unmet duty')} of {plural(len(left), 'more kind')} in the report"
        yield command("warning", {"title": "More unmet duties"}, text)


def _forgotten(checklist: Checklist) -> str:
    """The objects that Terraform forgets, those of each input by themselves."""
    found: dict[str, list[str]] = {}
    for note in wording.forgotten(checklist):
        found.setdefault(note.where, []).extend(note.addresses)
    return "; ".join(wording.located(where, folded_addresses(addresses, 3)) for where, addresses in found.items())


def _warning(place: str, row: Row) -> str:
    duty = row.first
    reasons = "; ".join(dict.fromkeys(wording.evidence_line(f) for f in decisive(duty)[:3]))
    where = wording.located(place, folded_addresses(row.addresses, 3))
    return command("warning", {**_place(duty), "title": f"{duty.title} ({row.severity})"}, f"{where}: {reasons}")


def _place(duty: DutyResult) -> dict[str, str]:
    """File and line of the first piece of evidence that has them."""
    for evidence in (e for f in decisive(duty) for e in f.evidence):
        if evidence.file:
            return {"file": evidence.file, **({"line": str(evidence.line)} if evidence.line else {})}
    return {}


def command(level: str, properties: dict[str, str], message: str) -> str:
    """A workflow command whose values cannot end it, begin another or forge a property."""
    named = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    return f"::{level} {named}::{_data(message)}"


def _data(text: str) -> str:
    text = clean(text)[:_LONGEST]
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
