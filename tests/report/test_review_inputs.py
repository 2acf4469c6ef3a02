"""The review pack of several inputs, and with files and lines: a section for what stands in the same inputs, nothing lost."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from tests.conftest import ROOT
from tests.github_page import Page
from tests.hostile import IN_PLANS
from tests.report.test_review import (
    NO_VALIDATOR,
    VALIDATOR,
    Skeleton,
    assert_inert,
    complaints_of_the_validator,
    page,
    skeleton,
    tag,
)
from tfsrm import api
from tfsrm.cli import application
from tfsrm.errors import UsageError
from tfsrm.model.checklist import Checklist, DutyResult, Evidence
from tfsrm.report.markdown import code
from tfsrm.report.review import LINES, review
from tfsrm.report.review_parts import Chapter, Duty, Review
from tfsrm.report.several import names, parts, unchanged
from tfsrm.report.view import View, chosen, rows, set_apart

FIXTURES = ROOT / "fixtures"
WEB = FIXTURES / "web-app-created"
UNITS = {
    "dev/web": "web-app-created",
    "prod/web": "web-app-created",
    "prod/db": "database-replaced",
    "prod/api": "fargate-from-ec2",
    "prod/old": "bucket-destroyed",
    "prod/left": "forgotten",
    "dev/vpc": "nothing-to-say",
    "prod/vpc": "nothing-to-say",
}


def analyzed(*paths: Path, root: Path | None = None) -> Checklist:
    """One checklist of several inputs; with the configuration that they were made of."""
    first, *others = map(str, paths)
    read_with = api.Configuration(root=str(root) if root else None)
    return api.analyze(api.Request(first, today="2026-11-24", also=tuple(others), configuration=read_with))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of plans as Terragrunt leaves it, and a state."""
    folder = tmp_path_factory.mktemp("stack")
    for unit, case in UNITS.items():
        (folder / unit).mkdir(parents=True)
        shutil.copy(FIXTURES / case / "plan.json", folder / unit / "plan.json")
    plan = json.loads((FIXTURES / "fargate-from-ec2" / "plan.json").read_text())
    (folder / "state").mkdir()
    state = {"format_version": "1.0", "values": plan["prior_state"]["values"]}
    (folder / "state" / "plan.json").write_text(json.dumps(state))
    return folder


@pytest.fixture(scope="module")
def found(stack: Path) -> Checklist:
    return analyzed(stack)


@pytest.fixture(scope="module")
def pack(found: Checklist) -> Review:
    return review(found, View())


def chapters_of(pack: Review, name: str) -> list[Chapter]:
    """Where an input is told of."""
    [row] = [row for row in pack.inputs if row.name == name]
    return [pack.chapters[n - 1] for n in row.chapters]


def looks(chapter: Chapter) -> list[object]:
    """All that a reader sees of the picture of the line, and what changes hands."""
    return [
        (c.column.services, c.column.variants, c.column.sign, c.column.line.before, c.column.line.after, c.counts,
         c.handover and c.handover.layers)
        for c in chapter.cards
    ]  # fmt: skip


# Several inputs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("everything", [False, True])
def test_every_duty_of_every_input_is_in_one_section(found: Checklist, everything: bool) -> None:
    view = View(everything=everything)
    told = [
        (d.fingerprint, d.inputs, d.verdict, d.previous_verdict, d.change)
        for chapter in review(found, view).chapters
        for duty in chapter.duties
        for d in duty.row.duties
    ]
    wanted = [
        (d.fingerprint, d.inputs, d.verdict, d.previous_verdict, d.change)
        for part in parts(found)
        for d in chosen(part.checklist, view)
    ]
    assert Counter(told) == Counter(wanted)
    everywhere = {(d.fingerprint, d.inputs) for d in chosen(found, view) if len(d.inputs) == len(found.inputs)}
    assert everywhere <= {(fingerprint, inputs) for fingerprint, inputs, *_ in told}


def test_every_input_has_its_own_picture_of_the_line_as_if_it_were_alone(stack: Path, pack: Review) -> None:
    for row in pack.inputs:
        alone = review(analyzed(stack / row.name / "plan.json"), View()).chapters[0]
        drawn = [chapter for chapter in chapters_of(pack, row.name) if chapter.cards]
        assert [looks(chapter) for chapter in drawn] == ([looks(alone)] if alone.cards else [])
        for chapter in chapters_of(pack, row.name):
            if not chapter.cards:
                assert [pack.chapters[n - 1] for n in chapter.drawn if row.name in pack.chapters[n - 1].names] == drawn


