"""The closed set of condition operators, each a small function with three answers: yes, no, not yet known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from tfsrm.assess import policy
from tfsrm.assess.evidence import because as because_of
from tfsrm.assess.evidence import literal, of_default, of_reading, offending, shown
from tfsrm.assess.lifecycles import supported
from tfsrm.assess.links import Linked, Links
from tfsrm.assess.operators import OPERATORS, region_of
from tfsrm.assess.paths import (
    ABSENT,
    DEPENDS,
    KNOWN,
    LEFT,
    UNDEFINED,
    UNKNOWN,
    Node,
    Reading,
    elements,
    nodes,
    readings,
)
from tfsrm.assess.policy_documents import document_at
from tfsrm.assess.trees import decoded
from tfsrm.assess.worlds import Subject, WorldIndex, names_of
from tfsrm.model.catalog import Lifecycle
from tfsrm.model.checklist import Evidence
from tfsrm.model.condition import POLICY_WORDS, Condition, Default


class Context(msgspec.Struct, frozen=True):
    """What a condition may look at beside the resource itself."""

    world: WorldIndex
    links: Links
    on: date
    lifecycles: dict[str, Lifecycle]
    secrets: Callable[[str], tuple[str, ...]]
    """Resource type -> attributes never to be printed."""
    identities: dict[str, list[str]]
    survivors: WorldIndex | None = None
    """Decommission conditions only: the world after."""
    trust_observed: bool = True
    """False: what AWS answered at the last refresh came from a companion that goes away, so defaults decide."""


class Answer(msgspec.Struct, frozen=True):
    """``value``: True, False, or None for not yet known."""

    value: bool | None
    evidence: tuple[Evidence, ...] = ()
    because: str = ""
    by: str = ""
    """What it rests on: empty (what somebody set), ``observed``, ``default``, ``unset`` (nobody set it), ``companion``,
    ``elsewhere`` (a companion that is not in this world), ``doubt`` (one that may or may not be the companion)."""


class Place(msgspec.Struct, frozen=True):
    """Where paths start: a resource, or an element inside it."""

    subject: Subject
    node: Node


def evaluate(condition: Condition, place: Place, ctx: Context) -> Answer:
    """Ask ``condition`` at ``place``."""
    if condition.any_of is not None:
        return any_of([evaluate(c, place, ctx) for c in condition.any_of])
    if condition.all_of is not None:
        return all_of([evaluate(c, place, ctx) for c in condition.all_of])
    if condition.none_of is not None:
        found = any_of([evaluate(c, place, ctx) for c in condition.none_of])
        return msgspec.structs.replace(found, value=None if found.value is None else not found.value)
    if condition.companion is not None:
        return _companion(condition, place, ctx)
    if condition.named_by_survivor is not None:
        return _survivor(condition.named_by_survivor, place.subject, ctx)
    if condition.each is not None or condition.some is not None:
        return _quantified(condition, place, ctx)
    if condition.policy is not None:
        return _policy(condition, place)
    return _leaf(condition, place, ctx)


def any_of(answers: list[Answer]) -> Answer:
    """Yes if one is; not known if one is; else no."""
    if len(answers) == 1:
        return answers[0]
    for value in (True, None):
        found = [a for a in answers if a.value is value]
        if found:
            return _joined(value, found)
    return _joined(False, answers)


def all_of(answers: list[Answer]) -> Answer:
    """No if one is; not known if one is; else yes."""
    if len(answers) == 1:
        return answers[0]
    for value in (False, None):
        found = [a for a in answers if a.value is value]
        if found:
            return _joined(value, found)
    return _joined(True, answers)


_REASONS = 3
MAX_NAMED = 4
"""Of the resources that may be the ones, at most so many are named."""


def _joined(value: bool | None, answers: Iterable[Answer]) -> Answer:
    answers = list(answers)
    evidence = tuple(dict.fromkeys(e for a in answers for e in a.evidence))
    # What several answers say is said once.
    reasons = list(dict.fromkeys(part for a in answers for part in a.because.split(" and ") if part))
    ways = {a.by for a in answers}
    by = next((w for w in ("doubt", "companion", "", "observed", "default", "unset", "elsewhere") if w in ways), "")
    return Answer(value, evidence, " and ".join(reasons[:_REASONS]), by)


# Leaves -----------------------------------------------------------------------------------------------------------


def _secrets(place: Place, ctx: Context) -> tuple[str, ...]:
    return ctx.secrets(place.subject.resource.type)


def _leaf(condition: Condition, place: Place, ctx: Context) -> Answer:
    found = _readings(condition, place)
    if condition.present or condition.absent:
        return _present(condition, found, place, ctx)
    return all_of([_judge(condition, reading, place, ctx) for reading in found])


def _readings(condition: Condition, place: Place) -> list[Reading]:
    path = condition.attribute or ""
    found = readings(place.node, path, place.subject.origin)
    if condition.json_path is None:
        return found
    out: list[Reading] = []
    for reading in found:
        written = reading.state == KNOWN and not _zero(reading)
        out += _inside_json(reading, condition.json_path) if written else [reading]
    return out


def _inside_json(reading: Reading, path: str) -> list[Reading]:
    try:
        tree = msgspec.json.decode(str(reading.value).encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return [msgspec.structs.replace(reading, state=UNKNOWN, value=None, because="not JSON that can be read")]
    starts = elements(Node("", tree, False, False, UNDEFINED)) if path.startswith("[*]") else None
    rest = path.removeprefix("[*]").removeprefix(".")
    roots = starts if starts is not None else [Node("", tree, False, False, UNDEFINED)]
    found = [n for root in roots for n in nodes(root, rest)]
    if not found:
        return [msgspec.structs.replace(reading, path=f"{reading.path}: {rest}", state=ABSENT, value=None)]
    where = reading.path
    return [
        msgspec.structs.replace(
            reading, path=f"{where}: {n.path}", state=ABSENT if n.value is None else KNOWN, value=n.value
        )
        for n in found
    ]


def _present(condition: Condition, found: list[Reading], place: Place, ctx: Context) -> Answer:
    answers = [
        Answer(
            _is_set(r),
            (of_reading(r, place.subject, _secrets(place, ctx)),),
            _because_present(r),
            "unset" if r.state in (ABSENT, LEFT) else "",
        )
        for r in found
    ]
    answer = any_of(answers)
    if condition.absent:
        return msgspec.structs.replace(answer, value=None if answer.value is None else not answer.value)
    return answer


def _is_set(reading: Reading) -> bool | None:
    if reading.state in (ABSENT, LEFT) or reading.observed:
        return False
    if reading.state == UNKNOWN:
        # Somebody set it, to something known after apply; a chain that cannot be followed may still end in null.
        return True if reading.because.startswith(DEPENDS) and "local." not in reading.because else None
    empty = reading.value is None or reading.value in ("", [], {})
    if empty:
        return False
    return None if reading.doubtful else True


def _because_present(reading: Reading) -> str:
    path = shown(reading.path)
    if reading.state in (ABSENT, LEFT) or reading.observed:
        return f"{path} is not set"
    if _is_set(reading) is None:
        return (
            f"{path} has a value, but the input does not say who set it"
            if reading.doubtful
            else f"{path} is {reading.because}"
        )
    return f"{path} is set" if _is_set(reading) else f"{path} is empty"


def _judge(condition: Condition, reading: Reading, place: Place, ctx: Context) -> Answer:
    if reading.state == UNKNOWN:
        seen = (of_reading(reading, place.subject, _secrets(place, ctx)),)
        return Answer(None, seen, f"{shown(reading.path)} is {reading.because}")
    if reading.state in (ABSENT, LEFT) or _zero(reading) or (reading.observed and not ctx.trust_observed):
        return _by_default(condition, reading, place, ctx)
    if condition.own_region:
        return _own_region(reading, place, ctx)
    value = _operate(condition, reading.value, ctx)
    evidence = of_reading(reading, place.subject, _secrets(place, ctx), offending(condition, reading.value))
    because = because_of(evidence, condition, reading.value, value)
    if value is None and condition.supported_on is not None:
        because += ", and until when it is supported is not on record here"
    return Answer(value, (evidence,), because, "observed" if reading.observed else "")


def _own_region(reading: Reading, place: Place, ctx: Context) -> Answer:
    """Whether a Region, or that of an ARN, is the one that the resource is in."""
    evidence = of_reading(reading, place.subject, _secrets(place, ctx))
    named = region_of(str(reading.value))
    own = place.subject.region
    if not named or not own:
        what = "the Region of the resource" if named else f"the Region in {shown(reading.path)}"
        return Answer(None, (evidence,), f"{what} is not on record here", "doubt")
    text = f"{shown(reading.path)} is {'' if named == reading.value else 'in '}{named}"
    where = "the Region of the resource too" if named == own else f"the resource is in {own}"
    return Answer(named == own, (evidence,), f"{text}, {where}")


def _zero(reading: Reading) -> bool:
    """What Terraform's state writes for a text that nobody set."""
    return reading.value == "" and (reading.observed or reading.doubtful)


