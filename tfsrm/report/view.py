"""What of a checklist is shown: the choice of duties and their folding. Nothing is lost: what is hidden is counted."""

from __future__ import annotations

from collections import Counter

import msgspec

from tfsrm.model.checklist import Checklist, DutyResult, FacetResult, Line
from tfsrm.model.condition import Owner

MOVED = ("created", "changed", "retired")
SEVERITIES = ("critical", "high", "medium", "low")
_VERDICT = ("unmet", "attest", "unknown", "met")


class View(msgspec.Struct, frozen=True):
    """What the reader asked to see."""

    everything: bool = False
    """``--all``: kept duties, resources without duty, every address."""
    show: tuple[str, ...] = ()
    """Changes (created, changed, kept, retired); empty: the default."""
    layers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    """Parts of service names, in any case."""
    width: int = 79
    color: bool = False
    ascii: bool = False
    room: int | None = None
    """Bytes that a Markdown report may take; None: what the format says."""
    whole: str = ""
    """Where the whole report is, for one that had to be shortened: Markdown that the caller made inert."""


class Member(msgspec.Struct, frozen=True):
    """Duties of a row that say the same thing, of one resource type."""

    duties: tuple[DutyResult, ...]

    @property
    def first(self) -> DutyResult:
        return self.duties[0]

    @property
    def addresses(self) -> list[str]:
        return [d.address for d in self.duties]


class Row(msgspec.Struct, frozen=True):
    """One folded duty: one control with one change and one verdict, on all resources that share them."""

    members: tuple[Member, ...]

    @property
    def first(self) -> DutyResult:
        return self.members[0].first

    @property
    def duties(self) -> list[DutyResult]:
        return [d for m in self.members for d in m.duties]

    @property
    def severity(self) -> str:
        return min((d.severity for d in self.duties), key=SEVERITIES.index)

    @property
    def addresses(self) -> list[str]:
        return [d.address for d in self.duties]


def is_standing(checklist: Checklist) -> bool:
    """Whether the inputs are worlds without a change (a state): then all that stands is shown."""
    return all(i.kind == "state" for i in checklist.inputs)


def chosen(checklist: Checklist, view: View) -> list[DutyResult]:
    """The duties to show: those that moved, and those of a world without a change."""
    changes = view.show or ((*MOVED, "kept") if view.everything else MOVED)
    states = {number for number, source in enumerate(checklist.inputs) if source.kind == "state" and not view.show}
    return [d for d in checklist.duties if (d.change in changes or states.issuperset(d.inputs)) and _wanted(d, view)]


def standing(checklist: Checklist, view: View) -> list[DutyResult]:
    """Every duty that stands after the change, for formats whose readers compare one whole report with the one before."""
    return [
        d
        for d in checklist.duties
        if d.change != "retired" and (not view.show or d.change in view.show) and _wanted(d, view)
    ]


def _wanted(duty: DutyResult, view: View) -> bool:
    if view.layers and duty.layer not in view.layers:
        return False
    return not view.services or any(s.lower() in duty.service.lower() for s in view.services)


def rows(duties: list[DutyResult]) -> list[Row]:
    """Fold duties: one row per control, change, occasion, verdict and scope; never two controls in one."""
    groups: dict[tuple[str | None, ...], list[DutyResult]] = {}
    for duty in duties:
        groups.setdefault((duty.control, duty.change, duty.occasion, duty.verdict, duty.scope), []).append(duty)
    folded = [Row(_members(group)) for group in groups.values()]
    return sorted(folded, key=lambda r: (_verdict_rank(r.first), SEVERITIES.index(r.severity), r.first.control))


QUESTIONS = 5
"""Duties to attest that are shown of one resource; its others are its standing duties."""


class Standing(msgspec.Struct, frozen=True):
    """What must be attested of every thing of a kind, beyond the first few questions."""

    role: str
    rows: tuple[Row, ...]

    @property
    def duties(self) -> list[DutyResult]:
        return [d for r in self.rows for d in r.duties]


