"""Whatever somebody names a resource, a key, a tag or a module: the report looks as it would with a harmless name."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from tests.github_page import Page
from tests.hostile import IN_PLANS, plan_with
from tfsrm import api
from tfsrm.model.checklist import Checklist
from tfsrm.report.github_annotations import MOST
from tfsrm.report.markdown import LIMIT as MARKDOWN
from tfsrm.report.plain_markdown import LIMIT as PLAIN
from tfsrm.report.view import View

_IDS = [name for name, _ in IN_PLANS]
_ROOM = 2_000_000
_VIEWS = {"short": View(room=_ROOM), "all": View(everything=True, room=_ROOM)}
_COMMAND = re.compile(
    r"::(error|warning) (?:(?:file|line|title)=[^:,\r\n]*)(?:,(?:file|line|title)=[^:,\r\n]*)*::[^\r\n]*"
)


def _checklist(text: str, folder: Path) -> Checklist:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan_with(text)))
    return api.analyze(api.Request(str(path), today="2026-11-24"))


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Checklist:
    """The same plan with a name that means nothing."""
    return _checklist("harmless", tmp_path_factory.mktemp("harmless"))


@pytest.fixture(scope="module", params=[text for _, text in IN_PLANS], ids=_IDS)
def attacked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checklist:
    return _checklist(request.param, tmp_path_factory.mktemp("attacked"))


@pytest.mark.parametrize("view", _VIEWS)
def test_markdown_has_the_same_shape_on_github(attacked: Checklist, harmless: Checklist, view: str) -> None:
    """No tag, box, link, heading, mention or reference more or less than with a harmless name; no line begins otherwise."""
    got, wanted = (api.render(c, "markdown", _VIEWS[view]) for c in (attacked, harmless))
    page, plain = Page(got), Page(wanted)
    assert page.tags == plain.tags
    assert page.links == plain.links
    assert page.acts <= plain.acts
    assert _starts(got) == _starts(wanted)
    assert len(re.findall("<!--", got)) == len(re.findall("<!--", wanted))
    assert not _unseen(got)


@pytest.mark.parametrize("view", _VIEWS)
def test_plain_markdown_has_the_same_shape(attacked: Checklist, harmless: Checklist, view: str) -> None:
    got, wanted = (api.render(c, "plain-markdown", _VIEWS[view]) for c in (attacked, harmless))
    page, plain = Page(got, html=False), Page(wanted, html=False)
    assert page.tags == plain.tags
    assert page.links == plain.links
    assert page.acts <= plain.acts
    assert _starts(got) == _starts(wanted)
    assert not _unseen(got)


@pytest.mark.parametrize("view", _VIEWS)
def test_a_terminal_and_a_log_get_text_only(attacked: Checklist, view: str) -> None:
    shown = api.render(attacked, "table", _VIEWS[view])
    assert not _unseen(shown)
    assert not [line for line in shown.split("\n") if line.strip().startswith("::")]
    assert not re.search(r"##\w*\[", shown)


def test_the_longest_names_fit_too(attacked: Checklist) -> None:
    assert len(api.render(attacked, "markdown", View()).encode()) <= MARKDOWN
    assert len(api.render(attacked, "plain-markdown", View()).encode()) <= PLAIN


def test_annotations_are_ours_and_no_others(attacked: Checklist, harmless: Checklist) -> None:
    got, wanted = (api.render(c, "github-annotations", View()) for c in (attacked, harmless))
    lines = got.splitlines()
    assert all(_COMMAND.fullmatch(line) for line in lines)
    assert len(lines) == len(wanted.splitlines())
    assert sum(line.startswith("::warning") for line in lines) <= MOST
    assert not _unseen(got)
    assert "##[" not in got


def test_the_page_would_see_an_attack() -> None:
    """The measuring instrument measures."""
    page = Page(
        "@acme/platform #12 https://evil.example\n\n- [x] a\n\n<details>\n\n# b\n\n<script>x</script>\n\n`@in-code`"
    )
    assert {"@acme", "#12"} <= page.acts
    assert "@in-code" not in page.acts
    assert page.links == {"https://evil.example"}
    assert page.tags["input"] == page.tags["details"] == page.tags["h1"] == 1
    assert not page.tags["script"]


def _starts(text: str) -> list[str]:
    """How the lines begin: nothing of a plan is there."""
    return sorted({re.match(r"[\s>*|#-]*(?:\[[ x]\] )?.?.?", line)[0] for line in text.split("\n")})  # type: ignore[index]


def _unseen(text: str) -> set[str]:
    """Characters that move a cursor, hide or reorder."""
    return {
        c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\u00ad"
    }