def _by_default(condition: Condition, reading: Reading, place: Place, ctx: Context) -> Answer:
    default, path = condition.default, shown(reading.path)
    if default is None:
        seen = (of_reading(reading, place.subject, _secrets(place, ctx)),)
        if condition.contains is not None or condition.open_cidr or condition.cidr_wider_than is not None:
            # An empty list holds nothing, whoever left it empty.
            return Answer(False, seen, f"{path} is not set")
        return Answer(None, seen, f"{path} is not set, and what AWS then does is not on record here")
    evidence = of_default(reading, place.subject, default)
    if default.since is not None and not (place.subject.created and ctx.on >= default.since):
        why = f"{path} is not set; the default changed on {default.since} and this object may be older"
        return Answer(None, (evidence,), why, "default")
    value = False if default.value is None else _operate(condition, default.value, ctx)
    why = f"{path} is not set" + ("" if default.value is None else f" (default: {literal(default.value)})")
    return Answer(value, (evidence,), why, "default")


def _operate(condition: Condition, value: Any, ctx: Context) -> bool | None:
    for name, operator in OPERATORS.items():
        wanted = getattr(condition, name)
        if wanted is not None:
            return operator(value, wanted)
    if condition.supported_on is not None:
        return supported(ctx.lifecycles.get(condition.supported_on), value, ctx.on)
    return None


