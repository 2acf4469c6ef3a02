"""assess(world, catalog, on): the duties that a world puts on you, each facet judged."""

from __future__ import annotations

from datetime import date

import msgspec

from tfsrm.assess.conditions import Context, Place, evaluate
from tfsrm.assess.facets import (
    NOT_IN_A_PLAN,
    NOT_IN_THIS_PLAN,
    Judged,
    companions_of,
    in_same_account,
    judge,
    opinion_of,
)
from tfsrm.assess.knowledge import Knowledge, Known
from tfsrm.assess.links import Links
from tfsrm.assess.variants import Choice, choose, line_of
from tfsrm.assess.worlds import Subject, WorldIndex
from tfsrm.model.catalog import Control, Facet, Settles, TypeDuty
from tfsrm.model.checklist import FacetResult, Gap, NoDuty
from tfsrm.model.condition import Owner, Verdict

Key = tuple[str, str, str]
"""(control, address, occasion): what makes a duty the same in two worlds."""

ACCOUNT = "account"


class Duty(msgspec.Struct, frozen=True):
    """One duty in one world."""

    key: Key
    control: Control
    subject: Subject | None
    """None: a duty of the account or of a service."""
    resource_type: str
    role: str
    service: str
    variant: str | None
    owner: Owner
    severity: str
    scope: str
    facets: tuple[Judged, ...]
    customer_does: str
    aws_does: str
    definition: TypeDuty | Settles

    @property
    def verdict(self) -> Verdict:
        return verdict_of([f.result.verdict for f in self.facets])


class Standing(msgspec.Struct, frozen=True):
    """Where the line runs for one resource."""

    subject: Subject
    known: Known
    choice: Choice
    line: dict[str, Owner]


class Assessment(msgspec.Struct, frozen=True):
    """All that one world puts on you."""

    duties: dict[Key, Duty]
    standings: dict[str, Standing]
    no_duty: dict[str, NoDuty]
    gaps: dict[str, Gap]
    settled: frozenset[tuple[str, str, str]]
    """(address, control, facet) that a companion settles."""


def verdict_of(verdicts: list[Verdict]) -> Verdict:
    """unmet if one is, else unknown if one is, else met; attest only where every facet asks."""
    for verdict in ("unmet", "unknown", "met"):
        if verdict in verdicts:
            return verdict
    return "attest"


def context(world: WorldIndex, knowledge: Knowledge, on: date) -> Context:
    """What conditions may look at in a world."""
    for resource_type in world.by_type:
        knowledge.of(resource_type)
    identities = knowledge.identities()
    links = Links(world, identities)
    return Context(world, links, on, knowledge.lifecycles, knowledge.secrets, identities)


def assess(
    world: WorldIndex,
    knowledge: Knowledge,
    on: date,
    settled_before: frozenset[tuple[str, str, str]] = frozenset(),
    account: frozenset[str] | None = None,
) -> Assessment:
    """Assess every resource of a world.

    ``settled_before``: what companions settled in the world before. ``account``: Regions of an account that is known to be
    there although the world may be empty (destroying everything does not close the account).
    """
    return _Assessor(world, knowledge, on, settled_before, account).run()