def set_apart(found: list[Row]) -> tuple[list[Row], list[Standing]]:
    """Rows to attest: the gravest of every resource, and what is left over as the standing duties of each kind of thing."""
    taken: Counter[tuple[int, str]] = Counter()
    near: list[DutyResult] = []
    left: dict[str, list[DutyResult]] = {}
    for duty in (d for row in found for d in row.duties):
        places = [(number, duty.address) for number in duty.inputs]  # two inputs may have the same address
        taken.update(places)
        if max(taken[place] for place in places) <= QUESTIONS or duty.occasion == "decommission":
            near.append(duty)
        else:
            left.setdefault(duty.role, []).append(duty)
    return rows(near), [Standing(role, tuple(rows(duties))) for role, duties in sorted(left.items())]


def _verdict_rank(duty: DutyResult) -> int:
    return _VERDICT.index(duty.verdict) if duty.verdict in _VERDICT else len(_VERDICT)


def _members(duties: list[DutyResult]) -> tuple[Member, ...]:
    same: dict[tuple[object, ...], list[DutyResult]] = {}
    for duty in duties:
        words = tuple((f.id, f.verdict, _shared(f.because, duty.address)) for f in duty.facets)
        same.setdefault((duty.resource_type, words), []).append(duty)
    return tuple(Member(tuple(group)) for group in same.values())


def _shared(because: str, address: str) -> str:
    return because.replace(address, "")


def folded_addresses(addresses: list[str], limit: int) -> str:
    """``a.b, a.c[0..2] and 3 more``: instances of one block together, at most ``limit`` names."""
    blocks: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses):  # several inputs may have the same one
        name, key = split_key(address)
        blocks.setdefault(name, []).append(key)
    names = [_block(name, keys) for name, keys in blocks.items()]
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def split_key(address: str) -> tuple[str, str]:
    """``a.b["x[0]"]`` -> ``a.b`` and ``["x[0]"]``; an address without an instance key has an empty one."""
    start = len(address)
    if address.endswith('"]'):
        quote = len(address) - 2
        while quote > 0:
            quote = address.rfind('"', 0, quote)
            before = address[: max(quote, 0)]
            if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
                break  # a quote inside a key is escaped, so this one opens it
        start = quote - 1
    elif address.endswith("]"):
        start = address.rfind("[")
    return (address[:start], address[start:]) if start > 0 else (address, "")


def _block(name: str, keys: list[str]) -> str:
    if len(keys) == 1:
        return name + keys[0]
    return f"{name}[{len(keys)} instances]"


def decisive(duty: DutyResult) -> list[FacetResult]:
    """The facets that a reader must see: those that carry the verdict."""
    if duty.verdict is None:
        return []
    return [f for f in duty.facets if f.verdict == duty.verdict] or list(duty.facets)


def questions(duty: DutyResult) -> list[FacetResult]:
    """The facets that ask a person, beside whatever verdict."""
    return [f for f in duty.facets if f.verdict == "attest" and f.ask]


def hidden(checklist: Checklist, shown: list[DutyResult]) -> Counter[str]:
    """How many duties of each change are not shown."""
    counts: Counter[str] = Counter(d.change for d in checklist.duties)
    counts.subtract(d.change for d in shown)
    return +counts


def shown_lines(checklist: Checklist, view: View) -> list[Line]:
    """The lines of the services that this change touches; of all services where there is no change to look at."""
    if view.everything or is_standing(checklist):
        found = list(checklist.lines)
    else:
        touched = {(number, d.address) for d in checklist.duties if d.change != "kept" for number in d.inputs}
        found = [
            line for line in checklist.lines if line.moved or any((line.input, a) in touched for a in line.addresses)
        ]
    if view.services:
        found = [line for line in found if any(s.lower() in line.service.lower() for s in view.services)]
    return found


class Column(msgspec.Struct, frozen=True):
    """One column of the picture: the services that share a line."""

    services: tuple[str, ...]
    variants: tuple[str, ...]
    line: Line
    sign: str
    """``+`` new, ``-`` gone, ``~`` the line moved, ``=`` it stays."""


