"""The checklist of one input: two assessments, their difference, and what the passage itself asks for."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec

from tfsrm.assess.compare import Passage, about_key, compare, order, passage, result
from tfsrm.assess.engine import Assessment, Duty, Key, assess, regions_of
from tfsrm.assess.knowledge import Knowledge
from tfsrm.assess.lines import hosts_left_behind, inherited, lines, other_providers
from tfsrm.assess.transition import transition
from tfsrm.assess.worlds import WorldIndex, pair
from tfsrm.model.catalog import RequirementRef, Variant
from tfsrm.model.checklist import (
    About,
    CatalogInfo,
    Checklist,
    DutyResult,
    Gap,
    Inherited,
    InputSummary,
    Line,
    NoDuty,
    Note,
    NotLookedAt,
    Summary,
    ToolInfo,
)
from tfsrm.model.condition import Source
from tfsrm.model.world import Input


class Worlds(msgspec.Struct, frozen=True):
    """An input made ready: both worlds, how they belong together, and both assessments."""

    before: WorldIndex | None
    after: WorldIndex
    way: Passage
    assessed_before: Assessment | None
    assessed_after: Assessment
    decommission: dict[Key, Duty]


def examine(source: Input, knowledge: Knowledge, on: date) -> Worlds:
    """Assess both worlds of an input and the passage between them."""
    way = passage(source.changes)
    created = None if source.kind == "hcl" else way.created
    after = WorldIndex(source.after, knowledge.fills, created)
    before, assessed_before = None, None
    if source.before is not None:
        before = WorldIndex(source.before, knowledge.fills)
        pair(before, after, way.later)
        assessed_before = assess(before, knowledge, on)
    settled = assessed_before.settled if assessed_before else frozenset()
    settled = frozenset((way.later.get(a, a), c, f) for a, c, f in settled)
    account = regions_of(before) if before is not None and before.subjects else None
    assessed_after = assess(after, knowledge, on, settled, account)
    decommission = transition(before, after, way.destroyed, knowledge, on) if before else {}
    return Worlds(before, after, way, assessed_before, assessed_after, decommission)


def drifted(source: Input, knowledge: Knowledge, on: date) -> list[DutyResult]:
    """The duties that moved because something outside Terraform changed, before this plan."""
    if source.drifted is None or source.before is None:
        return []
    old, now = WorldIndex(source.drifted, knowledge.fills), WorldIndex(source.before, knowledge.fills)
    pair(old, now, {})
    nothing = Passage({}, {}, {}, [], frozenset())
    found = compare(assess(old, knowledge, on), assess(now, knowledge, on), nothing, "kept")
    return sorted((d for d in found if d.change != "kept"), key=order)


def checklist(inputs: list[Input], knowledge: Knowledge, on: date, tool: ToolInfo) -> Checklist:
    """The whole checklist of one or several inputs."""
    parts = [_one(source, knowledge, on) for source in inputs]
    if len(parts) > 1:
        parts = [_numbered(part, number) for number, part in enumerate(parts)]
    notes = [n for p in parts for n in p.notes]
    found = [d for p in parts for d in p.duties]
    if len(parts) > 1:
        from tfsrm.assess.accounts import once_per_account, unknown_accounts

        notes += unknown_accounts(inputs)
        found = once_per_account(found, inputs)
    index = knowledge.catalog.index
    duties = tuple(sorted(found, key=order))
    no_duty = tuple(n for p in parts for n in p.no_duty)
    gaps = tuple(g for p in parts for g in p.gaps)
    return Checklist(
        tool=tool,
        catalog=CatalogInfo(
            version=index.version,
            digest=index.digest,
            provider_version=index.provider_version,
            resource_types=index.resource_types,
            mappings=tuple(knowledge.catalog.mappings),
        ),
        assessed_on=on.isoformat(),
        inputs=tuple(p.summary for p in parts),
        summary=_summary(duties, sum(p.summary.resources for p in parts), len(no_duty), len(gaps)),
        lines=tuple(line for p in parts for line in p.lines),
        inherited=_all_inherited([i for p in parts for i in p.inherited]),
        duties=duties,
        drift=tuple(d for p in parts for d in p.drift),
        about={k: v for p in parts for k, v in sorted(p.about.items())},
        no_duty=no_duty,
        gaps=gaps,
        notes=tuple(notes),
        layers=tuple((layer.id, layer.short, layer.aws_diagram) for layer in knowledge.layers),
    )


class _Part(msgspec.Struct, frozen=True):
    summary: InputSummary
    duties: list[DutyResult]
    drift: list[DutyResult]
    lines: list[Line]
    inherited: list[Inherited]
    about: dict[str, About]
    no_duty: list[NoDuty]
    gaps: list[Gap]
    notes: list[Note]


def _numbered(part: _Part, number: int) -> _Part:
    """A part whose pieces say which input they are of."""
    if number == 0:
        return part
    replace = msgspec.structs.replace
    return replace(
        part,
        duties=[replace(d, inputs=(number,)) for d in part.duties],
        drift=[replace(d, inputs=(number,)) for d in part.drift],
        lines=[replace(line, input=number) for line in part.lines],
        no_duty=[replace(n, input=number) for n in part.no_duty],
        gaps=[replace(g, input=number) for g in part.gaps],
        notes=[replace(n, input=number) for n in part.notes],
    )


def _all_inherited(found: list[Inherited]) -> tuple[Inherited, ...]:
    """Each control once, for the services of all inputs."""
    out: dict[str, Inherited] = {}
    for kept in found:
        there = out.setdefault(kept.control, kept)
        if there is not kept:
            services = tuple(sorted({*there.services, *kept.services}))
            out[kept.control] = msgspec.structs.replace(there, services=services)
    return tuple(out[control] for control in sorted(out))


def _one(source: Input, knowledge: Knowledge, on: date) -> _Part:
    worlds = examine(source, knowledge, on)
    single = "created" if source.kind == "hcl" else "kept"
    duties = compare(worlds.assessed_before, worlds.assessed_after, worlds.way, single)
    duties += [result(d, None, "created", worlds.way.actions) for d in worlds.decommission.values()]
    drift = drifted(source, knowledge, on)
    found = lines(worlds.assessed_before, worlds.assessed_after, worlds.way, knowledge)
    no_duty, gaps = _accounted(worlds, {d.address for d in duties})
    everything = [
        *worlds.assessed_after.duties.values(),
        *(worlds.assessed_before.duties.values() if worlds.assessed_before else ()),
        *worlds.decommission.values(),
    ]
    return _Part(
        summary=_input_summary(source, worlds),
        duties=duties,
        drift=drift,
        lines=found,
        inherited=inherited(worlds.assessed_before, worlds.assessed_after, knowledge),
        about=_about(everything, knowledge),
        no_duty=no_duty,
        gaps=gaps,
        notes=[*_notes(source, worlds, knowledge), *hosts_left_behind(found, duties)],
    )


def _accounted(worlds: Worlds, with_duty: set[str]) -> tuple[list[NoDuty], list[Gap]]:
    """Every resource that has no duty in the checklist: why, or that its type is not known. Those that go away too."""
    no_duty, gaps = dict(worlds.assessed_after.no_duty), dict(worlds.assessed_after.gaps)
    if worlds.assessed_before is not None:
        moved = {a for a in worlds.way.later if a not in worlds.way.rekeyed}
        for address, none in worlds.assessed_before.no_duty.items():
            if address not in moved:
                no_duty.setdefault(address, none)
        for address, gap in worlds.assessed_before.gaps.items():
            if address not in moved:
                gaps.setdefault(address, gap)
    for old, new in worlds.way.rekeyed.items():
        if old not in with_duty and old not in no_duty and old not in gaps and worlds.before is not None:
            kind = worlds.before.subjects[old].resource.type if old in worlds.before.subjects else ""
            if kind:
                because = f"Destroyed and recreated as {new}: its duties go on there."
                no_duty[old] = NoDuty(address=old, resource_type=kind, because=because)
    return (
        [n for a, n in sorted(no_duty.items()) if a not in with_duty and a not in gaps],
        [g for a, g in sorted(gaps.items()) if a not in with_duty],
    )


def _summary(duties: tuple[DutyResult, ...], resources: int, no_duty: int, gaps: int) -> Summary:
    counts: Counter[str] = Counter(d.change for d in duties)
    counts.update(d.verdict for d in duties if d.verdict is not None)
    return Summary(**counts, resources=resources, no_duty=no_duty, gaps=gaps)


def _input_summary(source: Input, worlds: Worlds) -> InputSummary:
    addresses = set(worlds.after.subjects)
    others: Counter[str] = Counter(r.provider for r in source.after.resources if not r.is_aws)
    if worlds.before is not None and source.before is not None:
        moved = {a for a in worlds.way.later if a not in worlds.way.rekeyed}
        addresses |= {a for a in worlds.before.subjects if a not in moved}
        known = {r.address for r in source.after.resources}
        others.update(r.provider for r in source.before.resources if not r.is_aws and r.address not in known)
    ways = Counter(
        f.by
        for duty in (*worlds.assessed_after.duties.values(), *worlds.decommission.values())
        for f in duty.facets
        if f.result.verdict in ("met", "unmet")
    )
    not_seen = [NotLookedAt(what=n.what, because=n.because) for n in source.not_seen] + other_providers(dict(others))
    return InputSummary(
        kind=source.kind,
        path=source.path,
        digest=source.digest,
        terraform_version=source.terraform_version,
        complete=source.complete,
        errored=source.errored,
        caveats=source.caveats,
        resources=len(addresses),
        judged=ways[""] + ways["observed"] + ways["unset"],
        by_default=ways["default"],
        by_companion=ways["companion"],
        not_seen=tuple(not_seen),
    )


def _about(duties: list[Duty], knowledge: Knowledge) -> dict[str, About]:
    out: dict[str, About] = {}
    requirements = knowledge.catalog.requirements
    for duty in duties:
        key = about_key(duty)
        if key in out:
            continue
        refs: list[RequirementRef] = [
            *requirements(duty.control.id),
            *requirements(f"{duty.control.id}|{duty.resource_type}"),
        ]
        out[key] = About(
            control=duty.control.id,
            resource_type=duty.resource_type,
            variant=duty.variant,
            customer_does=duty.customer_does,
            aws_does=duty.aws_does,
            requirements=tuple(sorted(refs, key=lambda r: (r.framework, r.id))),
            sources=tuple(_sources(duty, knowledge)),
        )
    return out


def _sources(duty: Duty, knowledge: Knowledge) -> list[Source]:
    """The sources nearest to the statement: the duty's own, else the variant's and the type's, else the control's."""
    own = list(duty.definition.sources)
    if own:
        return own
    known = knowledge.of(duty.resource_type) if duty.resource_type else None
    variants: list[Variant] = [v for v in known.type.variants if v.title == duty.variant] if known else []
    near = [s for v in variants for s in v.sources] + (list(known.type.sources) if known else [])
    return near or (list(known.service.sources) if known else []) or list(duty.control.sources)


def _notes(source: Input, worlds: Worlds, knowledge: Knowledge) -> list[Note]:
    """What a reviewer must hear about the passage itself."""
    out: list[Note] = []
    for change in source.changes:
        subject = change.after or change.before
        if subject is None or not subject.is_aws:
            continue
        if "forget" in change.actions:
            text = "Terraform forgets it; it still runs in AWS. Its duties stay, and nothing in this code manages it any more."
            out.append(Note(kind="forget", address=change.address, text=text))
        elif change.is_replace:
            paths = ", ".join(change.replace_paths[:3])
            because = f" because of {paths}" if paths else ""
            out.append(Note(kind="replace", address=change.address, text=f"Destroyed and made anew{because}."))
        elif change.importing:
            text = "Adopted: nothing new in AWS; its duties become visible here."
            out.append(Note(kind="import", address=change.address, text=text))
        elif change.previous_address and change.previous_address != change.address:
            out.append(Note(kind="move", address=change.address, text=f"Was {change.previous_address}."))
    for old, new in worlds.way.rekeyed.items():
        subject = next((s.resource for i in (worlds.before,) if i and (s := i.subjects.get(old))), None)
        if subject is None:
            continue
        known = knowledge.of(subject.type)
        advice = ""
        if known is not None and known.role.holds_data:
            advice = f" It holds data: a moved block (from = {old}, to = {new}) keeps it."
        out.append(Note(kind="new key", address=new, text=f"New key: {old} is destroyed and recreated.{advice}"))
    return out
