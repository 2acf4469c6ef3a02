"""The verdict of one example of the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import msgspec

from tfsrm.assess.engine import Assessment, assess
from tfsrm.assess.knowledge import Knowledge
from tfsrm.assess.transition import transition
from tfsrm.assess.worlds import WorldIndex
from tfsrm.model.catalog import Example
from tfsrm.model.world import Input

DAY = date(2026, 11, 24)
"""The day of an example that names none."""


class RunnableExample(Protocol):
    """What is needed of an example to run it."""

    @property
    def example(self) -> Example: ...

    @property
    def host(self) -> str:
        """Resource type whose facet is judged; empty: the account."""

    @property
    def control(self) -> str: ...

    @property
    def decommission(self) -> bool: ...


def verdict_of_example(source: Input, example: RunnableExample, knowledge: Knowledge) -> str:
    """The verdict of the facet, or a sentence that says why there is none."""
    on = example.example.today or DAY
    created = None if example.example.since_created else frozenset[str]()
    world = WorldIndex(source.after, knowledge.fills, created)
    if example.decommission:
        return _decommission(world, example, knowledge, on)
    return _standing(assess(world, knowledge, on), example)


def _standing(found: Assessment, example: RunnableExample) -> str:
    wanted = example.example
    verdicts = []
    for duty in found.duties.values():
        named = wanted.of is None or (duty.subject is not None and duty.subject.resource.name == wanted.of)
        if duty.control.id == example.control and duty.resource_type == example.host and named:
            verdicts += [f.result.verdict for f in duty.facets if f.result.id == wanted.facet]
    if not verdicts:
        return f"no duty {example.control} with facet {wanted.facet} on {example.host or 'the account'}"
    return verdicts[0] if len(set(verdicts)) == 1 else f"several verdicts: {', '.join(verdicts)} (say `of:`)"


def _decommission(world: WorldIndex, example: RunnableExample, knowledge: Knowledge, on: date) -> str:
    """Everything of the type goes away (the one named by ``of``, if it is named); the rest survives."""
    wanted = example.example
    gone = [
        a for a, s in world.subjects.items() if s.resource.type == example.host and wanted.of in (None, s.resource.name)
    ]
    rest = tuple(r for r in world.world.resources if r.address not in gone)
    survivors = WorldIndex(msgspec.structs.replace(world.world, resources=rest), knowledge.fills)
    duties = transition(world, survivors, gone, knowledge, on)
    verdicts = [
        f.result.verdict
        for d in duties.values()
        if d.control.id == example.control
        for f in d.facets
        if f.result.id == wanted.facet
    ]
    return verdicts[0] if verdicts else f"no decommission duty {example.control} with facet {wanted.facet}"
