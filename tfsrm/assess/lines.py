"""Where the line between AWS and you runs, before and after, and what stays AWS's alone."""

from __future__ import annotations

import msgspec

from tfsrm.assess.compare import Passage
from tfsrm.assess.engine import Assessment, Standing
from tfsrm.assess.knowledge import Knowledge
from tfsrm.model.checklist import DutyResult, Inherited, Line, Note, NotLookedAt
from tfsrm.model.condition import Owner

HOST_DUTIES = ("patch-guest-os", "roll-out-patched-image")


class _Side(msgspec.Struct, frozen=True):
    """One side of a line, layer by layer and part by part."""

    model: str
    variant: str | None
    owners: tuple[tuple[str, Owner], ...]
    parts: tuple[tuple[str, Owner], ...]


def lines(before: Assessment | None, after: Assessment, way: Passage, knowledge: Knowledge) -> list[Line]:
    """One line per service and configuration; resources without a duty of their own have none."""
    groups: dict[tuple[str, _Side | None, _Side | None], list[tuple[str, str]]] = {}
    earlier = {} if before is None else {way.later.get(a, a): s for a, s in before.standings.items()}
    for address in dict.fromkeys([*after.standings, *earlier]):
        old, new = earlier.get(address), after.standings.get(address)
        silent = _silent(new, after) and (before is None or _silent(old, before))
        known = new or old
        if silent or known is None:
            continue
        sides = tuple(_side(s, knowledge) if s else None for s in (old, new))
        because = known.choice.because if known.known.type.variants else ""
        groups.setdefault((known.known.service.service, *sides), []).append((address, because))  # type: ignore[arg-type]
    single = before is None
    return [_line(key, members, single) for key, members in groups.items()]


def _silent(standing: Standing | None, world: Assessment) -> bool:
    """Whether a resource has no duty in a world, or is not in it."""
    return standing is None or standing.subject.resource.address in world.no_duty


def _side(standing: Standing, knowledge: Knowledge) -> _Side:
    choice = standing.choice
    models = [knowledge.model_of(standing.known, v) for v in choice.candidates or (None,)]
    owners = knowledge.layered(standing.line)
    return _Side(" or ".join(dict.fromkeys(models)), choice.title, tuple(owners.items()), tuple(standing.line.items()))


def _line(key: tuple[str, _Side | None, _Side | None], members: list[tuple[str, str]], single: bool) -> Line:
    service, old, new = key
    moved = old is not None and new is not None and old.parts != new.parts
    because = members[0][1]
    if moved and old is not None and new is not None:
        because = f"{old.variant or old.model} becomes {new.variant or new.model}: {because}"
    elif single or old is None or new is None:
        because = because or ("" if new is not None else "goes away")
    return Line(
        service=service,
        addresses=tuple(address for address, _ in members),
        model_before=old.model if old else None,
        model_after=new.model if new else None,
        variant_before=old.variant if old else None,
        variant_after=new.variant if new else None,
        before=dict(old.owners) if old else None,
        after=dict(new.owners) if new else None,
        moved=moved,
        because=because,
    )


def inherited(before: Assessment | None, after: Assessment, knowledge: Knowledge) -> list[Inherited]:
    """The controls that are AWS's alone for the services of both worlds."""
    table: dict[str, list[str]] = {}
    for standing in [*after.standings.values(), *(before.standings.values() if before else ())]:
        service = standing.known.service
        for variant in standing.choice.candidates or (None,):
            model = knowledge.models[knowledge.model_of(standing.known, variant)]
            for control in (*model.inherited, *service.inherited):
                services = table.setdefault(control, [])
                if service.service not in services:
                    services.append(service.service)
    out = []
    for control_id, services in sorted(table.items()):
        control = knowledge.controls.get(control_id)
        if control is not None:
            out.append(
                Inherited(
                    control=control_id,
                    title=control.title,
                    services=tuple(sorted(services)),
                    aws_does=control.aws_does,
                    sources=tuple(control.sources),
                )
            )
    return out


def hosts_left_behind(found: list[Line], duties: list[DutyResult]) -> list[Note]:
    """Where the operating system goes to AWS and old hosts remain: they are still yours to patch."""
    out: list[Note] = []
    hosts = [d.address for d in duties if d.control in HOST_DUTIES and d.change in ("kept", "changed")]
    for line in found:
        if (
            line.moved
            and (line.before or {}).get("guest-os") == "customer"
            and (line.after or {}).get("guest-os") == "aws"
        ):
            left = [h for h in dict.fromkeys(hosts) if h not in line.addresses]
            if left:
                goes = f"The operating system under {line.addresses[0]} becomes AWS's"
                text = f"{goes}, but {', '.join(left[:3])} stay yours to patch while they run."
                out.append(Note(kind="line", address=line.addresses[0], text=text))
    return out


def other_providers(counts: dict[str, int]) -> list[NotLookedAt]:
    """Resources of other providers: counted and named, not analysed."""
    return [
        NotLookedAt(what=f"{count} resource{'s' if count > 1 else ''} of {provider}", because="not an AWS resource")
        for provider, count in sorted(counts.items())
    ]