class _Assessor:
    """One pass over one world."""

    def __init__(
        self,
        world: WorldIndex,
        knowledge: Knowledge,
        on: date,
        settled_before: frozenset[tuple[str, str, str]],
        account: frozenset[str] | None,
    ) -> None:
        self._account = account
        self._world, self._knowledge = world, knowledge
        self._ctx = context(world, knowledge, on)
        self._settled_before = settled_before
        self._duties: dict[Key, Duty] = {}
        self._standings: dict[str, Standing] = {}
        self._no_duty: dict[str, NoDuty] = {}
        self._gaps: dict[str, Gap] = {}
        self._lines: dict[tuple[str, str | None], dict[str, Owner]] = {}
        self._settlers: dict[tuple[str, str], dict[tuple[str, str], list[tuple[str, Settles]]]] = {}

    def run(self) -> Assessment:
        for subject in self._world.subjects.values():
            known = self._knowledge.of(subject.resource.type)
            if known is None:
                self._gap(subject)
            else:
                self._resource(subject, known)
        self._service_duties()
        self._account_duties()
        settled = frozenset(
            (d.key[1], d.control.id, f.result.id)
            for d in self._duties.values()
            for f in d.facets
            if f.by == "companion"
        )
        return Assessment(self._duties, self._standings, self._no_duty, self._gaps, settled)

    def _gap(self, subject: Subject) -> None:
        r = subject.resource
        service = self._knowledge.service_of_gap(r.type)
        because = f"{service}: type not yet catalogued" if service else "not a type that the catalogue knows"
        self._gaps[r.address] = Gap(address=r.address, resource_type=r.type, because=because)

    def _resource(self, subject: Subject, known: Known) -> None:
        choice = choose(known, subject, self._ctx)
        line = self._line(known, choice)
        standing = Standing(subject, known, choice, line)
        self._standings[subject.resource.address] = standing
        found = [d for definition in known.duties if (d := self._duty(standing, definition)) is not None]
        hosts, own = self._as_companion(standing)
        for duty in (*found, *own):
            self._add(duty)
        if not found and not own:
            r = subject.resource
            because = self._why_none(known, hosts)
            self._no_duty[r.address] = NoDuty(
                address=r.address, resource_type=r.type, because=because, settles=tuple(hosts)
            )

    def _line(self, known: Known, choice: Choice) -> dict[str, Owner]:
        """The line of a type in a variant, once for all resources that share it."""
        key = (known.type.type, choice.title)
        if key not in self._lines:
            self._lines[key] = line_of(known, choice, self._knowledge)
        return self._lines[key]

    def _why_none(self, known: Known, hosts: list[str]) -> str:
        if known.type.no_duty:
            return known.type.no_duty
        if hosts:
            return f"Settles {hosts[0].split(': ', 1)[1]} of {hosts[0].split(': ', 1)[0]}."
        return "No duty of its own in this configuration."

    def _add(self, duty: Duty) -> None:
        there = self._duties.get(duty.key)
        if there is not None:
            ids = {f.result.id for f in there.facets}
            duty = msgspec.structs.replace(
                there, facets=(*there.facets, *(f for f in duty.facets if f.result.id not in ids))
            )
        self._duties[duty.key] = duty

    def _duty(self, standing: Standing, definition: TypeDuty) -> Duty | None:
        """The duty of a definition on a resource; None where it does not exist there."""
        control = self._knowledge.controls[definition.control]
        titles = [v.title for v in standing.choice.candidates]
        if definition.variants and not any(t in definition.variants for t in titles):
            return None
        owner = self._knowledge.owner(control, standing.line)
        if owner in ("aws", "none"):
            return None
        doubt, open_condition = "", ""
        if (definition.variants and not all(t in definition.variants for t in titles)) or (
            not standing.choice.decided and self._differs(standing, control)
        ):
            doubt = _which(standing.choice)
        if definition.when is not None:
            answer = evaluate(definition.when, Place(standing.subject, standing.subject.root), self._ctx)
            if answer.value is False:
                return None
            # Where only the link is in doubt, each facet says so itself.
            unsure = answer.value is None and answer.by != "doubt"
            open_condition = f"whether it applies is open: {answer.because}" if unsure else ""
        facets = [self._facet(standing, definition.control, f) for f in definition.facets]
        if doubt:
            facets = [_doubted(f, doubt) for f in facets]
        elif open_condition:
            # What is met if it applies needs no answer; only where the outcome differs does it matter.
            facets = [f if f.result.verdict == "met" else _doubted(f, open_condition) for f in facets]
        return self._make(standing, control, definition, tuple(facets), owner)

    def _differs(self, standing: Standing, control: Control) -> bool:
        """Whether the candidates of an undecided variant disagree on whose a control is."""
        lines = [self._knowledge.line(standing.known, v) for v in standing.choice.candidates]
        owners = {self._knowledge.owner(control, line) for line in lines}
        return bool(owners & {"aws", "none"})

    def _facet(self, standing: Standing, control: str, facet: Facet) -> Judged:
        address = standing.subject.resource.address
        settlers = self._settlers_of(standing.known).get((control, facet.id), [])
        before = (address, control, facet.id) in self._settled_before
        judged = judge(facet, standing.subject, settlers, self._ctx, before)
        known = standing.known
        if judged.result.because == NOT_IN_A_PLAN and self._knowledge.may_be_settled(
            known.type.type, known.role.id, control, facet.id
        ):
            return msgspec.structs.replace(
                judged, result=msgspec.structs.replace(judged.result, because=NOT_IN_THIS_PLAN)
            )
        return judged

    def _settlers_of(self, known: Known) -> dict[tuple[str, str], list[tuple[str, Settles]]]:
        key = (known.type.type, known.role.id)
        if key not in self._settlers:
            table: dict[tuple[str, str], list[tuple[str, Settles]]] = {}
            for companion, settles in self._knowledge.settlers(key[0], self._world.by_type, key[1]):
                table.setdefault((settles.control, settles.facet), []).append((companion, settles))
            self._settlers[key] = table
        return self._settlers[key]

    def _make(
        self,
        standing: Standing,
        control: Control,
        definition: TypeDuty | Settles,
        facets: tuple[Judged, ...],
        owner: Owner,
    ) -> Duty:
        r, own = standing.subject.resource, definition if isinstance(definition, TypeDuty) else None
        return Duty(
            key=(control.id, r.address, control.occasion),
            control=control,
            subject=standing.subject,
            resource_type=r.type,
            role=standing.known.role.id,
            service=standing.known.service.service,
            variant=standing.choice.title,
            owner=owner,
            severity=(own.severity if own else None) or control.severity,
            scope="resource",
            facets=facets,
            customer_does=(own.customer_does if own else None) or control.customer_does,
            aws_does=(own.aws_does if own else None) or control.aws_does,
            definition=definition,
        )

    # Companions

    def _as_companion(self, standing: Standing) -> tuple[list[str], list[Duty]]:
        """What a companion settles here (``address: control``), and its own duties where its host is not in the world."""
        hosts: list[str] = []
        alone: list[Settles] = []
        for settles in standing.known.type.settles:
            found = self._hosts(standing.subject, settles)
            hosts += [f"{address}: {settles.control}" for address in found]
            if not found:
                alone.append(settles)
        hosts = list(dict.fromkeys(hosts))
        if hosts:
            return hosts, []
        return [], [d for settles in alone if (d := self._alone(standing, settles)) is not None]

    def _hosts(self, companion: Subject, settles: Settles) -> list[str]:
        wanted = [settles.of] if isinstance(settles.of, str) else settles.of
        if ACCOUNT in wanted:
            return ["the account"]
        types = [t for w in wanted for t in self._expand(w)]
        if settles.account_wide:
            return [h.resource.address for t in types for h in self._world.of_type(t) if in_same_account(companion, h)]
        if settles.by_tag is not None:
            hosts = [h for t in types for h in self._world.of_type(t)]
            me = companion.resource
            return [
                h.resource.address for h in hosts if companion in companions_of(h, me.type, settles, self._ctx).exact
            ]
        links = [self._ctx.links.named_by(companion, settles.by or "", t) for t in types]
        return [h.resource.address for link in links for h in (*link.exact, *link.candidates)]

    def _expand(self, host: str) -> list[str]:
        if not host.startswith("role:"):
            return [host]
        role = host.removeprefix("role:")
        return [t for t in self._world.by_type if (k := self._knowledge.of(t)) is not None and k.role.id == role]

    def _alone(self, standing: Standing, settles: Settles) -> Duty | None:
        """The duty of a companion whose host is not in the world, judged in its own right."""
        if settles.met_when is None and settles.unmet_when is None:
            return None
        control = self._knowledge.controls[settles.control]
        owner = self._knowledge.owner(control, standing.line)
        if owner in ("aws", "none"):
            return None
        opinion = opinion_of(standing.subject, settles, self._ctx, "its own right")
        says = settles.says or self._host_words(settles)
        if opinion.verdict is None:
            return None
        result = FacetResult(
            id=settles.facet,
            says=says,
            verdict=opinion.verdict,
            because=opinion.answer.because.split(": ", 1)[-1],
            evidence=opinion.answer.evidence,
        )
        return self._make(standing, control, settles, (Judged(result, ""),), owner)

    def _host_words(self, settles: Settles) -> str:
        wanted = [settles.of] if isinstance(settles.of, str) else settles.of
        for host in wanted:
            known = self._knowledge.of(host)
            for duty in known.duties if known else ():
                for facet in duty.facets:
                    if duty.control == settles.control and facet.id == settles.facet and facet.says:
                        return facet.says
        return self._knowledge.controls[settles.control].title + "."

    # Services and the account

    def _service_duties(self) -> None:
        services = {s.known.service.service: s.known.service for s in self._standings.values()}
        for service in services.values():
            for definition in service.duties:
                self._wide(definition, f"service {service.service}", service.service, "service", "")

    def _account_duties(self) -> None:
        if not self._world.subjects and self._account is None:
            return
        regions = sorted(regions_of(self._world) | (self._account or frozenset())) or [""]
        for definition in self._knowledge.catalog.index.model.account_duties:
            control = self._knowledge.controls[definition.control]
            # Detection is turned on Region by Region; people and contracts are not.
            regional = control.layer == "detection" and control.id != "log-api-calls"
            for region in regions if regional else [""]:
                address = f"{ACCOUNT} {region}" if region else ACCOUNT
                self._wide(definition, address, "AWS account", "account", region)

    def _wide(self, definition: TypeDuty, address: str, service: str, scope: str, region: str) -> None:
        control = self._knowledge.controls[definition.control]
        settlers: dict[str, list[tuple[str, Settles]]] = {}
        for companion, settles in self._knowledge.settlers(ACCOUNT, self._world.by_type) if scope == "account" else ():
            if settles.control == definition.control:
                settlers.setdefault(settles.facet, []).append((companion, settles))
        facets = tuple(self._wide_facet(f, settlers.get(f.id, []), region) for f in definition.facets)
        self._add(
            Duty(
                key=(control.id, address, control.occasion),
                control=control,
                subject=None,
                resource_type="",
                role="",
                service=service,
                variant=None,
                owner="shared" if control.control_class == "shared" else "customer",
                severity=definition.severity or control.severity,
                scope=scope,
                facets=facets,
                customer_does=definition.customer_does or control.customer_does,
                aws_does=definition.aws_does or control.aws_does,
                definition=definition,
            )
        )

    def _wide_facet(self, facet: Facet, settlers: list[tuple[str, Settles]], region: str) -> Judged:
        opinions = [
            opinion_of(c, settles, self._ctx, "covers the account")
            for companion_type, settles in settlers
            for c in self._world.of_type(companion_type)
            if not region or not c.region or c.region == region
        ]
        for verdict in ("met", "unknown", "unmet"):
            for opinion in opinions:
                if opinion.verdict == verdict:
                    answer = opinion.answer
                    result = FacetResult(
                        id=facet.id, says=facet.says, ask=facet.ask if verdict == "unknown" else None, verdict=verdict,
                        because=answer.because, evidence=answer.evidence,
                    )  # fmt: skip
                    return Judged(result, "companion")
        return Judged(
            FacetResult(id=facet.id, says=facet.says, ask=facet.ask, verdict="attest", because=NOT_IN_THIS_PLAN), "ask"
        )


def regions_of(world: WorldIndex) -> frozenset[str]:
    """The Regions that the resources of a world name."""
    return frozenset(r for s in world.subjects.values() if (r := s.region))


def _which(choice: Choice) -> str:
    return f"which of these it is, {choice.title}, is {choice.because}"


def _doubted(facet: Judged, doubt: str) -> Judged:
    return Judged(_with(facet.result, doubt), "ask")


def _with(result: FacetResult, doubt: str) -> FacetResult:
    return FacetResult(
        id=result.id, says=result.says, ask=result.ask, verdict="unknown", because=doubt, evidence=result.evidence
    )
