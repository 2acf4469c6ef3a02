"""The catalogue linter: is what the mapping files say possible, complete and consistent?

One module per subject; each check is a function that takes a Scope and reports into it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from tfsrm.catalog.folder import Loaded, Pieces, load_folder, load_shipped
from tfsrm.catalog.lint import conditions, facets, files, ownership, references, repetition, uniqueness, words
from tfsrm.catalog.lint.scope import Scope
from tfsrm.catalog.location import mappings_folder
from tfsrm.catalog.merge import merge
from tfsrm.catalog.provider_schema import ProviderSchema, provider_schema

CHECKS = (
    files.schema_lines,
    files.stems,
    uniqueness.ids,
    uniqueness.types,
    uniqueness.duties,
    references.controls,
    references.models,
    references.variants,
    references.settles,
    references.frameworks,
    references.unused,
    conditions.all_conditions,
    facets.forms,
    facets.examples,
    ownership.lines_complete,
    ownership.duties_lie_with_customer,
    words.limits,
    words.imperative,
    words.sources,
    repetition.sentences,
    repetition.pages,
)

ESSENTIAL = (
    uniqueness.ids,
    uniqueness.types,
    uniqueness.duties,
    references.controls,
    references.models,
    references.variants,
    references.settles,
    references.frameworks,
    conditions.all_conditions,
    facets.forms,
)
"""What must hold before anything is assessed with a user's files; words and examples can wait."""


class Report(NamedTuple):
    """``file:line: text`` each, sorted."""

    problems: list[str]
    warnings: list[str]


def lint(folder: str | os.PathLike[str] | None = None, today: date | None = None) -> list[str]:
    """All problems of the shipped mapping files, or of a user's folder laid over them; empty: none."""
    return report(folder, today).problems


def report(folder: str | os.PathLike[str] | None = None, today: date | None = None) -> Report:
    """Problems and warnings. Raises MappingError where a user's folder cannot be checked for faults of the shipped files."""
    today = today or datetime.now(tz=UTC).date()
    own = os.fspath(folder) if folder is not None else mappings_folder()
    if os.path.realpath(own) == os.path.realpath(mappings_folder()):
        return examine(load_folder(own, "mappings"), None, provider_schema(), today)
    return examine(load_folder(own, own.rstrip("/") or own), load_shipped().pieces, provider_schema(), today)


def examine(
    loaded: Loaded,
    base: Pieces | None,
    schema: ProviderSchema,
    today: date,
    checks: Iterable[Callable[[Scope], None]] = CHECKS,
) -> Report:
    """Run ``checks`` over ``loaded``; ``base``: the pieces that it is laid over, None for the shipped files themselves."""
    everything = merge(base, loaded.pieces) if base is not None else loaded.pieces
    scope = Scope(loaded, everything, schema, today, shipped=base is None)
    for check in checks:
        check(scope)
    return Report(_sorted([*loaded.problems, *scope.problems]), _sorted(scope.warnings))


def _sorted(lines: list[str]) -> list[str]:
    def key(line: str) -> tuple[str, int, str]:
        match = re.match(r"(.*?):(\d+): ", line)
        return (match[1], int(match[2]), line) if match else (line, 0, line)

    return sorted(set(lines), key=key)
