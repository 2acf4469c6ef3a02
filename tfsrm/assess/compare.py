"""compare(assess(before), assess(after)): created, changed, kept and retired duties, each with what happens to its resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tfsrm.assess.conditions import MAX_NAMED
from tfsrm.assess.engine import Assessment, Duty, Key
from tfsrm.assess.facets import Judged
from tfsrm.assess.worlds import static_module
from tfsrm.model.checklist import DutyChange, DutyResult, FacetResult
from tfsrm.model.condition import Verdict
from tfsrm.model.digest import sha256
from tfsrm.model.world import ResourceChange

_LEAST_SEVERE = 9
SEVERITIES = {"critical": 0, "high": 1, "medium": 2, "low": 3}
VERDICTS: dict[Verdict | None, int] = {"unmet": 0, "attest": 1, "unknown": 2, "met": 3, None: 4}


class Passage(msgspec.Struct, frozen=True):
    """How the resources of two worlds belong together."""

    later: dict[str, str]
    """address before -> address after, where they differ (moved, or a new instance key)."""
    actions: dict[str, str]
    """address (before or after) -> what happens to it."""
    rekeyed: dict[str, str]
    """address before -> address after: destroyed under one instance key and created under another."""
    destroyed: list[str]
    """Addresses before of objects that are destroyed, replaced ones too."""
    created: frozenset[str]
    """Addresses after of objects that this plan makes."""


def passage(changes: tuple[ResourceChange, ...]) -> Passage:
    """Read the passage from the plan's resource changes."""
    later, actions = {}, {}
    destroyed, created = [], []
    for change in changes:
        old = change.previous_address or change.address
        if change.before is not None:
            old = change.before.address
        if old != change.address and change.after is not None:
            later[old] = change.address
        actions[change.address] = actions[old] = _action(change)
        if "delete" in change.actions:
            destroyed.append(old)
        if "create" in change.actions:
            created.append(change.address)
    rekeyed = _rekeyed(changes)
    for old, new in rekeyed.items():
        actions[old] = actions[new] = "new key"
        later[old] = new
    return Passage(later, actions, rekeyed, destroyed, frozenset(created))


def _action(change: ResourceChange) -> str:
    if change.is_replace:
        return "replace"
    for action in ("create", "delete", "forget", "update"):
        if action in change.actions:
            return action
    if change.importing:
        return "import"
    return "move" if change.previous_address else "no-op"


def _rekeyed(changes: tuple[ResourceChange, ...]) -> dict[str, str]:
    """Deletes and creates of one block that differ only in an instance key, paired in order."""
    groups: dict[tuple[object, ...], tuple[list[str], list[str]]] = {}
    for change in changes:
        side = (
            change.before if change.actions == ("delete",) else change.after if change.actions == ("create",) else None
        )
        if side is None or " (" in side.address:
            continue
        block = (static_module(side.module), side.type, side.name)
        group = groups.setdefault(block, ([], []))
        group[0 if change.actions == ("delete",) else 1].append(side.address)
    out: dict[str, str] = {}
    for gone, made in groups.values():
        out.update(zip(sorted(gone), sorted(made), strict=False))
    return out


def compare(before: Assessment | None, after: Assessment, way: Passage, single: str) -> list[DutyResult]:
    """All standing duties of both worlds. ``single``: the change of every duty where there is only one world."""
    out: list[DutyResult] = []
    earlier = {} if before is None else before.duties
    old_key: dict[Key, Key] = {(c, way.later.get(a, a), o): (c, a, o) for c, a, o in earlier}
    for key, duty in after.duties.items():
        old = earlier.get(old_key.get(key, key))
        if before is None:
            out.append(result(duty, None, _single(single), way.actions))
        elif old is None:
            out.append(result(duty, None, "created", way.actions))
        else:
            out.append(result(duty, old, "kept" if _same(duty, old) else "changed", way.actions))
    for key, old in earlier.items():
        moved = (key[0], way.later.get(key[1], key[1]), key[2])
        if moved not in after.duties:
            out.append(result(old, old, "retired", way.actions))
    return out


def _single(change: str) -> DutyChange:
    return "created" if change == "created" else "kept"


def _same(a: Duty, b: Duty) -> bool:
    return _digest(a) == _digest(b)


def _digest(duty: Duty) -> str:
    return state_digest(duty.variant, [f.result for f in duty.facets])


def state_digest(variant: str | None, facets: Iterable[FacetResult]) -> str:
    """Facet verdicts and variant, never wording."""
    verdicts = ",".join(f"{f.id}={f.verdict}" for f in sorted(facets, key=lambda f: f.id))
    return _hash(f"{variant or ''}|{verdicts}")


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass"))[:16]


def result(
    duty: Duty, previous: Duty | None, change: DutyChange, actions: Mapping[str, str], verdict_stands: bool = True
) -> DutyResult:
    """A duty as the checklist shows it."""
    control_id, address, occasion = duty.key
    resource = duty.subject.resource if duty.subject else None
    gone = change == "retired"
    return DutyResult(
        control=control_id,
        fingerprint=_hash(f"{control_id}|{address}|{occasion}"),
        state_digest=_digest(duty),
        title=duty.control.title,
        duty_class=duty.control.control_class,
        owner=duty.owner,
        layer=duty.control.layer,
        severity=duty.severity,  # type: ignore[arg-type]  # checked when the catalogue was read
        scope=duty.scope,
        occasion=occasion,
        change=change,
        verdict=None if gone or not verdict_stands else duty.verdict,
        previous_verdict=previous.verdict if previous else None,
        address=address,
        resource_type=duty.resource_type,
        role=duty.role,
        service=duty.service,
        action=actions.get(address, "no-op") if resource else "no-op",
        module=resource.module if resource else "",
        variant=duty.variant,
        about=about_key(duty),
        rule=duty.definition.rule,
        facets=_facets(duty.facets, previous, actions),
    )


def about_key(duty: Duty) -> str:
    """The key of a duty's words in ``about``."""
    return "|".join((duty.control.id, duty.resource_type or duty.service, duty.variant or ""))


def _facets(facets: tuple[Judged, ...], previous: Duty | None, actions: Mapping[str, str]) -> tuple[FacetResult, ...]:
    if previous is None:
        return tuple(f.result for f in facets)
    earlier = {f.result.id: f.result for f in previous.facets}
    return tuple(
        FacetResult(
            id=f.result.id,
            says=f.result.says,
            ask=f.result.ask,
            verdict=f.result.verdict,
            previous_verdict=earlier[f.result.id].verdict if f.result.id in earlier else None,
            because=f.result.because + _without(f.result, earlier.get(f.result.id), previous.key[1], actions),
            evidence=f.result.evidence,
        )
        for f in facets
    )


def _without(now: FacetResult, before: FacetResult | None, address: str, actions: Mapping[str, str]) -> str:
    """The companions that this plan deletes and on which another verdict rested."""
    if before is None or before.verdict == now.verdict:
        return ""
    others = dict.fromkeys(e.address for e in before.evidence if e.address != address)
    gone = [other for other in others if actions.get(other) == "delete"][:MAX_NAMED]
    return f"; this plan deletes {' and '.join(gone)}, by which it was {before.verdict}" if gone else ""


def order(duty: DutyResult) -> tuple[object, ...]:
    """Unmet first, then what a person must attest, unknown, met; within it by severity, then by name."""
    return (
        VERDICTS[duty.verdict],
        SEVERITIES.get(duty.severity, _LEAST_SEVERE),
        duty.control,
        duty.occasion,
        duty.address,
        duty.inputs,
    )
