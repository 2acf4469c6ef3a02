"""The law of ticks."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tfsrm.publish.ticks import CHANGED, carry, ticked

_ROOM = 100_000
Duties = dict[str, str]
_STATES = st.sampled_from(["1111", "2222"])
_WORLDS = st.dictionaries(st.sampled_from(["aaaa", "bbbb", "cccc", "dddd", "eeee"]), _STATES, max_size=5)


def _body(duties: Duties, rows: int) -> str:
    """The duties in so many rows, every box empty."""
    names = sorted(duties)
    parts = [names[i::rows] for i in range(rows)]
    lines = [f"- [ ] **x** <!-- d:{','.join(f'{n}:{duties[n]}' for n in part)} -->" for part in parts if part]
    return "\n".join(["<!-- tfsrm:v1 key=default -->", *lines, "the end"])


def _ticked_duties(body: str) -> set[tuple[str, str]]:
    names = re.findall(r"(?m)^- \[x\].*<!-- d:(\S+) -->$", body)
    return {(pair.split(":")[0], pair.split(":")[1]) for name in names for pair in name.split(",")}


def _tick(body: str, which: list[bool]) -> str:
    lines = body.split("\n")
    boxes = [i for i, line in enumerate(lines) if line.startswith("- [ ]")]
    for i, wanted in zip(boxes, which, strict=False):
        lines[i] = lines[i].replace("[ ]", "[x]") if wanted else lines[i]
    return "\n".join(lines)


@given(_WORLDS, _WORLDS, st.integers(1, 3), st.integers(1, 3), st.lists(st.booleans(), max_size=5))
def test_only_what_was_ticked_in_that_very_state_is_ticked(
    before: Duties, after: Duties, rows: int, later_rows: int, which: list[bool]
) -> None:
    """However duties are folded into rows: no tick is invented, and none that still holds for a whole row is lost."""
    old = _tick(_body(before, rows), which)
    fresh = _body(after, later_rows)
    new = carry(old, fresh, _ROOM)
    held = _ticked_duties(old)
    assert _ticked_duties(new) <= held
    for line in new.split("\n"):
        if m := re.search(r"<!-- d:(\S+) -->", line):
            duties = {tuple(pair.split(":")) for pair in m[1].split(",")}
            assert line.startswith("- [x]") == (duties <= held)
            known = {fingerprint for fingerprint, _ in held}
            assert (CHANGED in line) == (not duties <= held and bool({f for f, _ in duties} & known))


@given(_WORLDS, st.integers(1, 3), st.lists(st.booleans(), max_size=5))
def test_the_same_duties_keep_their_body(duties: Duties, rows: int, which: list[bool]) -> None:
    """Carrying over to the same report changes nothing, once and again."""
    fresh = _body(duties, rows)
    old = _tick(fresh, which)
    assert carry(old, fresh, _ROOM) == old
    assert carry(old, carry(old, fresh, _ROOM), _ROOM) == old


def test_remarks_give_way_to_the_size() -> None:
    old = _tick(_body({"aaaa": "1111"}, 1), [True])
    fresh = _body({"aaaa": "2222"}, 1)
    assert carry(old, fresh, len(fresh)) == fresh
    assert len(carry(old, fresh, _ROOM)) > len(fresh)


@given(st.text(), st.text())
def test_any_text_is_taken(old: str, new: str) -> None:
    """An old comment is whatever a person made of it."""
    assert carry(old, new, _ROOM) == new or ticked(old)
