"""The pages that the catalogue rests on were read: each with its section and a few words of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml

from tfsrm.catalog.load import load
from tfsrm.model.catalog import LineOverride, VersionLife
from tfsrm.model.condition import Default, Part, Source

FOLDER = Path(__file__).parents[1] / "pages"
AWS = ("https://docs.aws.amazon.com/", "https://aws.amazon.com/")
QUOTE = 15
"""Words that a quote may have."""
LEAST_PAGES = 250


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page of AWS, as it was read."""

    url: str
    read: date
    section: str
    quote: str


class Pages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of ``tests/pages/``."""

    pages: list[Page]


@cache
def rows() -> list[tuple[str, Page]]:
    out = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Pages)
        out += [(path.stem, page) for page in found.pages]
    return out


@cache
def cited() -> frozenset[str]:
    """Every page that a control, a role, the model, a service, a lifecycle or a default names."""
    catalog = load()
    index = catalog.index
    pieces: list[Part] = [*index.controls, *index.roles, index.model, *index.lifecycles, *catalog.services().values()]
    return frozenset(url for piece in pieces for url in _urls(piece))


def _urls(piece: Part) -> Iterator[str]:
    if isinstance(piece, Source):
        yield piece.url
    elif isinstance(piece, Default | LineOverride | VersionLife) and piece.source:
        yield piece.source
    for name in piece.__struct_fields__:
        value = getattr(piece, name)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, Part):
                yield from _urls(child)


def test_every_page_of_aws_was_read_and_is_quoted() -> None:
    pages = {url for url in cited() if url.startswith(AWS)}
    quoted = {page.url for _, page in rows()}
    assert len(pages) >= LEAST_PAGES
    assert sorted(pages - quoted) == []


def test_no_page_is_quoted_that_nothing_rests_on() -> None:
    assert sorted({page.url for _, page in rows()} - cited()) == []


@pytest.mark.parametrize("stem", sorted({stem for stem, _ in rows()}))
def test_a_quote_is_short_and_has_its_section(stem: str) -> None:
    wrong = [
        page.url
        for name, page in rows()
        if name == stem
        and not (page.section.strip() and 0 < len(page.quote.split()) <= QUOTE and page.url.startswith(AWS))
    ]
    assert wrong == []
    urls = [page.url for name, page in rows() if name == stem]
    assert len(urls) == len(set(urls))
