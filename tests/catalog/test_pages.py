"""The reference pages are those of the mapping files, and their links lead somewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.golden import Golden
from tfsrm import api

FOLDER = Path(__file__).parents[2] / "docs" / "catalogue"
BY_HAND = "REVIEW.md"


@cache
def _pages() -> dict[str, str]:
    return api.catalogue_pages()


def test_the_pages_are_current(golden: Golden) -> None:
    for name, text in _pages().items():
        golden.check(FOLDER / name, text)
    there = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*.md")}
    assert there - set(_pages()) - {BY_HAND, "STATEMENTS.md"} == set()


def test_every_service_was_read_a_second_time() -> None:
    review = (FOLDER / BY_HAND).read_text()
    headings = re.findall(r"^## (.+)$", review, re.MULTILINE)
    services = re.findall(r"^\| \[(.+)\]\(services/", _pages()["README.md"], re.MULTILINE)
    assert sorted(headings) == sorted(services)


def test_every_link_leads_to_a_page_and_a_heading() -> None:
    for name, text in _pages().items():
        for target, heading in re.findall(r"(?<!\\)\]\((?!https?://)([^)#]*)(?:#([^)]+))?\)", text):
            path = (FOLDER / name).parent / target if target else FOLDER / name
            inside = path.resolve()
            assert inside.exists(), f"{name}: {target}"
            if heading:
                key = inside.relative_to(FOLDER.resolve()).as_posix()
                assert f"\n## {heading}\n" in _pages()[key], f"{name}: {target}#{heading}"


def test_every_type_and_control_has_its_place() -> None:
    text = "".join(_pages().values())
    assert len(re.findall(r"^\| `aws_\w+` \|", text, re.MULTILINE)) >= 1000
    assert "controls/encrypt-at-rest.md" in _pages()
