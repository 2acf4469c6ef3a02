"""Several inputs: which account each is about, and the duties of an account told once however many inputs tell them.

A plan does not name its account; it shows in ``data.aws_caller_identity`` and in the ARNs of what is there already. Where two
inputs show the same one, what either shows of the account holds for it: a trail in one plan settles logging for all of them.
Where an input does not show its account, nothing of it counts for another one; only duties that say the same are one.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tfsrm.assess.compare import state_digest
from tfsrm.assess.engine import verdict_of
from tfsrm.assess.trees import decoded
from tfsrm.model.checklist import DutyChange, DutyResult, FacetResult, Note
from tfsrm.model.condition import Verdict
from tfsrm.model.world import Input, Resource, World

_ACCOUNT = r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):"
_BEST = ("met", "unknown", "unmet", "attest")
"""What one input shows of an account stands before what another one does not show (as among the companions of an account)."""


def account_of(source: Input) -> str | None:
    """The account id of an input; None where it shows none, or several."""
    worlds = [w for w in (source.before, source.after) if w is not None]
    found = {a for world in worlds for a in _callers(world)} or {a for world in worlds for a in _owners(world)}
    return found.pop() if len(found) == 1 else None


def _callers(world: World) -> list[str]:
    identities = [decoded(r.values) for r in world.data if r.type == "aws_caller_identity"]
    return [str(i["account_id"]) for i in identities if isinstance(i, dict) and i.get("account_id")]


def _owners(world: World) -> list[str]:
    """The accounts in the ARNs of managed resources."""
    pattern = re.compile(_ACCOUNT)
    arns = (_arn(r) for r in world.resources if r.is_aws)
    return [match[1] for arn in arns if isinstance(arn, str) and (match := pattern.match(arn))]


class _Named(msgspec.Struct):
    arn: Any = None


def _arn(resource: Resource) -> Any:
    values = resource.values
    if not isinstance(values, msgspec.Raw):
        return values.get("arn") if isinstance(values, dict) else None
    try:
        return msgspec.json.decode(values, type=_Named).arn
    except msgspec.DecodeError:
        return None  # no object, or a number that only a slower decoder takes


def unknown_accounts(inputs: list[Input]) -> list[Note]:
    """What a reader must know of duties of accounts that were told once without knowing whether the account is the same."""
    unknown = sum(account_of(source) is None for source in inputs)
    if unknown < 2:
        return []
    unsaid = f"{unknown} of {len(inputs)} inputs do not show which account they are for"
    text = f"{unsaid}: what they say alike of an account is told once."
    return [Note(kind="account", address="account", text=text)]


def once_per_account(found: list[DutyResult], inputs: list[Input]) -> list[DutyResult]:
    """The duties of all inputs, those of one account (or of a service in it) once."""
    accounts = [account_of(source) for source in inputs]
    groups: dict[tuple[object, ...], list[DutyResult]] = {}
    for duty in found:
        account = accounts[duty.inputs[0]]
        key: tuple[object, ...]
        if duty.scope == "resource":
            key = (duty.fingerprint, duty.inputs)
        elif account is not None:
            key = (duty.fingerprint, account)
        else:
            reasons = tuple(f.because for f in duty.facets)
            key = (duty.fingerprint, None, duty.change, duty.state_digest, duty.previous_verdict, reasons)
        groups.setdefault(key, []).append(duty)
    return [group[0] if len(group) == 1 else _merged(group) for group in groups.values()]


def _merged(group: list[DutyResult]) -> DutyResult:
    """One duty of an account, from what every input says of it."""
    standing = [d for d in group if d.change != "retired"] or group
    inputs = tuple(n for d in standing for n in d.inputs)
    first = standing[0]
    if first.change == "retired":
        return msgspec.structs.replace(first, inputs=inputs)
    ids = dict.fromkeys(f.id for d in standing for f in d.facets)
    facets = tuple(_facet([f for d in standing for f in d.facets if f.id == name], group) for name in ids)
    existed = any(d.change != "created" for d in group)
    change: DutyChange = "created"
    if existed:
        moved = any(f.previous_verdict not in (None, f.verdict) for f in facets)
        change = "changed" if moved else "kept"
    before: list[Verdict] = [f.previous_verdict or f.verdict for f in facets]
    return msgspec.structs.replace(
        first,
        facets=facets,
        verdict=verdict_of([f.verdict for f in facets]),
        previous_verdict=verdict_of(before) if existed else None,
        change=change,
        state_digest=state_digest(first.variant, facets),
        inputs=inputs,
    )


def _facet(same: list[FacetResult], group: list[DutyResult]) -> FacetResult:
    best = min(same, key=lambda f: _BEST.index(f.verdict))
    earlier = [
        f.previous_verdict for d in group for f in d.facets if f.id == best.id and f.previous_verdict is not None
    ]
    return msgspec.structs.replace(best, previous_verdict=min(earlier, key=_BEST.index) if earlier else None)