def test_what_changes_hands_stands_with_its_input(pack: Review) -> None:
    [chapter] = [c for c in chapters_of(pack, "prod/api") if c.cards]
    [handover] = [card.handover for card in chapter.cards if card.handover]
    assert ("Operating system", "customer", "aws") in handover.layers
    assert [where for where, _ in handover.reasons] == ["aws_ecs_service.api"]
    [row] = [row for row in pack.inputs if row.name == "prod/api"]
    assert row.moves == ("Amazon ECS",)


def test_twins_have_one_section_and_inputs_that_move_nothing_are_a_count(found: Checklist, pack: Review) -> None:
    assert [c.names for c in pack.chapters if "web" in c.names] == ["dev/web, prod/web"]
    twins = next(c for c in pack.chapters if c.names == "dev/web, prod/web")
    assert twins.cards
    assert twins.duties
    assert unchanged(found) == ["dev/vpc", "prod/left", "prod/vpc"]
    for form in ("html", "review-markdown"):
        text = api.render(found, form, View())
        assert "3 inputs move no duty." in text
        told, _, digests = text.partition("Digests of the inputs")
        assert not [name for name in ("dev/vpc", "dev&#47;vpc") if name in told]
        assert form != "html" or all(source.digest in digests for source in found.inputs)


def test_the_table_counts_what_is_told_of_each_input(stack: Path, pack: Review) -> None:
    for row in pack.inputs:
        alone = chosen(analyzed(stack / row.name / "plan.json"), View())
        theirs = [d for d in alone if d.scope == "resource"]
        told = [d for c in chapters_of(pack, row.name) for duty in c.duties for d in duty.row.duties]
        assert row.counts["unmet"] == sum(d.verdict == "unmet" for d in told)
        for change in ("created", "changed", "retired"):
            assert row.counts[change] == sum(d.change == change for d in told)
            of_resources = [d for d in told if d.scope == "resource" and d.change == change]
            assert len(of_resources) == sum(d.change == change for d in theirs)


def test_the_numbers_at_the_top_are_those_of_the_headline() -> None:
    found = analyzed(*(FIXTURES / case / "plan.json" for case in ("web-app-created", "lambda-zip-to-image")))
    pack = review(found, View())
    numbers = {verdict: count for verdict, count, _ in pack.numbers}
    words = {"unmet": "unmet", "attest": "to attest", "unknown": "unknown", "met": "met"}
    assert all(f" {numbers[verdict]} {word}" in pack.headline for verdict, word in words.items() if verdict in numbers)
    assert len(numbers) > 2


def test_decisions_and_questions_say_in_which_inputs_they_stand(pack: Review) -> None:
    decided = {(d.number, d.within) for d in (*pack.unmet, *pack.unknown)}
    named = {d.number: chapter.names for chapter in pack.chapters for d in chapter.duties}
    assert decided
    assert all(within == named[number] for number, within in decided)
    asked = [q for topic in pack.topics for q in topic.questions]
    assert [q.number for q in asked] == list(range(1, len(asked) + 1))
    assert all(q.within for q in asked)
    assert any(q.within == "dev/web, prod/web" for q in asked)


def test_the_page_and_the_markdown_tell_inputs_and_lines_of_decisions_and_questions(two: Checklist) -> None:
    pack, told = review(two, View()), api.render(two, "review-markdown", View())
    listed = [e for e in page(two).iter() if tag(e) == "li"]
    texts = {e.get("id"): " ".join("".join(e.itertext()).split()) for e in listed if e.get("id")}
    decided = {}
    for e in listed:
        refs = [a.get("href") for a in e.iter() if a.get("class") == "ref"]
        decided.update({href: " ".join("".join(e.itertext()).split()) for href in refs if e[0].get("class") == "what"})
    for duty in (*pack.unmet, *pack.unknown):
        entry = told.partition(f" (D{duty.number}) (")[2].partition("- [ ]")[0]
        for text in (f"in {duty.within}", *(at for _, at, _ in duty.reasons)):
            assert text in decided[f"#d{duty.number}"]
            assert not text or code(text.removeprefix("in ")) in entry
    for question in (q for topic in pack.topics for q in topic.questions):
        assert f" in {question.within}" in texts[f"q{question.number}"]
        assert f" · in {code(question.within)}" in told.partition(f"**Q{question.number}** ")[2].partition("\n")[0]
    assert any(at for duty in pack.unmet for _, at, _ in duty.reasons)


