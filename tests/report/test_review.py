"""The architecture review pack: a page that anybody can read, and that nothing from a plan can change."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import html5lib
import msgspec
import pytest

from tests.conftest import ROOT
from tests.golden import Golden
from tests.hostile import IN_PLANS, plan_with
from tfsrm import api
from tfsrm.cli import application
from tfsrm.errors import UsageError
from tfsrm.model.checklist import Checklist
from tfsrm.report.mermaid import plain
from tfsrm.report.plain import clean
from tfsrm.report.review import review
from tfsrm.report.view import View, chosen

CASES = sorted(p.parent.name for p in (ROOT / "fixtures").glob("*/plan.json"))
FORMS = ("html", "review-markdown", "svg", "mermaid")
GOLDEN = ROOT / "tests" / "report" / "expected"
XHTML = "{http://www.w3.org/1999/xhtml}"


def analyzed(case: str) -> Checklist:
    """The checklist of a fixture, read from where the README reads it."""
    return api.analyze(api.Request(f"fixtures/{case}/plan.json", today="2026-11-24"))


def page(found: Checklist, everything: bool = False) -> ET.Element:
    """The page as a browser reads it."""
    tree: ET.Element = html5lib.parse(api.render(found, "html", View(everything=everything)))
    return tree


def drawn_from(text: str) -> ET.Element:
    """The picture as a document."""
    return ET.fromstring(text)  # noqa: S314 (our own output, which must be well formed)


def tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(params=CASES)
def found(request: pytest.FixtureRequest) -> Checklist:
    """The checklist of every fixture."""
    return analyzed(request.param)


# What it tells ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("everything", [False, True])
def test_every_duty_of_the_view_is_in_the_pack_once(found: Checklist, everything: bool) -> None:
    pack = review(found, View(everything=everything))
    layers = [layer for chapter in pack.chapters for layer in chapter.layers]
    told = [d.fingerprint for layer in layers for duty in layer.duties for d in duty.row.duties]
    assert sorted(told) == sorted(d.fingerprint for d in chosen(found, View(everything=everything)))
    assert sum(n for layer in layers for _, n in layer.counts) == sum(n for _, n, _ in pack.numbers)


def test_every_duty_that_is_unmet_or_unknown_is_to_decide(found: Checklist) -> None:
    pack = review(found, View())
    decided = sorted(d.fingerprint for duty in (*pack.unmet, *pack.unknown) for d in duty.row.duties)
    assert decided == sorted(d.fingerprint for d in chosen(found, View()) if d.verdict in ("unmet", "unknown"))


def test_every_question_is_asked_once_and_numbered_in_order(found: Checklist) -> None:
    pack = review(found, View())
    questions = [q for topic in pack.topics for q in topic.questions]
    assert [q.number for q in questions] == list(range(1, len(questions) + 1))
    asked = {f.ask for d in chosen(found, View()) if d.verdict for f in d.facets if f.verdict == "attest" and f.ask}
    assert asked <= {q.ask for q in questions}


def test_both_halves_of_every_duty_stand_on_the_page(found: Checklist) -> None:
    text = " ".join("".join(page(found).itertext()).split())
    for duty in chosen(found, View()):
        about = found.about[duty.about]
        assert " ".join(about.customer_does.split()) in text
        assert " ".join(about.aws_does.split()) in text


def test_a_moved_line_is_drawn_before_and_after_and_told_in_words() -> None:
    found = analyzed("fargate-from-ec2")
    drawn = drawn_from(api.render(found, "svg", View()))
    words = [t.text for t in drawn.iter() if tag(t) == "text"]
    row = words.index("Operating system")
    assert words[row + 1 : row + 3] == ["You", "AWS"]
    described = next(t.text or "" for t in drawn.iter() if tag(t) == "desc")
    assert "Operating system you before, AWS after" in described
    assert "Operating system | **you before, AWS after**" in api.render(found, "review-markdown", View())


def test_the_rows_that_are_not_awss_stand_apart() -> None:
    drawn = drawn_from(api.render(analyzed("web-app-created"), "svg", View()))
    words = [t.text for t in drawn.iter() if tag(t) == "text"]
    start = words.index("not in AWS's diagram")
    assert [w for w in words[start:] if w not in ("You", "Shared", "AWS")][1:4] == [
        "Resilience and backup",
        "Logs and detection",
        "Governance",
    ]


def test_a_duty_that_ends_says_what_becomes_of_it() -> None:
    endings = {d.first.control: d.ending for d in review(analyzed("fargate-from-ec2"), View()).chapters[0].retired}
    assert endings["patch-guest-os"] == "AWS holds its layer from now on"
    gone = review(analyzed("bucket-destroyed"), View()).chapters[0].retired
    assert gone
    assert all(d.ending == "goes with the resource (delete)" for d in gone)


@pytest.mark.parametrize("form", FORMS)
def test_a_quiet_change_says_so(form: str) -> None:
    assert re.search("[Nn]o line moves|[Nn]othing", api.render(analyzed("nothing-to-say"), form, View()))


def test_a_state_has_no_change_to_tell(tmp_path: Path) -> None:
    plan = json.loads((ROOT / "fixtures" / "fargate-from-ec2" / "plan.json").read_text())
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"format_version": "1.0", "values": plan["prior_state"]["values"]}))
    found = api.analyze(api.Request(str(state), today="2026-11-24"))
    headings = ["".join(h.itertext()) for h in page(found).iter() if tag(h) == "h2"]
    assert "What changes for you" not in headings
    assert "Duties by layer" in headings
    assert review(found, View()).chapters[0].cards


# A page that anybody can read --------------------------------------------------------------------------------------


def test_headings_go_down_one_step_at_a_time(found: Checklist) -> None:
    levels = [int(tag(e)[1]) for e in page(found).iter() if re.fullmatch("h[1-6]", tag(e))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_link_within_the_page_has_its_target(found: Checklist) -> None:
    elements = list(page(found, everything=True).iter())
    ids = [e.get("id") for e in elements if e.get("id")]
    assert len(ids) == len(set(ids))
    assert {e.get("href", "")[1:] for e in elements if e.get("href", "").startswith("#")} <= set(ids)
    named = {name for e in elements for name in e.get("aria-labelledby", "").split()}
    assert named <= set(ids)


def test_tables_pictures_and_landmarks_say_what_they_are(found: Checklist) -> None:
    tree = page(found)
    elements = list(tree.iter())
    assert all(e.get("scope") in ("col", "row") for e in elements if tag(e) == "th")
    assert all(any(tag(c) == "caption" for c in e) for e in elements if tag(e) == "table")
    for drawn in (e for e in elements if tag(e) == "svg"):
        named = {tag(c) for c in drawn} >= {"title", "desc"} and drawn.get("role") == "img"
        assert named or drawn.get("aria-hidden") == "true"
    assert [tag(e) for e in elements if tag(e) in ("header", "nav", "main", "footer")] == [
        "header",
        "nav",
        "main",
        "footer",
    ]
    html = next(e for e in elements if tag(e) == "html")
    assert html.get("lang") == "en"


NO_VALIDATOR = "needs html-validate (npm install --no-save html-validate here)"
VALIDATOR = shutil.which("html-validate") or shutil.which("html-validate", path=str(ROOT / "node_modules" / ".bin"))


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason=NO_VALIDATOR)
def test_it_is_valid_html(found: Checklist, tmp_path: Path) -> None:
    assert complaints_of_the_validator(api.render(found, "html", View(everything=True)), tmp_path) == ""


def complaints_of_the_validator(text: str, folder: Path) -> str:
    (folder / "review.html").write_text(text, encoding="utf-8")
    rules = {"extends": ["html-validate:recommended"], "rules": {"long-title": "off"}, "root": True}
    (folder / ".htmlvalidate.json").write_text(json.dumps(rules))
    done = subprocess.run([str(VALIDATOR), "review.html"], cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout or done.stderr


# A page that loads and runs nothing ----------------------------------------------------------------------------------


def test_the_policy_forbids_everything_but_the_pages_own_style(found: Checklist) -> None:
    text = api.render(found, "html", View())
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    metas = [e for e in page(found).iter() if e.get("http-equiv") == "Content-Security-Policy"]
    assert [m.get("content") for m in metas] == [policy]
    assert "@import" not in style[1]
    assert set(re.findall(r"url\((.*?)\)", style[1])) == {"#stripes", "#dots"}


def test_nothing_acts_and_links_lead_to_sources_only(found: Checklist) -> None:
    assert_inert(page(found, everything=True), found)


def assert_inert(tree: ET.Element, found: Checklist) -> None:
    """No element that loads or runs, no attribute that does, and no link but to a source of the catalogue."""
    pages = {s.url for a in found.about.values() for s in a.sources} | {
        s.url for i in found.inherited for s in i.sources
    }
    pages |= {e.source for d in found.duties for f in d.facets for e in f.evidence if e.source}
    for element in tree.iter():
        assert tag(element) not in {
            "script",
            "img",
            "iframe",
            "link",
            "object",
            "embed",
            "form",
            "input",
            "base",
            "use",
        }
        assert not {"style", "src", "srcdoc", "action"} & set(element.attrib)
        assert not [name for name in element.attrib if name.lower().startswith("on")]
        link = element.get("href")
        if link and not link.startswith("#"):
            assert link in pages
            assert link.startswith("https://")
            assert element.get("rel") == "noreferrer"


# Hostile text --------------------------------------------------------------------------------------------------------


Skeleton = set[tuple[str, tuple[tuple[str, str], ...]]]


def skeleton(tree: ET.Element) -> Skeleton:
    """Every element with its attributes; numbers and links to sources, which differ by plan, left out."""
    return {
        (tag(e), tuple(sorted((k, re.sub(r"\d+|https://.*", "", v)) for k, v in e.attrib.items() if k != "content")))
        for e in tree.iter()
    }


def planned(text: str, folder: Path) -> Checklist:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan_with(text)))
    return api.analyze(api.Request(str(path), today="2026-11-24"))


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Skeleton:
    return skeleton(page(planned("harmless", tmp_path_factory.mktemp("plan"))))


@pytest.mark.parametrize(("name", "text"), IN_PLANS, ids=[name for name, _ in IN_PLANS])
def test_a_plan_adds_no_element_and_no_attribute(name: str, text: str, tmp_path: Path, harmless: Skeleton) -> None:
    found = planned(text, tmp_path)
    tree = page(found)
    assert skeleton(tree) <= harmless
    assert_inert(tree, found)
    shown = "".join(tree.itertext())
    assert clean(shown.replace("\n", "")) == shown.replace("\n", "")
    address = next(d.address for d in found.duties if d.resource_type == "aws_s3_bucket")
    assert clean(address) in shown


def poisoned(found: Checklist, text: str) -> Checklist:
    """A checklist whose catalogue is hostile too, as mapping files of somebody else may be."""
    replace = msgspec.structs.replace
    return replace(
        found,
        lines=tuple(
            replace(x, service=text, variant_before=text, variant_after=text + "2", because=text) for x in found.lines
        ),
        duties=tuple(replace(d, title=text, service=text, variant=text, team=text) for d in found.duties),
        about={k: replace(a, customer_does=text, aws_does=text) for k, a in found.about.items()},
        inherited=tuple(replace(i, title=text, aws_does=text) for i in found.inherited),
        layers=tuple((layer, text, aws) for layer, _, aws in found.layers),
    )


@pytest.fixture(scope="module")
def moved() -> Checklist:
    return api.analyze(api.Request(str(ROOT / "fixtures" / "fargate-from-ec2" / "plan.json"), today="2026-11-24"))


@pytest.fixture(scope="module")
def harmless_words(moved: Checklist) -> Skeleton:
    return skeleton(page(poisoned(moved, "harmless")))


@pytest.mark.parametrize(("name", "text"), IN_PLANS, ids=[name for name, _ in IN_PLANS])
def test_words_of_a_catalogue_are_inert_too(name: str, text: str, moved: Checklist, harmless_words: Skeleton) -> None:
    found = poisoned(moved, text)
    assert skeleton(page(found)) <= harmless_words
    drawn = drawn_from(api.render(found, "svg", View()))
    assert {tag(e) for e in drawn.iter()} <= {
        "svg", "title", "desc", "style", "defs", "pattern", "rect", "circle", "g", "text", "path", "line",
    }  # fmt: skip
    assert all(not k.startswith("on") and "href" not in k for e in drawn.iter() for k in e.attrib)
    for line in api.render(found, "mermaid", View()).splitlines():
        assert re.fullmatch(
            r'  [\w :]+|block-beta|  classDef .*|(  (\w+\["[A-Za-z0-9 ,.()/+-]*"\] ?|space(:\d)? ?)+)', line
        )


@pytest.mark.parametrize("text", ['"]; click a href "javascript:x"', "%%{init: {}}%%", "end", "<b>", "`a`", "#quot;"])
def test_mermaid_text_is_letters_digits_and_few_marks(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9 ,.()/+-]*", plain(text))


def test_the_markdown_adds_no_html_of_a_plan(tmp_path: Path) -> None:
    for _, text in IN_PLANS:
        told = api.render(planned(text, tmp_path), "review-markdown", View())
        assert set(re.findall(r"<[^>]*>", told)) <= {
            "<code>",
            "</code>",
            "<details>",
            "</details>",
            "<summary>",
            "</summary>",
        } | set(re.findall(r"<https://[^>]*>", told))
        assert all(url.startswith(("<https://docs.aws", "<https://aws.", "<https://registry.terraform.io"))
                   for url in re.findall(r"<https://[^>]*>", told))  # fmt: skip


# The same bytes ------------------------------------------------------------------------------------------------------


def test_the_page_is_the_golden_one(golden: Golden) -> None:
    found = analyzed("fargate-from-ec2")
    golden.check(GOLDEN / "review.html", api.render(found, "html", View()))
    golden.check(GOLDEN / "line.mmd", api.render(found, "mermaid", View()))
    golden.all_read(GOLDEN)


def surroundings() -> Iterator[dict[str, str]]:
    yield {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    yield {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_bytes_everywhere(form: str) -> None:
    command = [sys.executable, "-m", "tfsrm", "analyze", "fixtures/web-app-created/plan.json", "--format", form]
    written = {
        subprocess.run(command, env={**os.environ, **extra}, capture_output=True, check=True).stdout
        for extra in surroundings()
    }
    assert written == {api.render(analyzed("web-app-created"), form, View()).encode()}


# The command ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "same"), [("html", "html"), ("markdown", "review-markdown")])
def test_the_command_writes_the_pack(form: str, same: str, tmp_path: Path) -> None:
    output = tmp_path / "review"
    arguments = ["review", "fixtures/web-app-created/plan.json", "--today", "2026-11-24", "-f", form, "-o", str(output)]
    application()(arguments, standalone_mode=False)
    assert output.read_text() == api.render(analyzed("web-app-created"), same, View())


def test_the_command_refuses_another_format() -> None:
    with pytest.raises(UsageError, match=r"Known are html, markdown\."):
        application()(["review", "fixtures/web-app-created/plan.json", "-f", "pdf"], standalone_mode=False)
