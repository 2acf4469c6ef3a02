"""The coverage of the catalogue in words, for ``tfsrm catalog coverage``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Protocol

from tabulate import tabulate

from tfsrm.model.checklist import Checklist
from tfsrm.report.plain import clean

WIDTH = 79
_MISSING = 20


class Covered(Protocol):
    """A catalogued resource type."""

    @property
    def type(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def conditions(self) -> tuple[str, ...]: ...
    @property
    def examples(self) -> int: ...
    @property
    def no_duty(self) -> bool: ...


class Coverage(Protocol):
    """What the catalogue says of the provider's types."""

    @property
    def provider_version(self) -> str: ...
    @property
    def provider_types(self) -> int: ...
    @property
    def types(self) -> tuple[Covered, ...]: ...
    @property
    def missing(self) -> tuple[str, ...]: ...
    @property
    def controls(self) -> dict[str, int]: ...


def render(found: Coverage, by_service: bool) -> str:
    """Types by role (or by service), with conditions, with examples; and the types that are missing."""
    return "\n".join(_lines(found, by_service)).rstrip() + "\n"


def _lines(found: Coverage, by_service: bool) -> Iterator[str]:
    services = {t.service for t in found.types}
    judged = [t for t in found.types if t.conditions]
    total = sum(len(t.conditions) for t in judged)
    known = found.provider_types - len(found.missing)
    yield f"{known} of {found.provider_types} resource types of the AWS provider {found.provider_version}."
    yield f"  They belong to {len(services)} services."
    yield f"  {len(judged)} have a condition: {total} conditions for {len(found.controls)} controls."
    if total:
        control, count = max(found.controls.items(), key=lambda item: item[1])
        yield f"  The control with the most is {control}: {100 * count / total:.1f} % of all conditions."
    yield f"  {sum(t.no_duty for t in found.types)} have no duty of their own, each with its reason."
    yield f"  {sum(t.examples for t in found.types)} examples run."
    yield ""
    if found.missing:
        shown = ", ".join(found.missing[:_MISSING])
        more = f" and {len(found.missing) - _MISSING} more" if len(found.missing) > _MISSING else ""
        yield from textwrap.wrap(f"Missing: {shown}{more}.", WIDTH, subsequent_indent="  ")
        yield ""
    yield _table(found.types, "service" if by_service else "role")


def _table(types: Iterable[Covered], by: str) -> str:
    groups: dict[str, list[Covered]] = {}
    for found in types:
        groups.setdefault(getattr(found, by), []).append(found)
    rows = [
        [name, len(g), sum(1 for t in g if t.conditions), sum(1 for t in g if t.examples), sum(t.no_duty for t in g)]
        for name, g in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return tabulate(rows, headers=[by, "types", "with conditions", "with examples", "no duty"])


def of_input(checklist: Checklist) -> str:
    """For a plan: every resource type in it, and how the catalogue answers it."""
    answers: dict[str, set[str]] = {}
    resources: dict[str, set[str]] = {}
    judged: dict[str, int] = {}
    asked: dict[str, int] = {}
    for duty in checklist.duties:
        if duty.resource_type:
            resources.setdefault(duty.resource_type, set()).add(duty.address)
            for facet in duty.facets:
                table = asked if facet.verdict == "attest" else judged
                table[duty.resource_type] = table.get(duty.resource_type, 0) + 1
    for none in checklist.no_duty:
        resources.setdefault(none.resource_type, set()).add(none.address)
        answers.setdefault(none.resource_type, set()).add(f"no duty: {none.because}")
    for gap in checklist.gaps:
        resources.setdefault(gap.resource_type, set()).add(gap.address)
        answers.setdefault(gap.resource_type, set()).add(f"gap: {gap.because}")
    rows = []
    for kind, addresses in sorted(resources.items()):
        said = (
            [f"{judged.get(kind, 0)} facets judged, {asked.get(kind, 0)} asked"]
            if kind in judged or kind in asked
            else []
        )
        said += sorted(answers.get(kind, ()))
        rows.append([kind, len(addresses), "\n".join(textwrap.wrap(clean("; ".join(said)), WIDTH - 36))])
    return tabulate(rows, headers=["resource type", "resources", "answer"], tablefmt="plain") + "\n"
