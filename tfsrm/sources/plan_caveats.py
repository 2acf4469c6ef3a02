"""What stands above the checklist of a plan: why it may not be the whole truth, in plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfsrm.model.world import NotSeen, Resource
from tfsrm.sources.addresses import shown
from tfsrm.sources.state import newer_format, remote_states

if TYPE_CHECKING:
    from tfsrm.sources.plan_json import Plan

_ACTIONS = frozenset(("create", "delete", "update", "no-op", "read", "forget", "open", "close"))
_MODES = frozenset(("managed", "data", "ephemeral"))

_DEFERRED = {
    "unknown": "Terraform does not say why",
    "instance_count_unknown": "how many instances there are is known after apply",
    "resource_config_unknown": "its configuration is known after apply",
    "provider_config_unknown": "the configuration of its provider is known after apply",
    "deferred_prereq": "it depends on something that is deferred itself",
    "absent_prereq": "it depends on something that does not exist yet",
}


def caveats(plan: Plan, newer: str | None) -> Iterator[str]:
    """The sentences, the gravest first."""
    if plan.errored:
        yield "Terraform failed while it made this plan: it shows only what had been planned by then."
    if plan.complete is False:
        yield "The plan is not complete (planned with -target, or parts of it are deferred): another plan has to follow."
    if plan.deferred_changes:
        yield _deferred(plan)
    yield from _checks(plan)
    if plan.action_invocations:
        names = ", ".join(sorted({shown(a.address) for a in plan.action_invocations})[:5])
        yield f"The plan invokes {_count(len(plan.action_invocations), 'action')} ({names}); what they do is not looked at."
    if newer:
        yield newer_format(newer)
    yield from _not_understood(plan)
    if plan.resource_changes and not any(_marks(plan)):
        yield "This version of Terraform does not mark which values are sensitive; tfsrm cannot withhold them."


def _marks(plan: Plan) -> Iterator[bool]:
    for row in plan.resource_changes or ():
        yield bytes(row.change.after_sensitive) != b"" or bytes(row.change.before_sensitive) != b""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _deferred(plan: Plan) -> str:
    reasons = Counter(_DEFERRED.get(d.reason, _DEFERRED["unknown"]) for d in plan.deferred_changes or ())
    words = "; ".join(f"{number}: {reason}" for reason, number in sorted(reasons.items()))
    return f"Terraform puts off {_count(reasons.total(), 'change')} to a later plan ({words})."


def _checks(plan: Plan) -> Iterator[str]:
    for status, words in (
        ("fail", "failed"),
        ("error", "could not be evaluated"),
        ("unknown", "can be evaluated only after apply"),
    ):
        names = [shown(c.address.to_display) for c in plan.checks or () if c.status == status]
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            yield f"{_count(len(names), 'check')} of the configuration {words}: {', '.join(names[:5])}{more}."


def _not_understood(plan: Plan) -> Iterator[str]:
    rows = plan.resource_changes or ()
    actions = sorted({a for row in rows for a in row.change.actions} - _ACTIONS)
    if actions:
        yield f"The plan has actions that this version of tfsrm does not know: {', '.join(map(shown, actions))}."
    modes = sorted({row.mode for row in rows} - _MODES)
    if modes:
        yield f"The plan has rows of a kind that this version of tfsrm does not know: {', '.join(map(shown, modes))}."


def not_seen(plan: Plan, data: tuple[Resource, ...]) -> Iterator[NotSeen]:
    """What the plan names and does not show."""
    for deferred in plan.deferred_changes or ():
        if deferred.resource_change is not None and deferred.resource_change.mode == "managed":
            reason = _DEFERRED.get(deferred.reason, _DEFERRED["unknown"])
            yield NotSeen(what=deferred.resource_change.address, because=f"deferred to a later plan: {reason}")
    yield from remote_states(data)
