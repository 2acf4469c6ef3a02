"""The line as a picture: the layers of AWS's diagram from the data down to the buildings, a card for each line.

Owners differ by colour, by pattern and by word. Where a line moves, the layers that change hands are drawn twice, before and
after. The heavy line is the border between what AWS does and everything else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from pathlib import Path

import msgspec

from tfsrm.model.checklist import Checklist
from tfsrm.report import wording
from tfsrm.report.plain import clean
from tfsrm.report.view import Column, View, columns, is_standing, owners, shown_lines

STYLE = Path(__file__).parent / "templates" / "picture.css"
WIDTH = 344
SIGNS = {"+": "new", "-": "goes", "~": "the line moves", "=": "stays as it is"}
WORDS = {"customer": "You", "shared": "Shared", "aws": "AWS"}
DEFS = (
    '<defs><pattern id="stripes" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="stripe-ground" width="7" height="7"/><rect class="stripe" width="2.5" height="7"/></pattern>'
    '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="dot-ground" width="6" height="6"/><circle class="dot" cx="3" cy="3" r=".9"/></pattern></defs>'
)
"""The patterns; once in a document."""

_CLASSES = {"customer": "you", "shared": "shared", "aws": "aws"}
_LEFT, _GAP = 164, 16
_HALF = (WIDTH - _LEFT - _GAP) // 2
_ROW, _BOX, _HEAD = 25, 23, 22
_CARDS, _BETWEEN, _MARGIN = 3, 32, 24
_NAME = 42
"""Letters of a card's name on one line."""
_HEADER_LINES = 4
_GROUPS = ("yours in AWS's diagram", "AWS's in its diagram", "not in AWS's diagram")


class _Place(msgspec.Struct, frozen=True):
    """A layer of a card: where it stands and who holds it."""

    label: str
    group: int
    y: int
    before: str
    after: str


def render(checklist: Checklist, view: View) -> str:
    """All lines on one sheet, as a document of its own."""
    shown = columns(shown_lines(checklist, view), is_standing(checklist))
    across = min(max(len(shown), 1), _CARDS)
    width = across * WIDTH + (across - 1) * _BETWEEN + 2 * _MARGIN
    body, height = _sheet(checklist, shown, width)
    told = " ".join(f"{_names(c)}: {described(checklist, c)}" for c in shown) or "No line moves."
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="line-picture" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="title desc">\n'
        f'<title id="title">Where the line runs</title>\n<desc id="desc">{xml(told)}</desc>\n'
        f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n{DEFS}\n"
    )
    return f'{head}<rect class="sheet" width="{width}" height="{height}"/>\n' + "\n".join(body) + "\n</svg>\n"