def test_an_address_in_two_inputs_is_two_resources() -> None:
    asked = [d for d in chosen(analyzed(WEB / "plan.json"), View()) if d.verdict == "attest" and d.scope == "resource"]
    twin = [msgspec.structs.replace(d, inputs=(1,)) for d in asked]
    near, standing = set_apart(rows(asked))
    both, _ = set_apart(rows([*asked, *twin]))
    assert standing
    assert sum(len(r.duties) for r in both) == 2 * sum(len(r.duties) for r in near)


def test_what_twins_ask_is_asked_once(pack: Review) -> None:
    one = review(analyzed(WEB / "plan.json"), View())
    both = review(analyzed(*(ROOT / p for p in ("fixtures/web-app-created/plan.json",)), _copy(pack)), View())
    assert [(t.title, [q.ask for q in t.questions]) for t in both.topics] == [
        (t.title, [q.ask for q in t.questions]) for t in one.topics
    ]
    assert {q.within for t in both.topics for q in t.questions} == {"both"}


def _copy(pack: Review) -> Path:
    """The second of two plans that are the same."""
    return next(Path(s.path) for s in pack.checklist.inputs if s.path.endswith("dev/web/plan.json"))


def test_a_note_stands_with_its_input_and_what_terraform_forgets_before_all_else(
    found: Checklist, pack: Review
) -> None:
    notes = [n for n in found.notes if n.kind not in ("forget", "account")]
    assert {n.kind for n in notes} >= {"replace", "line"}
    for note in notes:
        told = [text for c in chapters_of(pack, names(found)[note.input]) for _, text in c.notes]
        assert note.text in told
    forgotten = {n.address for n in found.notes if n.kind == "forget"}
    assert {(within, address) for within, address, _ in pack.loud if address} == {("prod/left", a) for a in forgotten}


def test_a_state_beside_plans_is_told_as_it_stands(pack: Review) -> None:
    [chapter] = [c for c in chapters_of(pack, "state") if c.duties and c.names == "state"]
    assert chapter.standing
    assert {card.column.sign for card in chapter.cards} == {"="}
    assert not chapter.tallies


@pytest.mark.parametrize("everything", [False, True])
def test_the_page_of_several_is_as_easy_to_get_about_in(found: Checklist, everything: bool) -> None:
    elements = list(page(found, everything).iter())
    levels = [int(tag(e)[1]) for e in elements if re.fullmatch("h[1-6]", tag(e))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [e.get("id") for e in elements if e.get("id")]
    assert len(ids) == len(set(ids))
    assert {e.get("href", "")[1:] for e in elements if e.get("href", "").startswith("#")} <= set(ids)
    assert {name for e in elements for name in e.get("aria-labelledby", "").split()} <= set(ids)
    regions = [e.get("aria-labelledby") or e.get("aria-label") for e in elements if tag(e) == "section"]
    assert all(regions)
    assert len(regions) == len(set(regions))
    assert all(any(tag(c) == "caption" for c in e) for e in elements if tag(e) == "table")


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason=NO_VALIDATOR)
def test_the_page_of_several_is_valid_html(found: Checklist, two: Checklist, tmp_path: Path) -> None:
    for checklist in (found, two):
        assert complaints_of_the_validator(api.render(checklist, "html", View(everything=True)), tmp_path) == ""


