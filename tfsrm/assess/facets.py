"""The verdict of one facet: its own conditions, and what companions settle or worsen."""

from __future__ import annotations

import msgspec

from tfsrm.assess.conditions import MAX_NAMED, Answer, Context, Place, evaluate, possible_evidence
from tfsrm.assess.links import Linked
from tfsrm.assess.worlds import Subject
from tfsrm.model.catalog import Facet, Settles
from tfsrm.model.checklist import Evidence, FacetResult
from tfsrm.model.condition import Condition, Verdict

NOT_IN_A_PLAN = "no plan can show it"
NOT_IN_THIS_PLAN = "nothing in this plan shows it"
"""Another plan could: a companion that the catalogue knows would settle it."""


class Judged(msgspec.Struct, frozen=True):
    """A facet with its verdict. ``by``: as in conditions.Answer, or ``ask``."""

    result: FacetResult
    by: str


class Opinion(msgspec.Struct, frozen=True):
    """What one look says; ``verdict`` None: nothing."""

    verdict: Verdict | None
    answer: Answer
    says: str = ""
    """What the companion's own words say holds; for a facet that has none."""
    needed: bool = False
    """Of companions that must all be good: while it is not known of them, no other kind settles the facet."""


def decide(met: Answer | None, unmet: Answer | None, asks: bool) -> Opinion:
    """The table of ``mappings/README.md``: met_when, unmet_when, ask -> verdict."""
    if unmet is not None and unmet.value is True:
        return Opinion("unmet", unmet)
    if met is not None and met.value is True:
        return Opinion("met", met)
    for answer in (unmet, met):
        if answer is not None and answer.value is None:
            # What is not in this world stays unseen after apply, too.
            unseen = answer.by in ("doubt", "elsewhere")
            return Opinion("attest", answer) if unseen else Opinion("unknown", answer)
    if asks or (met is not None and unmet is not None):
        return Opinion("attest", met or unmet or Answer(None, (), NOT_IN_A_PLAN, "ask"))
    found = met or unmet
    if found is None:
        return Opinion("attest", Answer(None, (), NOT_IN_A_PLAN, "ask"))
    if found.by == "elsewhere":
        # A companion that is not here proves nothing, unless the catalogue has a default for that.
        return Opinion("attest", found)
    return Opinion("unmet" if met is not None else "met", found)


def judge(
    facet: Facet, subject: Subject, settlers: list[tuple[str, Settles]], ctx: Context, settled_before: bool
) -> Judged:
    """One facet of a resource. ``settled_before``: in the world before, a companion settled it."""
    opinions, doubt, possible = _companions(subject, settlers, ctx)
    own_ctx = msgspec.structs.replace(ctx, trust_observed=False) if settled_before and not opinions else ctx
    own = _own(facet, subject, own_ctx)
    if doubt is not None and not opinions and not all(o.verdict in (None, own.verdict) for o in possible):
        return _judged(facet, Opinion("attest", doubt), ctx)
    if not opinions:
        return _judged(facet, own, ctx)
    if own.answer.by == "" and own.verdict in ("met", "unmet", "unknown") and (facet.met_when or facet.unmet_when):
        opinions.append(own)
    if all(o.verdict is None for o in opinions):
        return _judged(facet, own, ctx)
    return _judged(facet, _strongest(opinions), ctx)


def _strongest(opinions: list[Opinion]) -> Opinion:
    """What worsens it wins; then what all must be and is not known; then one that settles it, is not known, fails to."""
    worsened = [o for o in opinions if o.verdict == "unmet" and o.answer.value is True]
    open_ = [o for o in opinions if o.verdict in ("unknown", "attest") and o.needed]
    if worsened or open_:
        return (worsened or open_)[0]
    for verdict in ("met", "unknown", "unmet", "attest"):
        for opinion in opinions:
            if opinion.verdict == verdict:
                return opinion
    return opinions[0]


def _own(facet: Facet, subject: Subject, ctx: Context) -> Opinion:
    place = Place(subject, subject.root)
    met = evaluate(facet.met_when, place, ctx) if facet.met_when else None
    unmet = evaluate(facet.unmet_when, place, ctx) if facet.unmet_when else None
    return decide(met, unmet, facet.ask is not None)


def _judged(facet: Facet, opinion: Opinion, ctx: Context) -> Judged:
    answer = opinion.answer
    verdict = opinion.verdict or "attest"
    by = "ask" if verdict == "attest" else answer.by
    return Judged(
        FacetResult(
            id=facet.id,
            says=facet.says or (opinion.says if verdict != "attest" else "") or None,
            ask=_question(facet, verdict, answer, ctx),
            verdict=verdict,
            because=answer.because or NOT_IN_A_PLAN,
            evidence=answer.evidence,
        ),
        by,
    )


def _question(facet: Facet, verdict: Verdict, answer: Answer, ctx: Context) -> str | None:
    """What a person is asked. A facet without a question of its own is asked about where its companions are in doubt."""
    if verdict != "attest":
        return facet.ask if verdict == "unknown" else None
    doubtful = [e.address for e in answer.evidence if e.origin == "companion" and e.withheld == "unknown"]
    resources = [ctx.world.subjects[a].resource for a in doubtful if a in ctx.world.subjects]
    # Without the module, so that instances of one module are told together.
    names = list(dict.fromkeys(r.address.removeprefix(f"{r.module}.") for r in resources))
    if not names:
        return facet.ask or f"Who knows whether this holds: {facet.says}"
    which = f"Which of {', '.join(names[:-1])} and {names[-1]} apply" if len(names) > 1 else f"Does {names[0]} apply"
    if facet.ask is not None and answer.by == "doubt":
        return facet.ask
    if facet.ask is not None:
        return f"{which} here, and is what it then does meant? If not: {facet.ask}"
    return f"{which} here, and does this hold then: {facet.says}"


