"""How much of a Markdown report is told: where it must fit, the least important goes first, and the report says what went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from tfsrm.report.view import View

_ALL = 100_000


class Fold(msgspec.Struct, frozen=True, kw_only=True):
    """What is told in full, what shortly, what only counted."""

    without: str = ""
    """What is shorter than in full, in words."""
    met: Literal["full", "titles", "count"] = "full"
    sources: bool = True
    """Links to the pages that say what stays AWS's."""
    inherited: bool = True
    columns: int = 6
    """Columns of the picture."""
    seen: int = 20
    """Things named that were not looked at."""
    gaps: int = _ALL
    """Types named that the catalogue does not know."""
    members: int = 3
    """Resources of a row, where their evidence differs."""
    questions: bool = True
    """The question of what no plan can show; else only its title."""
    apart: bool = True
    """Standing duties and those of the account, listed; else only counted."""
    unknown: int = _ALL
    attest: int = _ALL
    unmet: int = _ALL
    """Rows of each."""
    clip: int = 1_000
    """Characters of one value of the plan."""

    def rows(self, verdict: str | None) -> int:
        """Rows of a verdict that are listed."""
        counts = {"unmet": self.unmet, "attest": self.attest, "unknown": self.unknown}
        return counts.get(verdict or "", _ALL)


FULL = Fold()
_1 = msgspec.structs.replace(FULL, without="the evidence of what is met", met="titles", gaps=10)
_2 = msgspec.structs.replace(
    _1, without="what is met, links to sources", met="count", sources=False, seen=3, members=2, clip=300
)
_3 = msgspec.structs.replace(
    _2, without="what is met, what stays AWS's, most questions", inherited=False, questions=False, members=1, clip=160
)
_4 = msgspec.structs.replace(
    _3, without="what is met, what stays AWS's, standing duties, most questions", apart=False, unknown=10, attest=25
)
_5 = msgspec.structs.replace(
    _4,
    without="what is met, what stays AWS's, standing duties, most of what is to attest or unknown",
    unknown=3,
    attest=8,
    unmet=30,
    gaps=3,
    columns=4,
    clip=100,
)
_6 = msgspec.structs.replace(
    _5, without="all but the gravest duties", unknown=0, attest=3, unmet=12, columns=0, seen=0, clip=60
)
FOLDS = (FULL, _1, _2, _3, _4, _5, _6)
"""From the longest to the shortest."""


def fitted(parts: Callable[[Fold], Iterator[str]], view: View, limit: int) -> str:
    """The longest telling of a report that fits ``view.room``, else ``limit``; ``--all`` without a room fits anything."""
    room = view.room or (None if view.everything else limit)
    text = ""
    for fold in FOLDS:
        text = "\n".join(parts(fold)).rstrip("\n") + "\n"
        if room is None or len(text.encode()) <= room:
            return text
    return _cut(text, room or limit, view)


def _cut(text: str, limit: int, view: View) -> str:
    tail = f"\n\n_Cut here. {whole(view)}_\n"
    kept: list[str] = []
    room = limit - len(tail.encode()) - len("\n\n</details>" * 2)
    for line in text.split("\n"):
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    opened = sum(line.startswith("<details>") for line in kept) - sum(line.startswith("</details>") for line in kept)
    return "\n".join(kept) + "\n\n</details>" * max(opened, 0) + tail


def whole(view: View) -> str:
    """Where all of it is."""
    if view.whole:
        return f"The whole report: {view.whole}"
    return "The whole report: `tfsrm analyze` with `--all`, in the terminal or as `--format markdown`."
