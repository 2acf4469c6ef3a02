"""The chain that led to a verdict, for ``tfsrm why``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from tfsrm.errors import UsageError
from tfsrm.model.checklist import About, Checklist, DutyResult, Evidence, FacetResult
from tfsrm.report.plain import clean
from tfsrm.report.several import names

WIDTH = 79


def render(checklist: Checklist, address: str, control: str) -> str:
    """Every duty with this control at this address. Raises UsageError, naming what is there."""
    found = [d for d in (*checklist.duties, *checklist.drift) if d.address == address and d.control == control]
    if not found:
        raise UsageError(_nothing(checklist, address, control))
    named = names(checklist) if len(checklist.inputs) > 1 else []
    lines = [line for duty in found for line in _duty(duty, checklist.about[duty.about], named)]
    return "\n".join(lines).rstrip() + "\n"


def _nothing(checklist: Checklist, address: str, control: str) -> str:
    there = [d.control for d in checklist.duties if d.address == address]
    if there:
        return f"{address} has no duty {control}\n  It has {', '.join(dict.fromkeys(there))}."
    for none in checklist.no_duty:
        if none.address == address:
            return f"{address} puts no duty of its own on anyone\n  {none.because}"
    for gap in checklist.gaps:
        if gap.address == address:
            return f"{address} is of a type that is not catalogued\n  {gap.because}"
    near = [
        d.address
        for d in checklist.duties
        if address in d.address or d.resource_type == address.split(".", maxsplit=1)[0]
    ]
    hint = f"Did you mean {', '.join(dict.fromkeys(near[:3]))}?" if near else "tfsrm analyze --all lists every address."
    return f"{address}: no such resource in this input\n  {hint}"


def _duty(duty: DutyResult, about: About, named: list[str]) -> Iterator[str]:
    verdict = duty.verdict or "retired"
    was = f", was {duty.previous_verdict}" if duty.previous_verdict and duty.previous_verdict != duty.verdict else ""
    yield clean(f"{duty.address}  {duty.control}: {verdict}{was}  ({duty.change}, {duty.occasion})")
    if named:
        yield from _wrap(f"In {', '.join(named[number] for number in duty.inputs)}.", 2)
    yield from _wrap(duty.title + ".", 2)
    yield ""
    for facet in duty.facets:
        yield from _facet(facet)
    variant = f" as {duty.variant}" if duty.variant else ""
    yield from _wrap(f"Whose: {duty.owner}, on the layer {duty.layer}{variant}.", 2)
    yield from _wrap(f"You: {about.customer_does}", 2)
    yield from _wrap(f"AWS: {about.aws_does}", 2)
    if about.requirements:
        yield from _wrap("Serves: " + ", ".join(f"{r.framework} {r.id}" for r in about.requirements), 2)
    yield clean(f"  Rule: {duty.rule or 'mappings/model.yaml'}")
    yield from (f"  Source: {s.url} (read {s.read})" for s in about.sources)
    yield ""


def _facet(facet: FacetResult) -> Iterator[str]:
    yield from _wrap(f"{facet.id}: {facet.verdict}, because {facet.because}", 2)
    if facet.says:
        yield from _wrap(f"says: {facet.says}", 4)
    if facet.ask:
        yield from _wrap(f"asks: {facet.ask}", 4)
    for evidence in facet.evidence:
        yield from _wrap(_evidence(evidence), 4)
    yield ""


def _evidence(evidence: Evidence) -> str:
    shown = (
        f"({evidence.withheld})"
        if evidence.withheld
        else str(evidence.value).lower()
        if isinstance(evidence.value, bool)
        else str(evidence.value)
    )
    where = f", {evidence.file}:{evidence.line}" if evidence.file else ""
    source = f", {evidence.source}" if evidence.source else ""
    attribute = f".{evidence.attribute}" if evidence.attribute else ""
    return f"seen: {evidence.address}{attribute} = {shown} [{evidence.origin}{source}{where}]"


def _wrap(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(clean(text), WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_on_hyphens=False)