# Companions ------------------------------------------------------------------------------------------------------


def _companions(
    host: Subject, settlers: list[tuple[str, Settles]], ctx: Context
) -> tuple[list[Opinion], Answer | None, list[Opinion]]:
    """What every linked companion says of the facet; where some may or may not belong to the host, the doubt, and what
    these would say."""
    opinions: list[Opinion] = []
    possible: list[Opinion] = []
    doubt: Answer | None = None
    for companion_type, settles in settlers:
        link = companions_of(host, companion_type, settles, ctx)
        if link.exact:
            joint = _joint(link, settles, ctx)
            needed = settles.across == "all"
            opinions.append(msgspec.structs.replace(joint, says=settles.says or "", needed=needed))
        elif link.candidates:
            found = [opinion_of(c, settles, ctx, link.how) for c in link.candidates]
            telling = [c for c, o in zip(link.candidates, found, strict=True) if o.verdict is not None]
            names = ", ".join(c.resource.address for c in telling[:2])
            possible += found
            evidence = possible_evidence(telling, settles.by or "")
            doubt = Answer(None, evidence, f"{names} may settle it: {link.doubt}", "companion")
    return [o for o in opinions if o.verdict is not None], doubt, possible


def companions_of(host: Subject, companion_type: str, settles: Settles, ctx: Context) -> Linked:
    """The companions of a type that a ``settles`` links to a host."""
    if settles.account_wide:
        found = [c for c in ctx.world.of_type(companion_type) if in_same_account(c, host)]
        return Linked(tuple(found), "covers the whole account")
    if settles.by_tag is not None:
        found = [c for c in ctx.world.of_type(companion_type) if _by_tag(c, settles, host)]
        return Linked(tuple(found), "selects it by tag")
    return ctx.links.naming(host, companion_type, settles.by or "")


def in_same_account(a: Subject, b: Subject) -> bool:
    """Same provider configuration, and the same Region where both are known."""
    if a.resource.provider_config and b.resource.provider_config:
        mine, other = (s.resource.provider_config.split(":")[-1] for s in (a, b))
        if mine != other:
            return False
    return not a.region or not b.region or a.region == b.region


def _by_tag(companion: Subject, settles: Settles, host: Subject) -> bool:
    assert settles.by_tag is not None  # noqa: S101 (the caller looked)
    keys, values = companion.texts(settles.by_tag.key), companion.texts(settles.by_tag.value)
    tags: dict[str, object] = {}
    for name in ("tags_all", "tags"):
        tree = host.root.value.get(name) if isinstance(host.root.value, dict) else None
        tags.update(tree if isinstance(tree, dict) else {})
    return any(tags.get(key) == value for key, value in zip(keys, values, strict=False))


def _joint(link: Linked, settles: Settles, ctx: Context) -> Opinion:
    """One opinion of all companions of a type: one good one is enough, or all must be good."""
    found = [(c, opinion_of(c, settles, ctx, link.how)) for c in link.exact]
    every = settles.across == "all"
    worst, best = ("unmet", "unknown", "attest", "met"), ("met", "unknown", "unmet")
    worsened = [(c, o) for c, o in found if o.verdict == "unmet" and o.answer.value is True]
    if worsened:
        return _together(worsened)
    for verdict in worst if every else best:
        same = [(c, o) for c, o in found if o.verdict == verdict]
        if same and verdict == "met" and every:
            # One that neither settles it nor worsens it leaves it to the host.
            return next((o for _, o in found if o.verdict is None and settles.met_when is not None), same[0][1])
        if same:
            return _together(same) if every else same[0][1]
    return found[0][1]


def _together(found: list[tuple[Subject, Opinion]]) -> Opinion:
    """One opinion that names all companions that share it: what is said of a host is not said again of each of them."""
    (_, first), *others = found
    if not others:
        return first
    names = [c.resource.address for c, _ in others[:MAX_NAMED]]
    more = f" and {len(others) - MAX_NAMED} more" if len(others) > MAX_NAMED else ""
    evidence = tuple(dict.fromkeys(e for _, o in found for e in o.answer.evidence))
    because = f"{first.answer.because}; likewise {', '.join(names)}{more}"
    return msgspec.structs.replace(
        first, answer=msgspec.structs.replace(first.answer, evidence=evidence, because=because)
    )


def opinion_of(companion: Subject, settles: Settles, ctx: Context, how: str) -> Opinion:
    """What one companion says. Only ``unmet_when``: unmet or nothing; no condition: met by its presence."""
    place = Place(companion, companion.root)
    met = _ask(settles.met_when, place, ctx)
    unmet = _ask(settles.unmet_when, place, ctx)
    if met is None and unmet is None:
        where = companion.resource.address
        seen = Evidence(address=where, attribute=settles.by or "", withheld="present", origin="companion")
        return Opinion("met", Answer(True, (seen,), f"{where} is there ({how})", "companion"))
    opinion = decide(met, unmet, asks=False)
    verdict = opinion.verdict
    # Of companions that must all be good, one whose proof is elsewhere is in doubt; others leave it to the host.
    in_doubt = verdict == "attest" and settles.across == "all" and opinion.answer.value is None
    if (met is None and verdict == "met") or (verdict == "attest" and not in_doubt):
        verdict = None
    because = f"{companion.resource.address}: {opinion.answer.because}"
    return Opinion(verdict, msgspec.structs.replace(opinion.answer, because=because, by="companion"))


def _ask(condition: Condition | None, place: Place, ctx: Context) -> Answer | None:
    return evaluate(condition, place, ctx) if condition is not None else None