def _sheet(checklist: Checklist, shown: list[Column], width: int) -> tuple[list[str], int]:
    body = [_text(_MARGIN, 44, "Where the line runs", "caption")]
    y = 64
    for line in textwrap.wrap(wording.headline(checklist), width // 7):
        body.append(_text(_MARGIN, y, line, "variant"))
        y += 18
    x = _MARGIN
    for owner, word in WORDS.items():
        body.append(f'<g transform="translate({x} {y})">{swatch(owner)}</g>')
        body.append(_text(x + 36, y + 13, word))
        x += 96
    body.append(f'<line class="border" x1="{x}" y1="{y + 9}" x2="{x + 28}" y2="{y + 9}"/>')
    body.append(_text(x + 36, y + 13, "the line"))
    y += 48
    for start in range(0, len(shown), _CARDS):
        cards = shown[start : start + _CARDS]
        heads = [list(_header(c)) for c in cards]
        top = max(len(h) for h in heads) * 18 + 8
        for i, (column, head) in enumerate(zip(cards, heads, strict=True)):
            left = _MARGIN + i * (WIDTH + _BETWEEN)
            lines = [_text(0, 14 + n * 18, text, kind) for n, (text, kind) in enumerate(head)]
            drawn = "\n".join(_card(checklist, column))
            body.append(
                f'<g transform="translate({left} {y})">\n{"".join(lines)}\n<g transform="translate(0 {top})">{drawn}</g></g>'
            )
        y += top + card_height(checklist) + 40
    return body, y


def _header(column: Column) -> Iterator[tuple[str, str]]:
    lines = textwrap.wrap(_names(column), _NAME)
    yield from ((line, "name") for line in lines[:_HEADER_LINES])
    if len(lines) > _HEADER_LINES:
        yield "and more", "name"
    yield " · ".join([SIGNS[column.sign], *variants(column)]), "variant"


def _names(column: Column) -> str:
    return ", ".join(column.services)


def variants(column: Column) -> list[str]:
    """What the line belongs to, where it is one thing."""
    if column.sign == "~":
        return [" → ".join(v for v in (column.line.variant_before, column.line.variant_after) if v)]
    return list(column.variants) if len(column.variants) == 1 and column.variants[0] not in column.services else []


def inline(checklist: Checklist, column: Column, number: int) -> str:
    """One card for a page that has the style and the patterns already."""
    height = card_height(checklist)
    return (
        f'<svg class="line-picture" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="line-{number}-title line-{number}-desc">'
        f'<title id="line-{number}-title">{xml(f"The line of {_names(column)}: {SIGNS[column.sign]}")}</title>'
        f'<desc id="line-{number}-desc">{xml(described(checklist, column))}</desc>'
        f"{''.join(_card(checklist, column))}</svg>"
    )


def swatch(owner: str) -> str:
    """What an owner's box looks like."""
    return f'<rect class="{_CLASSES[owner]}" width="28" height="18" rx="3"/>'


def described(checklist: Checklist, column: Column) -> str:
    """The card in words."""
    return "; ".join(f"{p.label} {told(p.before, p.after, column.sign)}" for p in _places(checklist, column)) + "."


def told(before: str, after: str, sign: str) -> str:
    """Who holds a layer, in words."""
    old, new = wording.OWNER.get(before) or "nobody", wording.OWNER.get(after) or "nobody"
    if sign == "-":
        return f"was {old}" if before else "not there"
    if sign == "~" and before != after:
        return f"{old} before, {new} after"
    return new if after else "not there"


def card_height(checklist: Checklist) -> int:
    """How high every card of this checklist is."""
    groups = {_group(layer, aws) for layer, _, aws in checklist.layers}
    return len(checklist.layers) * _ROW + len(groups) * _HEAD + 4


def _group(layer: str, aws_diagram: bool) -> int:
    """0: the customer's side of AWS's diagram; 1: AWS's side, whose layers are called aws-...; 2: rows of our own."""
    return 2 if not aws_diagram else int(layer.startswith("aws-"))


def _places(checklist: Checklist, column: Column) -> list[_Place]:
    places: list[_Place] = []
    y, last = 0, -1
    for layer, label, aws_diagram in checklist.layers:
        group = _group(layer, aws_diagram)
        y += _HEAD if group != last else 0
        places.append(_Place(label, group, y, *owners(column.line, layer)))
        y, last = y + _ROW, group
    return places


def _card(checklist: Checklist, column: Column) -> Iterator[str]:
    places = _places(checklist, column)
    last = -1
    for place in places:
        if place.group != last:
            yield _text(0, place.y - 7, _GROUPS[place.group], "group")
            last = place.group
        yield from _row(place, column.sign)
    yield from _border(places, column.sign)


def _row(place: _Place, sign: str) -> Iterator[str]:
    turns = sign == "~" and place.before != place.after
    quiet = sign == "~" or not (place.after or place.before)
    yield _text(0, place.y + 16, place.label, "turns" if turns else "still" if quiet else "")
    if turns:
        right = _LEFT + _HALF + _GAP
        yield _box(_LEFT, place.y, _HALF, place.before)
        yield _box(right, place.y, _HALF, place.after)
        yield f'<rect class="moved" x="{right + 1}" y="{place.y + 1}" width="{_HALF - 2}" height="{_BOX - 2}" rx="2"/>'
        x, y = _LEFT + _HALF + 2, place.y + _BOX // 2
        yield f'<path class="arrow" d="M{x} {y}h{_GAP - 5}m-4 -4l4 4l-4 4"/>'
    elif sign == "-":
        yield _gone(place)
    else:
        yield _box(_LEFT, place.y, WIDTH - _LEFT, place.after)


def _box(x: int, y: int, width: int, owner: str) -> str:
    middle = x + width // 2
    if not owner:
        return _text(middle, y + 16, "–", "word on-none")
    kind = _CLASSES[owner]
    rect = f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{_BOX}" rx="3"/>'
    return rect + _text(middle, y + 16, WORDS[owner], f"word on-{kind}")


def _gone(place: _Place) -> str:
    width = WIDTH - _LEFT
    if not place.before:
        return _box(_LEFT, place.y, width, "")
    rect = f'<rect class="gone" x="{_LEFT + 1}" y="{place.y}" width="{width - 2}" height="{_BOX}" rx="3"/>'
    return rect + _text(_LEFT + width // 2, place.y + 16, f"was {wording.OWNER[place.before]}", "word on-gone")


def _border(places: list[_Place], sign: str) -> Iterator[str]:
    """The heavy line, on AWS's own rows: once for what stays, and on each side of what moves."""
    rows = [p for p in places if p.group < 2]
    if sign == "-":
        return
    before = _crossings([(p.y, p.before) for p in rows]) if sign == "~" else []
    after = _crossings([(p.y, p.after) for p in rows])
    middle = _LEFT + _HALF
    for y in sorted({*before, *after}):
        left = _LEFT if sign != "~" or y in before else middle + _GAP
        right = WIDTH if y in after else middle
        yield f'<line class="border" x1="{left}" y1="{y}" x2="{right}" y2="{y}"/>'


def _crossings(held: list[tuple[int, str]]) -> list[int]:
    there = [(y, owner) for y, owner in held if owner]
    return [y - 1 for (_, above), (y, below) in pairwise(there) if (above == "aws") != (below == "aws")]


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    css = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{css}>{xml(text)}</text>'


def xml(text: str) -> str:
    """Text that is only text in an XML document, in an element as in an attribute."""
    safe = clean(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    return escape(safe)