# Lists, policies, companions -------------------------------------------------------------------------------------


def _quantified(condition: Condition, place: Place, ctx: Context) -> Answer:
    inner = condition.each or condition.some
    assert inner is not None  # noqa: S101 (the caller looked)
    lists = nodes(place.node, condition.attribute or "")
    unsure = [n for n in lists if n.mask is True]
    if unsure:
        reading = place.subject.read(unsure[0].path)[0] if place.node.path == "" else None
        if reading is None or reading.state != LEFT:
            why = reading.because if reading else "known after apply"
            return Answer(None, (), f"{shown(condition.attribute or '')} is {why}")
    answers = [
        evaluate(inner, Place(place.subject, element), ctx)
        for n in lists
        if n.mask is not True
        for element in elements(n)
    ]
    if not answers:
        return Answer(condition.each is not None, (), f"there is no {shown(condition.attribute or 'element')}")
    joined = all_of(answers) if condition.each is not None else any_of(answers)
    decided_by_all = joined.value is (condition.each is not None) and len(answers) > 1
    if not decided_by_all:
        return joined
    count = f"{len(answers)} entries of {shown(condition.attribute or 'it')}"
    because = f"none of the {count} is of that kind" if condition.some else f"all {count} are of that kind"
    return msgspec.structs.replace(joined, because=because)


def _policy(condition: Condition, place: Place) -> Answer:
    question = condition.policy
    assert question is not None  # noqa: S101 (the caller looked)
    path = condition.attribute or ""
    document = document_at(place.subject, path, place.node)
    where = place.subject.resource.address
    file, line = place.subject.position(path)
    withheld = "not set" if document.absent else "unknown" if not document.complete else "long"
    origin = "set" if withheld == "long" else withheld
    evidence = Evidence(address=where, attribute=path, withheld=withheld, origin=origin, file=file, line=line)
    if document.absent:
        return Answer(False, (evidence,), f"{path} is not set", "unset")
    answer = policy.ask(document, question.question, question.services, place.subject.world.account)
    yes, no = POLICY_WORDS[question.question]
    if answer is None:
        return Answer(None, (evidence,), f"whether {shown(path)} {yes} is known after apply")
    return Answer(answer, (evidence,), f"{shown(path)} {yes if answer else no}")


