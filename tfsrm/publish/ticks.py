"""Boxes that a reviewer ticked, carried over to the next report.

A tick is a person's word about certain duties in a certain state. It is kept only where all duties of the new row were ticked in
that very state; where one of them changed, the box is empty again and says so, until it is ticked anew.
"""

from __future__ import annotations

import re

import msgspec

CHANGED = " _(changed since it was ticked)_"
_BOX = re.compile(rf"(\s*- \[)([ xX])(\] .*?)({re.escape(CHANGED)})?( <!-- d:([0-9a-f:,*]+) -->)\s*")


class _Box(msgspec.Struct, frozen=True):
    state: str
    ticked: bool
    told: bool
    """It said that it changed."""


_Boxes = dict[str, list[_Box]]


def carry(old: str, new: str, longest: int) -> str:
    """``new`` with the ticks of ``old``. Remarks are left out where they would make it longer than ``longest`` characters."""
    before = _boxes(old)
    if not any(box.ticked or box.told for boxes in before.values() for box in boxes):
        return new
    text = "\n".join(_line(line, before, tells=True) for line in new.split("\n"))
    if len(text) > longest:
        text = "\n".join(_line(line, before, tells=False) for line in new.split("\n"))
    return text


def ticked(body: str) -> int:
    """How many boxes of duties are ticked."""
    return sum(1 for line in body.split("\n") if (m := _BOX.fullmatch(line)) and m[2] != " ")


def _boxes(body: str) -> _Boxes:
    """Who -> its boxes: several where rows stand for sets of one kind, or drift tells a duty in another state."""
    found: _Boxes = {}
    for line in body.split("\n"):
        if m := _BOX.fullmatch(line):
            for fingerprint, state in _duties(m[6]):
                found.setdefault(fingerprint, []).append(_Box(state, m[2] != " ", bool(m[4])))
    return found


def _duties(name: str) -> list[tuple[str, str]]:
    return [(pair.partition(":")[0], pair.partition(":")[2]) for pair in name.split(",")]


def _line(line: str, before: _Boxes, tells: bool) -> str:
    m = _BOX.fullmatch(line)
    if not m:
        return line
    duties = _duties(m[6])
    known = [(_closest(before[who], state), state) for who, state in duties if who in before]
    if len(known) == len(duties) and all(box.ticked and box.state == state for box, state in known):
        return f"{m[1]}x{m[3]}{m[5]}"
    moved = any(box.ticked or box.told for box, _ in known)
    return f"{m[1]} {m[3]}{CHANGED if moved and tells else ''}{m[5]}"


def _closest(boxes: list[_Box], state: str) -> _Box:
    """The box that stood for that very state, else one that a reviewer ticked."""
    return max(boxes, key=lambda box: (box.state == state, box.ticked, box.told))
