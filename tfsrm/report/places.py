"""Where a duty stands in files, and what tells it apart from every other one of a report: for formats that track findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tfsrm.model.checklist import Checklist, DutyResult, Evidence
from tfsrm.report.plain import clean
from tfsrm.report.several import identity, keys, names
from tfsrm.report.view import decisive


class Place(NamedTuple):
    """A file with forward slashes, as it was named to tfsrm, and a line of it."""

    path: str
    line: int


class Places:
    """The places and identities of one checklist's duties."""

    def __init__(self, checklist: Checklist) -> None:
        self._inputs = checklist.inputs
        self._names = names(checklist)
        self._keys = keys(checklist)

    def of(self, duty: DutyResult) -> Place:
        """The block or attribute that decided, where the configuration is known; else the first line of the input."""
        for facet in (*decisive(duty), *duty.facets):
            for evidence in facet.evidence:
                if evidence.file:
                    return Place(_slashed(evidence.file), evidence.line or 1)
        return Place(_slashed(self._inputs[duty.inputs[0]].path), 1)

    def identity(self, duty: DutyResult) -> str:
        """16 hex digits that tell a duty from every other one of the report."""
        return identity(duty.fingerprint, *(self._keys[number] for number in duty.inputs))

    def input_names(self, duty: DutyResult) -> str:
        """The inputs where it stands; empty where there is one only."""
        return ", ".join(clean(self._names[number]) for number in duty.inputs) if len(self._inputs) > 1 else ""


def written(found: Iterable[Evidence], limit: int) -> str:
    """``main.tf:3, 8; net/main.tf:12 and 2 more``: where it is written, at most ``limit`` lines; empty where nobody knows."""
    places = list(dict.fromkeys((_slashed(e.file), e.line) for e in found if e.file))
    files: dict[str, list[int]] = {}
    for path, line in places[:limit]:
        files.setdefault(path, []).extend([line] if line else [])
    named = [f"{path}:{', '.join(map(str, sorted(lines)))}" if lines else path for path, lines in files.items()]
    more = f" and {len(places) - limit} more" if len(places) > limit else ""
    return "; ".join(named) + more


def _slashed(path: str) -> str:
    return clean(path).replace("\\", "/").removeprefix("./")


def reasons(duty: DutyResult) -> str:
    """Why a duty has its verdict, on one line: the clauses of the facets that carry it."""
    return clean(
        "; ".join(dict.fromkeys(f.ask if f.verdict == "attest" and f.ask else f.because for f in decisive(duty)))
    )
