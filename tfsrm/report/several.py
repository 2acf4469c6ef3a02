"""Several inputs in what people read: what they share is told once, then what each has of its own, the unchanged as a count."""

from __future__ import annotations

import msgspec

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.model.digest import sha256
from tfsrm.report.plain import plural
from tfsrm.report.view import MOVED

_NAMES = 4


class Part(msgspec.Struct, frozen=True):
    """The duties that stand in the same inputs, as a checklist of their own."""

    title: str
    """Empty where there is one input: its report has no parts."""
    checklist: Checklist
    inputs: tuple[int, ...] = (0,)
    """Indices of ``Checklist.inputs``."""


def keys(checklist: Checklist) -> list[str]:
    """What a finding's identity knows its input by; one input has an empty one.

    A relative path as it was given, so that a further input renames none; of absolute ones what tells them apart.
    """
    if len(checklist.inputs) == 1:
        return [""]
    paths = [source.path.replace("\\", "/") for source in checklist.inputs]
    return [
        f"/{name}" if path.startswith("/") or path[1:3] == ":/" else path.removeprefix("./")
        for path, name in zip(paths, names(checklist), strict=True)
    ]


def names(checklist: Checklist) -> list[str]:
    """What tells the inputs apart: their paths without what all of them begin and end with (folders; one name of plans)."""
    paths = [source.path.replace("\\", "/").split("/") for source in checklist.inputs]
    if len(paths) < 2:
        return ["/".join(p) for p in paths]
    shortest = min(len(p) for p in paths)
    start = 0
    while start < shortest - 1 and len({p[start] for p in paths}) == 1:
        start += 1
    same_end = len({p[-1] for p in paths}) == 1 and start < shortest - 1
    return ["/".join(p[start : -1 if same_end else None]) for p in paths]


def identity(fingerprint: str, *known_by: str) -> str:
    """16 hex digits that tell a duty from the same one of another input: the fingerprint, and by what its inputs are known."""
    if known_by == ("",):
        return fingerprint
    return sha256("|".join((fingerprint, *known_by)).encode("utf-8", "surrogatepass"))[:16]


def parts(checklist: Checklist) -> list[Part]:
    """The parts of a report: what the most inputs share first, then in the order of the inputs; no part for what is unchanged."""
    if len(checklist.inputs) == 1:
        return [Part("", checklist)]
    named = names(checklist)
    groups: dict[tuple[int, ...], tuple[list[DutyResult], list[DutyResult]]] = {}
    for place, found in enumerate((checklist.duties, checklist.drift)):
        for duty in _folded(found):
            groups.setdefault(duty.inputs, ([], []))[place].append(duty)
    out = []
    for inputs in sorted(groups, key=lambda numbers: (-len(numbers), numbers)):
        duties, drift = groups[inputs]
        part = msgspec.structs.replace(checklist, duties=tuple(duties), drift=tuple(drift))
        out.append(Part(title(inputs, named), part, inputs))
    return out


def _folded(duties: tuple[DutyResult, ...]) -> list[DutyResult]:
    """A duty that several inputs tell alike, once."""
    same: dict[tuple[object, ...], list[DutyResult]] = {}
    for duty in duties:
        reasons = tuple((f.id, f.verdict, f.because) for f in duty.facets)
        key = (duty.fingerprint, duty.change, duty.previous_verdict, duty.action, duty.severity, duty.variant, reasons)
        same.setdefault(key, []).append(duty)
    return [group[0] if len(group) == 1 else _one(group) for group in same.values()]


def _one(group: list[DutyResult]) -> DutyResult:
    """A duty for all inputs that tell it alike; what is written in other files of theirs is evidence of it, too."""
    inputs = tuple(sorted({n for d in group for n in d.inputs}))
    facets = group[0].facets
    if any(e.file for f in facets for e in f.evidence):
        facets = tuple(
            msgspec.structs.replace(f, evidence=tuple(dict.fromkeys(e for d in group for e in d.facets[i].evidence)))
            for i, f in enumerate(facets)
        )
    return msgspec.structs.replace(group[0], inputs=inputs, facets=facets)


def title(inputs: tuple[int, ...], named: list[str]) -> str:
    """Inputs in words: ``both``, ``all 3 inputs``, or their names."""
    if len(inputs) == len(named):
        return "both" if len(named) == 2 else f"all {len(named)} inputs"
    shown = ", ".join(named[number] for number in inputs[:_NAMES])
    return shown + (f" and {len(inputs) - _NAMES} more" if len(inputs) > _NAMES else "")


def unchanged(checklist: Checklist) -> list[str]:
    """The names of inputs whose change moves no duty."""
    moved = {number for d in (*checklist.duties, *checklist.drift) if d.change in MOVED for number in d.inputs}
    moved |= {number for number, source in enumerate(checklist.inputs) if source.kind == "state"}
    return [name for number, name in enumerate(names(checklist)) if number not in moved]


def unchanged_line(checklist: Checklist, everything: bool) -> str:
    """``3 inputs move no duty``, with their names under ``--all``; empty for one input, or where every one moves some."""
    still = unchanged(checklist) if len(checklist.inputs) > 1 else []
    if not still:
        return ""
    verb = "moves" if len(still) == 1 else "move"
    return f"{plural(len(still), 'input')} {verb} no duty" + (f": {', '.join(still)}." if everything else ".")