def test_headings_of_the_markdown_go_down_one_step_at_a_time(found: Checklist) -> None:
    told = api.render(found, "review-markdown", View(everything=True))
    levels = [len(m[1]) for m in re.finditer("^(#+) ", told, re.MULTILINE)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(("form", "same"), [("html", "html"), ("markdown", "review-markdown")])
def test_the_command_takes_several(form: str, same: str, tmp_path: Path) -> None:
    output = tmp_path / "review"
    plans = [FIXTURES / case / "plan.json" for case in ("web-app-created", "fargate-from-ec2")]
    application()(
        ["review", *map(str, plans), "--today", "2026-11-24", "-f", form, "-o", str(output)], standalone_mode=False
    )
    assert output.read_text() == api.render(analyzed(*plans), same, View())


# Files and lines -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def located() -> Checklist:
    """A plan with the configuration that it was made of."""
    return analyzed(WEB / "plan.json", root=WEB)


def told_places(duty: Duty) -> set[tuple[str, int]]:
    """The files and lines that stand beside a duty, read back from what it says."""
    found = set()
    for place in (*duty.places, *duty.folded):
        for at in (place.at, *(s.at for s in place.statements)):
            for file, lines in re.findall(r"([^;]+?):([\d, ]+)", re.sub(r" and \d+ more$", "", at)):
                found |= {(file.strip(), int(line)) for line in lines.split(",")}
    return found


def evidence(duty: DutyResult) -> list[Evidence]:
    return [e for f in duty.facets for e in f.evidence if e.file]


def test_every_line_that_is_known_stands_beside_its_duty(located: Checklist) -> None:
    known = 0
    for duty in (d for chapter in review(located, View()).chapters for d in chapter.duties):
        wanted = {(e.file, e.line) for d in duty.row.duties for e in evidence(d)}
        told = told_places(duty)
        known += len(told)
        assert told <= wanted
        assert bool(told) == bool(wanted)
        cut = any(" more" in at for p in duty.places for at in (p.at, *(s.at for s in p.statements)))
        assert cut or told == wanted
    assert known > 20


@pytest.mark.parametrize("form", ["html", "review-markdown"])
def test_the_line_that_a_reader_opens_holds_what_was_judged(located: Checklist, form: str) -> None:
    text = api.render(located, form, View())
    lines = (WEB / "main.tf").read_text().splitlines()
    path = str(WEB / "main.tf")
    shown = path if form == "html" else path.replace("/", "&#47;")
    decided = [d for d in chosen(located, View()) if d.verdict in ("unmet", "unknown") and evidence(d)]
    assert decided
    for e in (e for d in decided for e in evidence(d)):
        assert e.line
        kind, name = e.address.split(".")[:2]
        assert f'resource "{kind}" "{name}"' in lines[e.line - 1] or e.attribute.split(".")[0].split("[")[0] in lines[
            e.line - 1
        ].replace(" ", "")
        assert re.search(rf"{re.escape(shown)}(:|&#58;)[\d, ]*\b{e.line}\b", text)


def test_lines_stand_in_the_row_of_their_duty(located: Checklist) -> None:
    rows = {e.get("id"): " ".join("".join(e.itertext()).split()) for e in page(located).iter() if tag(e) == "tr"}
    told = api.render(located, "review-markdown", View())
    entries = re.split(r"^- \*\*(?=D\d+ )", told.partition("## Duties by layer")[2], flags=re.MULTILINE)[1:]
    for duty in (d for chapter in review(located, View()).chapters for d in chapter.duties):
        for place in (*duty.places, *duty.folded):
            for at in (place.at, *(s.at for s in place.statements)):
                assert at in rows[f"d{duty.number}"]
                assert not at or code(at) in entries[duty.number - 1]


def test_without_the_configuration_nothing_is_said_of_lines() -> None:
    pack = review(analyzed(WEB / "plan.json"), View())
    assert not [d for chapter in pack.chapters for d in chapter.duties if told_places(d)]


def test_a_directory_of_configuration_has_lines_of_its_own(tmp_path: Path) -> None:
    shutil.copy(WEB / "main.tf", tmp_path)
    pack = review(analyzed(tmp_path), View())
    told = {place for chapter in pack.chapters for d in chapter.duties for place in told_places(d)}
    assert {file for file, _ in told} == {str(tmp_path / "main.tf")}


def test_a_duty_that_ends_names_the_block_that_stays() -> None:
    case = FIXTURES / "count-shrunk"
    lines = (case / "after" / "main.tf").read_text().splitlines()
    retired = review(analyzed(case / "plan.json", root=case / "after"), View()).chapters[0].retired
    told = [(file, line) for d in retired for file, line in told_places(d)]
    assert told
    assert {file for file, _ in told} == {str(case / "after" / "main.tf")}
    assert 'resource "aws_instance" "edge" {' in {lines[line - 1] for _, line in told}


def test_one_duty_of_two_directories_names_the_files_of_both(tmp_path: Path) -> None:
    for name, above in (("dev", ""), ("prod", "# two lines\n# above\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(f'{above}resource "aws_sqs_queue" "q" {{}}\n')
    pack = review(analyzed(tmp_path / "dev", tmp_path / "prod"), View())
    told = [told_places(d) for chapter in pack.chapters for d in chapter.duties]
    assert {(str(tmp_path / "dev/main.tf"), 1), (str(tmp_path / "prod/main.tf"), 3)} in told


def test_of_many_lines_a_few_are_named_and_the_others_counted(tmp_path: Path) -> None:
    blocks = "".join(f'resource "aws_sqs_queue" "q{n}" {{}}\n' for n in range(8))
    (tmp_path / "main.tf").write_text(blocks)
    [chapter] = review(analyzed(tmp_path), View()).chapters
    told = {place.at for d in chapter.duties for place in d.places}
    assert f"{tmp_path / 'main.tf'}:1, 2, 3 and {8 - LINES} more" in told


@pytest.mark.parametrize(("form", "same"), [("html", "html"), ("markdown", "review-markdown")])
def test_the_command_takes_the_configuration(form: str, same: str, tmp_path: Path, located: Checklist) -> None:
    output = tmp_path / "review"
    arguments = ["review", str(WEB / "plan.json"), "--hcl-root", str(WEB), "--today", "2026-11-24"]
    application()([*arguments, "-f", form, "-o", str(output)], standalone_mode=False)
    assert output.read_text() == api.render(located, same, View())
    assert "main.tf" in output.read_text()


def test_a_directory_takes_variables_and_no_configuration_beside_itself(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "days" {}\nresource "aws_cloudwatch_log_group" "l" {\n  retention_in_days = var.days\n}\n'
    )
    output = tmp_path / "review.md"
    arguments = ["review", str(tmp_path), "-f", "markdown", "-o", str(output)]
    application()([*arguments, "--var", "days=400"], standalone_mode=False)
    assert "retention_in_days is 400" in output.read_text()
    with pytest.raises(UsageError, match="--hcl-root"):
        application()([*arguments, "--hcl-root", str(tmp_path)], standalone_mode=False)


# Hostile names of files and inputs -------------------------------------------------------------------------------------


def renamed(found: Checklist, text: str) -> Checklist:
    """A checklist whose inputs and files are called so."""
    replace = msgspec.structs.replace

    def elsewhere(duty: DutyResult) -> DutyResult:
        facets = tuple(
            replace(f, evidence=tuple(replace(e, file=e.file and text) for e in f.evidence)) for f in duty.facets
        )
        return replace(duty, facets=facets)

    inputs = tuple(replace(s, path=f"{text}/{n}{text}") for n, s in enumerate(found.inputs))
    return replace(found, inputs=inputs, duties=tuple(map(elsewhere, found.duties)))


@pytest.fixture(scope="module")
def two() -> Checklist:
    """Two plans with lines, of which one moves the line."""
    return analyzed(WEB / "plan.json", FIXTURES / "fargate-from-ec2" / "plan.json", root=WEB)


@pytest.fixture(scope="module")
def harmless(two: Checklist) -> Skeleton:
    return skeleton(page(renamed(two, "harmless")))


@pytest.fixture(scope="module")
def harmless_page(two: Checklist) -> Page:
    return Page(api.render(renamed(two, "harmless"), "review-markdown", View()))


NAMES = [(name, text) for name, text in IN_PLANS if text]


@pytest.mark.parametrize(("name", "text"), NAMES, ids=[name for name, _ in NAMES])
def test_names_of_files_and_inputs_are_inert(
    name: str, text: str, two: Checklist, harmless: Skeleton, harmless_page: Page
) -> None:
    found = renamed(two, text)
    tree = page(found)
    assert skeleton(tree) <= harmless
    assert_inert(tree, found)
    told = Page(api.render(found, "review-markdown", View()))
    assert told.tags == harmless_page.tags
    assert told.links == harmless_page.links
    assert told.acts <= harmless_page.acts


def test_a_file_that_is_really_called_so(tmp_path: Path) -> None:
    name = '<img src=x onerror="alert(1)"> [x](https:evil.example) `a` @acme.tf'
    (tmp_path / name).write_text((WEB / "main.tf").read_text())
    found = analyzed(WEB / "plan.json", root=tmp_path)
    tree = page(found)
    assert_inert(tree, found)
    assert f"{name}:" in "".join(tree.itertext())
    told = Page(api.render(found, "review-markdown", View()))
    assert not told.tags["img"]
    assert "@acme" not in told.acts
