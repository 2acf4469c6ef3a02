"""What AWS's documentation says of a configuration, held against what the catalogue and the engine make of it.

The statements were written from the documentation alone. Each is run twice: as configuration and as a plan in which
everything unset that AWS may fill in is unknown; both must agree with the documentation.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import pytest
import yaml

from tfsrm.assess.engine import Duty, assess
from tfsrm.assess.examples import DAY
from tfsrm.assess.knowledge import Knowledge
from tfsrm.assess.transition import transition
from tfsrm.assess.worlds import WorldIndex
from tfsrm.catalog.examples import as_plan
from tfsrm.catalog.load import load
from tfsrm.model.world import Input
from tfsrm.sources.hcl import read_hcl_text

HERE = Path(__file__).parent
ACCOUNT = "account"


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sentence of the documentation about one configuration."""

    id: str
    page: str
    """Which of the file's pages says it."""
    control: str
    expect: Literal["required", "forbidden", "met", "unmet", "unknown", "attest", "not-unmet"]
    """``not-unmet``: AWS sees to it or nothing contradicts it; whether the duty is shown at all is left open."""
    says: str
    lenient: bool = False
    """One facet of the duty with the verdict is enough; otherwise the duty's own verdict counts."""


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A configuration and what is said of it."""

    title: str
    type: str | list[str]
    """Whose duty it is; ``account`` for what lies on the account or the service."""
    name: str | None = None
    hcl: str
    decommission: bool = False
    """Everything of the type goes away; the rest stays."""
    statements: list[Statement]


class Pages(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file: a service, the pages that were read, and the statements."""

    service: str
    pages: dict[str, str]
    configurations: list[Configuration]


@cache
def _knowledge() -> Knowledge:
    return Knowledge(load())


def _files() -> list[Pages]:
    return [msgspec.convert(yaml.safe_load(p.read_text("utf-8")), Pages) for p in sorted(HERE.rglob("*.yaml"))]


def _cases() -> list[tuple[Configuration, Statement, str]]:
    return [(c, s, f.pages[s.page]) for f in _files() for c in f.configurations for s in c.statements]


def _duties(source: Input, configuration: Configuration) -> list[Duty]:
    """The duties of the configuration's types in one world."""
    knowledge = _knowledge()
    types = [configuration.type] if isinstance(configuration.type, str) else configuration.type
    world = WorldIndex(source.after, knowledge.fills, created=None)
    if not configuration.decommission:
        return [d for d in assess(world, knowledge, DAY).duties.values() if _concerns(d, types, configuration.name)]
    gone = [
        a
        for a, s in world.subjects.items()
        if s.resource.type in types and configuration.name in (None, s.resource.name)
    ]
    rest = tuple(r for r in world.world.resources if r.address not in gone)
    survivors = WorldIndex(msgspec.structs.replace(world.world, resources=rest), knowledge.fills)
    return list(transition(world, survivors, gone, knowledge, DAY).values())


def _concerns(duty: Duty, types: list[str], name: str | None) -> bool:
    if duty.subject is None:
        return ACCOUNT in types
    return duty.resource_type in types and name in (None, duty.subject.resource.name)


def _problem(duties: list[Duty], statement: Statement) -> str:
    """What does not agree with the statement; empty: it holds."""
    of_control = [d for d in duties if d.control.id == statement.control]
    seen = ", ".join(
        f"{d.verdict} ({', '.join(f'{f.result.id} {f.result.verdict}' for f in d.facets)})" for d in of_control
    )
    if statement.expect == "forbidden":
        return f"there is such a duty: {seen}" if of_control else ""
    if statement.expect == "not-unmet":
        return f"it is unmet: {seen}" if any(d.verdict == "unmet" for d in of_control) else ""
    if not of_control:
        there = ", ".join(sorted({d.control.id for d in duties})) or "none"
        return f"there is no such duty; there are: {there}"
    if statement.expect == "required":
        return ""
    verdicts = {d.verdict for d in of_control}
    if statement.lenient:
        verdicts |= {f.result.verdict for d in of_control for f in d.facets}
    return "" if statement.expect in verdicts else f"found {seen}"


@pytest.mark.parametrize(("configuration", "statement", "page"), [pytest.param(*c, id=c[1].id) for c in _cases()])
def test_documentation_is_followed(configuration: Configuration, statement: Statement, page: str) -> None:
    source = read_hcl_text({"main.tf": configuration.hcl})
    for form, world in (("configuration", source), ("plan", as_plan(source))):
        problem = _problem(_duties(world, configuration), statement)
        assert not problem, (
            f"{statement.id}: {configuration.title}: {statement.says} ({page})\n"
            f"expected {statement.control} {statement.expect} on {configuration.type}, as {form}: {problem}"
        )


def test_statement_ids_are_unique() -> None:
    ids = [statement.id for _, statement, _ in _cases()]
    assert sorted(ids) == sorted(set(ids))


def test_controls_exist() -> None:
    unknown = {s.control for _, s, _ in _cases()} - set(_knowledge().controls)
    assert not unknown, f"no such control: {', '.join(sorted(unknown))}"