def columns(found: list[Line], standing: bool = False) -> list[Column]:
    """Lines with the same owners before and after, together. ``standing``: nothing changes, all of them stay."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in _one_per_service(found):
        owners = [tuple((side or {}).items()) for side in (line.before, line.after)]
        groups.setdefault(("=" if standing else _sign(line), *owners), []).append(line)
    out = []
    for (sign, *_), lines in groups.items():
        services = tuple(dict.fromkeys(line.service for line in lines))
        variants = tuple(dict.fromkeys(v for line in lines if (v := line.variant_after or line.variant_before)))
        out.append(Column(services, variants, lines[0], str(sign)))
    return sorted(out, key=lambda c: ("~+-=".index(c.sign), c.services))


def _one_per_service(found: list[Line]) -> list[Line]:
    """Lines of one service that never name two owners of a layer are one line: a part that only some of its resources have
    (a user has no code, its access key goes into some) draws no second column."""
    out: list[Line] = []
    for line in found:
        for at, other in enumerate(out):
            if (joined := _joined(other, line)) is not None:
                out[at] = joined
                break
        else:
            out.append(line)
    return out


def _joined(one: Line, other: Line) -> Line | None:
    if one.moved or other.moved or _told(one) != _told(other):
        return None
    sides = [_joined_side(one.before, other.before), _joined_side(one.after, other.after)]
    if None in sides:
        return None
    return msgspec.structs.replace(one, before=one.before and sides[0], after=one.after and sides[1])


def _told(line: Line) -> tuple[object, ...]:
    return line.service, line.variant_before, line.variant_after, line.before is None, line.after is None


def _joined_side(one: dict[str, Owner] | None, other: dict[str, Owner] | None) -> dict[str, Owner] | None:
    """Both sides in one; nothing where they contradict each other."""
    joined: dict[str, Owner] = {}
    for layer in one or {}:
        held = {side[layer] for side in (one or {}, other or {}) if side.get(layer, "none") != "none"}
        if len(held) > 1:
            return None
        joined[layer] = held.pop() if held else "none"
    return joined


def _sign(line: Line) -> str:
    if line.before is None:
        return "+"
    if line.after is None:
        return "-"
    return "~" if line.moved else "="


class Picture(msgspec.Struct, frozen=True):
    """The line as rows of cells; layers that run alike in every column are one row."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """(label, cell of each column); a label ends in `` *`` where the row is none of AWS's diagram."""
    alike: tuple[tuple[str, str], ...]
    """(owner, labels) of the layers that have one owner in all columns, where there are several columns."""


def picture(checklist: Checklist, shown: list[Column]) -> Picture:
    """Draw the line for some columns."""
    groups: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    alike: dict[str, list[str]] = {}
    for layer, short, aws_diagram in checklist.layers:
        cells = tuple(_cell(column.line, layer) for column in shown)
        owners = {c for c in cells if c}
        if len(shown) > 1 and len(owners) == 1 and owners <= {"customer", "shared", "aws"}:
            alike.setdefault(owners.pop(), []).append(short if aws_diagram else f"{short} *")
        elif owners:
            groups.setdefault((aws_diagram, cells), []).append(short)
    rows = tuple((", ".join(names) + ("" if aws else " *"), cells) for (aws, cells), names in groups.items())
    return Picture(rows, tuple((o, ", ".join(alike[o])) for o in ("customer", "shared", "aws") if o in alike))


def owners(line: Line, layer: str) -> tuple[str, str]:
    """Who holds a layer before and after; empty where nobody does."""
    before, after = ((side or {}).get(layer, "none") for side in (line.before, line.after))
    return "" if before == "none" else before, "" if after == "none" else after


def _cell(line: Line, layer: str) -> str:
    before, after = owners(line, layer)
    if line.after is None:
        return f"gone:{before}" if before else ""
    return f"{before}>{after}" if before and after and before != after else after