def _companion(condition: Condition, place: Place, ctx: Context) -> Answer:
    wanted = condition.companion or ""
    if condition.by is not None:
        link = ctx.links.named_by(place.subject, condition.by, wanted)
    else:
        link = ctx.links.naming(place.subject, wanted, condition.linked_by or "")
    if condition.absent and condition.attribute is None:
        here = [c.resource.address for c in (*link.exact, *link.candidates)]
        return Answer(not here, (), f"{here[0]} is here" if here else _because_none(condition, link), "companion")
    if not link.exact and not link.candidates:
        default, of_none = condition.default, condition.attribute is None and condition.linked_by is not None
        if default is not None and of_none and place.subject.created:
            return _without_companion(default, wanted, condition, link, place)
        unsure = condition.by is not None and link.named
        return Answer(None if unsure else False, (), _because_none(condition, link), "elsewhere")
    if condition.distinct_at_least is not None:
        return _distinct(condition, condition.distinct_at_least, link, place, ctx)
    answers = [_of_companion(condition, c, ctx) for c in link.exact]
    join = all_of if condition.across == "all" else any_of
    found = _by_companion(join(answers)) if answers else None
    settling = condition.across != "all"
    if not link.candidates or (found is not None and found.value is settling):
        return found or Answer(False, (), _because_none(condition, link), "elsewhere")
    possible = [_of_companion(condition, c, ctx) for c in link.candidates]
    if condition.linked_by is not None and settling and all(a.value is False for a in (*answers, *possible)):
        # Whichever of them names it, the answer is the same.
        return msgspec.structs.replace(any_of([*answers, *possible]), by="companion")
    names = ", ".join(c.resource.address for c in link.candidates[:MAX_NAMED])
    evidence = possible_evidence(link.candidates, condition.by or condition.linked_by or "")
    return Answer(None, evidence, f"{link.doubt} ({names})", "doubt")


def _distinct(condition: Condition, wanted: int, link: Linked, place: Place, ctx: Context) -> Answer:
    """How many different values of an attribute the companions that are here have."""
    path = condition.attribute or ""
    found = [(c, r) for c in link.exact for r in c.read(path)]
    values = sorted({str(r.value) for _, r in found if r.state == KNOWN})
    seen = tuple(of_reading(r, c, ctx.secrets(c.resource.type)) for c, r in found[:MAX_NAMED])
    told = f"{shown(path)} of the {len(link.exact)} {condition.companion} here is {' or '.join(values) or 'not known'}"
    if len(values) >= wanted:
        return Answer(True, seen, told, "companion")
    if any(r.state == UNKNOWN for _, r in found):
        return Answer(None, seen, f"{shown(path)} of {condition.companion} is known after apply")
    # Of those that name a resource, some may be elsewhere; of those that it names, none need be.
    if link.candidates:
        maybe = sorted({str(r.value) for c in link.candidates for r in c.read(path) if r.state == KNOWN})
        names = ", ".join(c.resource.address for c in link.candidates[:MAX_NAMED])
        theirs = f"; {shown(path)} there is {' or '.join(maybe)}" if maybe else ""
        evidence = possible_evidence(link.candidates, condition.by or condition.linked_by or "")
        return Answer(None, (*seen, *evidence), f"{link.doubt} ({names}){theirs}", "doubt")
    by = condition.by
    all_here = by is not None and ctx.links.all_named_here(place.subject, by, condition.companion or "")
    if any(r.state != KNOWN for _, r in found) or not all_here:
        return Answer(None, seen, f"{told}, and others may be elsewhere", "doubt")
    return Answer(False, seen, told, "companion")


