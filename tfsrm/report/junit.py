"""JUnit XML: a suite per service, a case per duty. Met passes, unmet fails; what no plan shows is skipped, with its question."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report.places import Places, reasons
from tfsrm.report.plain import clean
from tfsrm.report.view import View, chosen

_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SPECIAL = re.compile('[&<>"]')
_NOT_XML = re.compile("[\ufffe\uffff]")


def render(checklist: Checklist, view: View) -> str:
    """The duties that moved (all with ``--all``) as test cases; the retired are none."""
    places = Places(checklist)
    suites: dict[str, list[DutyResult]] = {}
    for duty in chosen(checklist, view):
        if duty.verdict is not None:
            where = places.input_names(duty)
            suites.setdefault(f"{where}: {duty.service}" if where else duty.service, []).append(duty)
    everything = [d for duties in suites.values() for d in duties]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="tfsrm" tests="{len(everything)}" failures="{_unmet(everything)}" errors="0">')
    for name in sorted(suites):
        lines += _suite(name, suites[name], checklist.assessed_on)
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _suite(name: str, duties: list[DutyResult], day: str) -> Iterator[str]:
    skipped = sum(d.verdict in ("unknown", "attest") for d in duties)
    counts = f'tests="{len(duties)}" failures="{_unmet(duties)}" errors="0" skipped="{skipped}"'
    yield f'  <testsuite name="{_xml(name)}" {counts} timestamp="{day}T00:00:00">'
    for duty in duties:
        yield from _case(duty)
    yield "  </testsuite>"


def _case(duty: DutyResult) -> Iterator[str]:
    occasion = ", decommission" if duty.occasion == "decommission" else ""
    head = f'    <testcase name="{_xml(f"{duty.title} ({duty.control}{occasion})")}" classname="{_xml(duty.address)}"'
    if duty.verdict == "met":
        yield f"{head}/>"
        return
    why = _xml(reasons(duty))
    yield f"{head}>"
    if duty.verdict == "unmet":
        yield f'      <failure type="{duty.severity}" message="{why}">{_xml(_details(duty))}</failure>'
    else:
        yield f'      <skipped type="{duty.verdict}" message="{why}"/>'
    yield "    </testcase>"


def _details(duty: DutyResult) -> str:
    return f"{duty.change}; severity {duty.severity}; rule {duty.rule}"


def _unmet(duties: list[DutyResult]) -> int:
    return sum(d.verdict == "unmet" for d in duties)


def _xml(text: str) -> str:
    """Text for an attribute or an element: nothing that XML 1.0 does not allow, nothing that ends either."""
    text = clean(text)
    if not text.isascii():
        text = _NOT_XML.sub("\ufffd", text)
    return _SPECIAL.sub(lambda match: _ESCAPED[match[0]], text)
