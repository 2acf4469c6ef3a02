"""Plans as ``terraform show -json PLANFILE`` and ``tofu show -json`` write them, format 0.1 to 1.x.

Only the fields that are needed are named; attribute values, masks and expressions stay undecoded
(https://developer.hashicorp.com/terraform/internals/json-format). ``variables`` holds secrets in the clear and is not kept.

Annotations are real objects here: msgspec would evaluate text ones at every start.
"""

from typing import Any

import msgspec
from msgspec import Raw

from tfsrm.errors import InputError
from tfsrm.model.world import Input, World
from tfsrm.sources import plan_caveats, plan_worlds
from tfsrm.sources.configuration import Configuration, module, regions
from tfsrm.sources.documents import SHOW_AGAIN, Document, decode
from tfsrm.sources.duplicates import refuse_duplicate_keys
from tfsrm.sources.format_version import check_format
from tfsrm.sources.state import StateValues


class Change(msgspec.Struct):
    """The ``change`` of a row."""

    actions: tuple[str, ...] = ()
    before: Raw = Raw()
    after: Raw = Raw()
    after_unknown: Raw = Raw()
    before_sensitive: Raw = Raw()
    after_sensitive: Raw = Raw()
    replace_paths: Raw = Raw()
    importing: Raw = Raw()


class Row(msgspec.Struct):
    """One of ``resource_changes`` or ``resource_drift``."""

    address: str
    change: Change
    type: str = ""
    name: str = ""
    mode: str = "managed"
    module_address: str = ""
    previous_address: str | None = None
    index: int | str | None = None
    deposed: str | None = None
    provider_name: str = ""
    action_reason: str | None = None


class Deferred(msgspec.Struct):
    """One of ``deferred_changes``."""

    reason: str = ""
    resource_change: Row | None = None


class CheckAddress(msgspec.Struct, frozen=True):
    """What a check belongs to."""

    to_display: str = ""


class Check(msgspec.Struct):
    """One of ``checks``."""

    address: CheckAddress = CheckAddress()
    status: str = ""


class Action(msgspec.Struct):
    """One of ``action_invocations``."""

    address: str = ""


class PriorState(msgspec.Struct):
    """The state before the plan."""

    values: StateValues | None = None


class Plan(msgspec.Struct):
    """A plan."""

    format_version: str | None = None
    terraform_version: str | None = None
    timestamp: str | None = None
    complete: bool | None = None
    errored: bool | None = None
    variables: Raw = Raw()
    resource_changes: list[Row] | None = None
    resource_drift: list[Row] | None = None
    deferred_changes: list[Deferred] | None = None
    planned_values: StateValues | None = None
    prior_state: PriorState | None = None
    configuration: Configuration | None = None
    checks: list[Check] | None = None
    action_invocations: list[Action] | None = None


_ONCE = ("resource_changes", "resource_drift", "prior_state")


def read(document: Document) -> Input:
    """Read a plan. Raises InputError."""
    refuse_duplicate_keys(document, _ONCE)
    plan = decode(document, Plan, "a plan")
    newer = check_format(document, plan.format_version, "plan")
    rows = plan.resource_changes or []
    _refuse_twice(document, rows)
    configuration = plan.configuration or Configuration()
    root = module(configuration.root_module) if configuration.root_module else None
    worlds = plan_worlds.Builder(root, regions(configuration, _variables(plan.variables)), rows)
    prior = plan.prior_state.values if plan.prior_state else None
    worlds.prior(prior)
    if plan.resource_changes is None:
        worlds.planned(plan.planned_values)
    changes = [change for row in rows for change in worlds.row(row)]
    drifted: World | None = worlds.drift(plan.resource_drift or [])
    after = worlds.after()
    return Input(
        kind="plan",
        path=document.where,
        digest=document.digest,
        terraform_version=plan.terraform_version,
        timestamp=plan.timestamp,
        complete=plan.complete,
        errored=plan.errored,
        caveats=tuple(plan_caveats.caveats(plan, newer)),
        not_seen=tuple(plan_caveats.not_seen(plan, after.data)),
        changes=tuple(changes),
        before=worlds.before(),
        after=after,
        drifted=drifted,
    )


def _refuse_twice(document: Document, rows: list[Row]) -> None:
    seen: set[tuple[str, str | None]] = set()
    for row in rows:
        if (row.address, row.deposed) in seen:
            from tfsrm.sources.addresses import shown

            what = f"not a plan: resource_changes lists {shown(row.address)} twice"
            raise InputError(document.where, what, SHOW_AGAIN)
        seen.add((row.address, row.deposed))


def _variables(raw: Raw) -> dict[str, Raw]:
    """The root variables, undecoded; only asked for the Region of a provider."""
    if len(memoryview(raw)) == 0:
        return {}
    try:
        found: Any = msgspec.json.decode(raw, type=dict[str, Raw] | None)
    except msgspec.ValidationError:
        return {}
    return found or {}
