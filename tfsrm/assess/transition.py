"""The duties of destroying: judged on what was there before, in neither world."""

from __future__ import annotations

from datetime import date

import msgspec

from tfsrm.assess.conditions import Place, evaluate
from tfsrm.assess.engine import Duty, Key, context
from tfsrm.assess.facets import judge
from tfsrm.assess.knowledge import Knowledge, Known
from tfsrm.assess.variants import choose
from tfsrm.assess.worlds import Subject, WorldIndex
from tfsrm.model.catalog import TypeDuty


def transition(
    before: WorldIndex, after: WorldIndex, destroyed: list[str], knowledge: Knowledge, on: date
) -> dict[Key, Duty]:
    """The decommission duties of the resources at the addresses ``destroyed`` (those that are replaced too)."""
    if not destroyed:
        return {}
    ctx = msgspec.structs.replace(context(before, knowledge, on), survivors=after)
    out: dict[Key, Duty] = {}
    for address in destroyed:
        subject = before.subjects.get(address)
        known = knowledge.of(subject.resource.type) if subject is not None else None
        if subject is None or known is None:
            continue
        choice = choose(known, subject, ctx)
        title = choice.title
        for definition in known.on_delete:
            if definition.variants and not any(v.title in definition.variants for v in choice.candidates):
                continue
            if definition.when is not None:
                answer = evaluate(definition.when, Place(subject, subject.root), ctx)
                if answer.value is False:
                    continue
            facets = tuple(judge(f, subject, [], ctx, settled_before=False) for f in definition.facets)
            duty = msgspec.structs.replace(_duty(subject, known, definition, knowledge, title), facets=facets)
            out[duty.key] = duty
    return out


def _duty(subject: Subject, known: Known, definition: TypeDuty, knowledge: Knowledge, variant: str | None) -> Duty:
    control = knowledge.controls[definition.control]
    return Duty(
        key=(control.id, subject.resource.address, "decommission"),
        control=control,
        subject=subject,
        resource_type=subject.resource.type,
        role=known.role.id,
        service=known.service.service,
        variant=variant,
        owner="shared" if control.control_class == "shared" else "customer",
        severity=definition.severity or control.severity,
        scope="resource",
        facets=(),
        customer_does=definition.customer_does or control.customer_does,
        aws_does=definition.aws_does or control.aws_does,
        definition=definition,
    )