def _without_companion(default: Default, wanted: str, condition: Condition, link: Linked, place: Place) -> Answer:
    """No resource of this plan names one that the plan makes, and the catalogue says what AWS then does. To an older one
    somebody may have added it elsewhere."""
    seen = Evidence(
        address=place.subject.resource.address,
        attribute=wanted,
        value=default.value,
        withheld=None if default.value is not None else "not set",
        origin="default",
        source=default.source,
    )
    by_default = "there is none" if default.value is None else literal(default.value)
    return Answer(False, (seen,), f"{_because_none(condition, link)} (default: {by_default})", "default")


def _by_companion(answer: Answer) -> Answer:
    """What rests on a companion; where that one points elsewhere or may be another, this still counts."""
    if answer.value is None and answer.by in ("elsewhere", "doubt"):
        return answer
    return msgspec.structs.replace(answer, by="companion")


def _because_none(condition: Condition, link: Linked) -> str:
    if condition.by is None:
        return f"no {condition.companion} here names it"
    if link.doubt:
        return shown(link.doubt)
    path = shown(condition.by)
    return f"{path} names no {condition.companion} here" if link.named else f"{path} is not set"


def possible_evidence(candidates: Sequence[Subject], path: str) -> tuple[Evidence, ...]:
    """The resources of which it cannot be told whether they are the ones."""
    return tuple(
        Evidence(address=c.resource.address, attribute=path, withheld="unknown", origin="companion")
        for c in candidates[:MAX_NAMED]
    )


def _of_companion(condition: Condition, companion: Subject, ctx: Context) -> Answer:
    """What a condition finds at one companion."""
    inner = condition.where or msgspec.structs.replace(condition, companion=None, by=None, linked_by=None, across=None)
    address = companion.resource.address
    if condition.where is None and condition.attribute is None:
        by, of = condition.by, condition.linked_by or ""
        because = f"{shown(by)} names {address}" if by is not None else f"{address} names it ({shown(of)})"
        return Answer(True, (), because, "companion")
    answer = evaluate(inner, Place(companion, companion.root), ctx)
    if answer.because.split(" ", 1)[0].rstrip(":") in ctx.world.subjects:
        # It speaks of a companion of the companion, which "it" then is.
        return msgspec.structs.replace(answer, because=answer.because.replace(" names it", f" names {address}"))
    return msgspec.structs.replace(answer, because=f"{address}: {answer.because}")


_OWN = frozenset(("id", "arn", "name", "tags", "tags_all"))
"""Attributes by which a resource names itself: a namesake is no reference."""


def _survivor(types: list[str], subject: Subject, ctx: Context) -> Answer:
    """Whether something that stays names a resource that goes away.

    A plain ``name`` is no evidence: a queue and a table may share one.
    """
    survivors = ctx.survivors
    plain = set(subject.texts("name"))
    known = names_of(subject, ctx.identities.get(subject.resource.type, ()))
    names = [n for n in known if len(n) > 3 and n not in plain]
    if survivors is None or not names:
        return Answer(None, (), "what still names it cannot be told")
    for other in survivors.subjects.values():
        if other is subject.successor or other.resource.address == subject.resource.address:
            continue
        own = _OWN.union(ctx.identities.get(other.resource.type, ()))
        if (types == ["*"] or other.resource.type in types) and _mentions(other, names, own):
            return Answer(True, (), f"{other.resource.address} still names it", "companion")
    return Answer(False, (), "nothing that stays in this plan names it", "companion")


def _mentions(other: Subject, names: list[str], own: frozenset[str]) -> bool:
    values = other.resource.values
    if isinstance(values, msgspec.Raw):
        raw = bytes(values)
        if not any(name.encode("utf-8", "replace") in raw for name in names):
            return False
    tree = decoded(values)
    parts = {k: v for k, v in tree.items() if k not in own} if isinstance(tree, dict) else {}
    return any(_holds(parts, name) for name in names)


def _holds(tree: Any, name: str) -> bool:
    if isinstance(tree, dict):
        return any(_holds(v, name) for v in tree.values())
    if isinstance(tree, list):
        return any(_holds(v, name) for v in tree)
    return isinstance(tree, str) and (tree == name or (name.startswith("arn:") and name in tree))
