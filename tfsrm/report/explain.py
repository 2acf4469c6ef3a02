"""A resource type or a control in words, for ``tfsrm explain``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from tfsrm.model.catalog import (
    Catalog,
    Control,
    Facet,
    ResourceType,
    Role,
    Service,
    TypeDuty,
    Variant,
    decommission_duties,
    standing_duties,
)
from tfsrm.model.condition import Owner, Source
from tfsrm.report.conditions_in_words import can_hold, in_words
from tfsrm.report.plain import clean, plural

WIDTH = 79
_BEARERS = 24
"""Resource types that a control names here; a page of the catalogue has them all."""
_OWNER = {"aws": "AWS", "customer": "you", "shared": "shared", "none": "-"}


class Chosen(Protocol):
    """The variant that the settings lead to."""

    @property
    def candidates(self) -> tuple[Variant, ...]: ...

    @property
    def title(self) -> str | None: ...


class Subject(msgspec.Struct, frozen=True):
    """A resource type with its line."""

    service: Service
    type: ResourceType
    role: Role
    choice: Chosen
    owners: dict[str, Owner]
    model: str
    duties: tuple[TypeDuty, ...]
    on_delete: tuple[TypeDuty, ...]


def _wrap(text: str, indent: int = 0) -> list[str]:
    return textwrap.wrap(clean(text), WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)


def resource_type(subject: Subject, catalog: Catalog) -> str:
    """The line, both halves of every duty, conditions in words, what moves the line, sources."""
    return "\n".join(_type_lines(subject, catalog)).rstrip() + "\n"


def _type_lines(subject: Subject, catalog: Catalog) -> Iterator[str]:
    kind = subject.type
    yield f"{kind.type}  ({subject.service.service})"
    yield from _wrap(f"{subject.role.says} Service model: {subject.model}.")
    if kind.no_duty:
        yield ""
        yield from _wrap(f"No duty of its own: {kind.no_duty}")
    yield ""
    variant = f" as {subject.choice.title}" if subject.choice.title else ""
    yield f"THE LINE{variant}"
    for layer in catalog.index.model.layers:
        ours = "" if layer.aws_diagram else "   (not a row of AWS's diagram)"
        yield f"  {layer.short:<26} {_OWNER[subject.owners[layer.id]]}{ours}"
    yield ""
    yield from _variants(kind.variants)
    controls = {c.id: c for c in catalog.index.controls}
    shown = [d for d in subject.duties if _there(d, subject)]
    if shown:
        yield f"DUTIES ({len(shown)})"
        for duty in shown:
            yield from _duty(duty, controls[duty.control])
    if subject.on_delete:
        yield f"WHEN IT IS DESTROYED ({len(subject.on_delete)})"
        for duty in subject.on_delete:
            yield from _duty(duty, controls[duty.control])
    yield from _settles(kind)
    yield from _sources([*kind.sources, *subject.service.sources])


def _there(duty: TypeDuty, subject: Subject) -> bool:
    titles = [v.title for v in subject.choice.candidates]
    return not duty.variants or any(t in duty.variants for t in titles)


def _variants(variants: list[Variant]) -> Iterator[str]:
    if not variants:
        return
    yield "WHAT MOVES THE LINE"
    for variant in variants:
        when = f"when {in_words(variant.when)}" if variant.when else "otherwise"
        yield from _wrap(f"{variant.title}: {when}", 2)
        if variant.aws_does:
            yield from _wrap(f"AWS: {variant.aws_does}", 4)
    yield ""


def _duty(duty: TypeDuty, control: Control) -> Iterator[str]:
    shared = ", shared with AWS" if control.control_class == "shared" else ""
    yield f"  {control.title}  [{control.id}; {duty.severity or control.severity}{shared}]"
    if duty.when:
        yield from _wrap(f"only when {in_words(duty.when)}", 4)
    yield from _wrap(f"You: {duty.customer_does or control.customer_does}", 4)
    yield from _wrap(f"AWS: {duty.aws_does or control.aws_does}", 4)
    for facet in duty.facets:
        yield from _facet(facet)
    yield from (f"    {s.url}" for s in (duty.sources or control.sources))
    if duty.rule:
        yield f"    rule: {clean(duty.rule)}"
    yield ""


def _facet(facet: Facet) -> Iterator[str]:
    if facet.says:
        yield from _wrap(f"- {facet.says}", 4)
    if facet.met_when:
        yield from _wrap(f"met when {in_words(facet.met_when)}", 6)
    if facet.unmet_when:
        yield from _wrap(f"unmet when {in_words(facet.unmet_when)}", 6)
    if facet.ask:
        yield from _wrap(f"? {facet.ask}", 6 if facet.says else 4)


def _settles(kind: ResourceType) -> Iterator[str]:
    if not kind.settles:
        return
    yield "SETTLES IN OTHER RESOURCES"
    for settles in kind.settles:
        hosts = settles.of if isinstance(settles.of, str) else ", ".join(settles.of)
        conditions = [f"met when {in_words(settles.met_when)}"] if settles.met_when else []
        conditions += [f"unmet when {in_words(settles.unmet_when)}"] if can_hold(settles.unmet_when) else []
        yield from _wrap(
            f"{settles.control} ({settles.facet}) of {hosts}: {'; '.join(conditions) or 'by its presence'}", 2
        )
    yield ""


def _sources(sources: Iterable[Source]) -> Iterator[str]:
    yield "SOURCES"
    yield from dict.fromkeys(f"  {s.url} (read {s.read})" for s in sources)


def control(about: Control, catalog: Catalog) -> str:
    """A control: both halves, class, layer, severity with its reason, requirements, the types that bring it, sources."""
    return "\n".join(_control_lines(about, catalog)).rstrip() + "\n"


def _control_lines(about: Control, catalog: Catalog) -> Iterator[str]:
    yield f"{about.title}  [{about.id}]"
    yield ""
    yield from _wrap(f"You: {about.customer_does}", 2)
    yield from _wrap(f"AWS: {about.aws_does}", 2)
    yield ""
    part = f" ({about.part})" if about.part else ""
    yield f"  class     {about.control_class}"
    yield f"  layer     {about.layer}{part}"
    yield from textwrap.wrap(
        f"{about.severity}: {about.severity_because}", WIDTH, initial_indent="  severity  ", subsequent_indent=" " * 12
    )
    yield f"  scope     {about.scope}{'; on decommissioning' if about.occasion == 'decommission' else ''}"
    refs = catalog.requirements(about.id)
    frameworks: dict[str, list[str]] = {}
    for ref in refs:
        frameworks.setdefault(ref.framework, []).append(ref.id)
    for framework, ids in frameworks.items():
        yield from textwrap.wrap(
            f"{framework}: {', '.join(ids)}", WIDTH, initial_indent="  serves    ", subsequent_indent=" " * 12
        )
    yield ""
    yield from _bearers(about, catalog)
    yield from _sources(about.sources)


def _bearers(about: Control, catalog: Catalog) -> Iterator[str]:
    roles = {r.id: r for r in catalog.index.roles}
    found = sorted(
        t.type
        for service in catalog.services().values()
        for t in service.resources
        if not t.no_duty
        and any(
            d.control == about.id for d in (*standing_duties(t, roles[t.role]), *decommission_duties(t, roles[t.role]))
        )
    )
    if found:
        more = (
            f" and {len(found) - _BEARERS} more, in docs/catalogue/controls/{about.id}.md"
            if len(found) > _BEARERS
            else ""
        )
        text = f"A duty of {plural(len(found), 'resource type')}: {', '.join(found[:_BEARERS])}{more}"
        yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
        yield ""
