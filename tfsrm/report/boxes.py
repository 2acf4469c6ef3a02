"""The hidden name of a task box: which duties it stands for, and in which state they were when it was drawn.

    <!-- d:FINGERPRINT:STATE,FINGERPRINT:STATE -->     up to MOST duties
    <!-- d:*SET:STATES -->                             more than that: digests over all of them

A later report of the same duties in the same state has the same name, whatever else moved: so a reviewer's tick can be carried
over (publish/ticks.py). Of several inputs a duty is named once for each of them, so a tick outlives that two inputs are told
together in one report and apart in the next. Plan text never stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from tfsrm.model.checklist import Checklist
from tfsrm.model.digest import sha256
from tfsrm.report.several import identity, keys
from tfsrm.report.view import Row

MOST = 12
"""Pairs in one name."""
_Pair = tuple[str, str]
"""Who (a fingerprint, or a digest of a set), and in which state."""


class Boxes:
    """The names of one checklist's boxes."""

    def __init__(self, checklist: Checklist) -> None:
        self._keys = keys(checklist)

    def name(self, row: Row) -> str:
        """The HTML comment behind a row."""
        by_input: dict[str, list[_Pair]] = {}
        for duty in row.duties:
            for key in (self._keys[number] for number in duty.inputs):
                by_input.setdefault(key, []).append((identity(duty.fingerprint, key), duty.state_digest))
        every = sorted(pair for pairs in by_input.values() for pair in pairs)
        if len(every) > MOST:
            several = len(by_input) <= MOST
            every = sorted(_set(row, k, by_input[k]) for k in by_input) if several else [_set(row, "", every)]
        return f"<!-- d:{','.join(f'{who}:{state}' for who, state in every)} -->"


def _set(row: Row, key: str, pairs: list[_Pair]) -> _Pair:
    """All duties of a row (in one input) as one pair."""
    first = row.first
    words = (first.control, first.change, first.occasion, str(first.verdict), first.scope, first.role)
    return f"*{_digest(words + ((key,) if key else ()))}", _digest(":".join(pair) for pair in sorted(pairs))


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode("utf-8", "surrogatepass"))[:16]
