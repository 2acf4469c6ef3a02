"""The architecture review pack as one page: no script, nothing loaded, readable on a phone, on paper and by a screen reader.

The page forbids itself everything but its own style, which it names by its digest. Every text goes through Jinja's escaping,
and before that through ``clean``; what is drawn (``Markup``) is made in svg.py, which escapes for itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tfsrm.model.checklist import Checklist
from tfsrm.report import svg, wording
from tfsrm.report.plain import clean, plural
from tfsrm.report.review import review
from tfsrm.report.review_parts import VERDICTS, Card, Chapter, Review
from tfsrm.report.view import View, folded_addresses, owners

TEMPLATES = Path(__file__).parent / "templates"
OPEN = 30
"""Duties up to which the layers stand open; with more of them they are folded."""
FIRST = 12
"""Duties to decide that stand open."""


def render(checklist: Checklist, view: View) -> str:
    """The page, one final newline."""
    style = "\n" + "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in _styles(checklist))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = _environment().get_template("review.html.jinja")
    pack = review(checklist, view)
    text = page.render(
        review=pack,
        checklist=checklist,
        style=Markup(style),  # noqa: S704 (our own file)
        digest=digest,
        chapters=list(_drawn(checklist, pack)),
        legend=next((chapter.number for chapter in pack.chapters if chapter.cards), 0),
        all_open=pack.folded <= OPEN,
        first=FIRST,
    )
    return text.rstrip("\n") + "\n"


def _styles(checklist: Checklist) -> list[str]:
    return ["picture.css", "review.css", *(["review_inputs.css"] if len(checklist.inputs) > 1 else [])]


def _drawn(checklist: Checklist, pack: Review) -> Iterator[tuple[Chapter, list[_Picture]]]:
    """The chapters with their pictures, which are numbered through the page."""
    numbers = count(1)
    for chapter in pack.chapters:
        yield chapter, [_Picture(checklist, card, next(numbers)) for card in chapter.cards]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(plural=plural, addresses=folded_addresses, layers=_layers)
    environment.globals.update(
        verdicts=VERDICTS,
        owner=wording.OWNER,
        words=svg.WORDS,
        signs=svg.SIGNS,
        told=svg.told,
        defs=Markup(svg.DEFS),  # noqa: S704 (our own drawing)
        swatch=lambda owner: Markup(svg.swatch(owner)),  # noqa: S704
        kinds=wording.kinds,
        gaps=wording.gap_summary,
    )
    return environment


def _finalize(value: object) -> object:
    """Whatever the page prints: nothing in it reorders or hides text."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


class _Picture:
    """A card of the picture with what stands around it."""

    def __init__(self, checklist: Checklist, card: Card, number: int) -> None:
        self.card = card
        self.column = card.column
        self.variants = svg.variants(card.column)
        self.svg = Markup(svg.inline(checklist, card.column, number))  # noqa: S704 (escaped where it is drawn)

    def told(self, layer: str) -> str:
        """Who holds a layer, in words, for the table."""
        return svg.told(*owners(self.column.line, layer), self.column.sign)


def _layers(counts: tuple[tuple[str, int], ...]) -> str:
    """``you 6 layers, shared 5, AWS 3``."""
    first, *others = [f"{wording.OWNER[owner]} {n}" for owner, n in counts]
    return ", ".join([f"{first} {'layer' if counts[0][1] == 1 else 'layers'}", *others])
