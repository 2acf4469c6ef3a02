"""The review page in a real Chromium: three widths, light and dark, on paper, and under axe-core's rules.

Needs Chromium and axe-core; where one is absent the tests are skipped, and the reason says how to install it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, SHARED
from tests.report.chromium import HOW, Page, executable
from tfsrm import api
from tfsrm.report.view import View

pytestmark = [pytest.mark.slow, pytest.mark.skipif(executable() is None, reason=HOW)]

AXE = next(
    (
        path
        for folder in (os.environ.get("AXE_CORE", ""), str(ROOT / "node_modules" / "axe-core"))
        if folder and (path := Path(folder) / "axe.min.js").is_file()
    ),
    None,
)
NO_AXE = "needs axe-core (npm install --no-save axe-core here, or AXE_CORE=folder with axe.min.js)"
WIDTHS = (360, 768, 1280)
PLANS = SHARED / "data" / "plans"
FIXTURES = ROOT / "fixtures"
CASES = {
    "created": [FIXTURES / "web-app-created" / "plan.json"],
    "moved": [FIXTURES / "fargate-from-ec2" / "plan.json"],
    "quiet": [FIXTURES / "nothing-to-say" / "plan.json"],
    "hostile": [FIXTURES / "hostile-names" / "plan.json"],
    "large": [PLANS / "ec2-instance--complete.json.gz"],
    "changed": [PLANS / "change--rds-complete-postgres--family.json.gz"],
    "lines": [FIXTURES / "web-app-created" / "plan.json"],
    "several": [FIXTURES / case / "plan.json" for case in ("fargate-from-ec2", "web-app-created", "nothing-to-say")],
    "two-real": [PLANS / "ec2-instance--complete.json.gz", PLANS / "change--rds-complete-postgres--family.json.gz"],
}
"""What a page is about -> its inputs."""
ROOTS = {"lines": FIXTURES / "web-app-created"}
"""The configuration that plans were made of."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture(scope="module", params=CASES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review page of a case, as a file."""
    first, *others = CASES[request.param]
    if not all(case.is_file() for case in (first, *others)):
        pytest.skip("needs the shared folder beside the repository (real plans)")
    path = tmp_path_factory.mktemp("page") / "review.html"
    root = ROOTS.get(request.param)
    read_with = api.Configuration(root=str(root) if root else None)
    also = tuple(map(str, others))
    found = api.analyze(api.Request(str(first), today="2026-11-24", also=also, configuration=read_with))
    path.write_text(api.render(found, "html", View()), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(browser: Page, page: Path, width: int) -> None:
    browser.open(page, width)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.complaints() == [], "the page forbids itself something that it needs"


def test_it_is_dark_where_the_reader_likes_it_dark(browser: Page, page: Path) -> None:
    for dark, color in ((False, "rgb(255, 255, 255)"), (True, "rgb(18, 23, 29)")):
        browser.open(page, 1280, dark)
        assert browser.run("getComputedStyle(document.body).backgroundColor") == color


@pytest.mark.skipif(AXE is None, reason=NO_AXE)
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, False), (1280, True)])
def test_axe_finds_nothing_serious(browser: Page, page: Path, width: int, dark: bool) -> None:
    assert AXE is not None
    browser.ask("Page.setBypassCSP", enabled=True)  # for axe alone: the page lets no script in
    browser.open(page, width, dark)
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
    browser.run(AXE.read_text(encoding="utf-8") + "; 0")
    found = browser.run(
        "axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v =>"
        " [v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)]))"
    )
    browser.ask("Page.setBypassCSP", enabled=False)
    assert [v for v in found if v[0] in ("serious", "critical")] == []
    assert found == [], "nor anything that is less than serious"


def test_all_of_it_is_reached_by_keyboard_and_the_first_stop_skips_to_the_review(browser: Page, page: Path) -> None:
    browser.open(page, 1280)
    press_tab(browser)
    assert browser.run("document.activeElement.className") == "skip"
    assert browser.run("document.activeElement.getBoundingClientRect().left") >= 0, "a stop that can be seen"
    for _ in range(4):
        press_tab(browser)
        assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def press_tab(browser: Page) -> None:
    for kind in ("keyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)


def test_a_link_to_a_duty_opens_its_layer(browser: Page, page: Path) -> None:
    browser.open(page, 1280)
    if browser.run("document.querySelector('tr[id^=d]') === null"):
        pytest.skip("no duty moves")
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = false }); location.hash = '#d1'; 0")
    assert browser.run(
        "new Promise(f => setTimeout(() => f(document.querySelector('#d1').closest('details').open), 100))"
    )


def test_it_prints_what_is_folded_on_the_screen(browser: Page, page: Path, tmp_path: Path) -> None:
    browser.open(page, 1280)
    printed = browser.pdf()
    assert printed.startswith(b"%PDF")
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("needs pdftotext to read the print (apt-get install poppler-utils)")
    text = text_of(printed, reader, tmp_path)
    titles = browser.run("[...document.querySelectorAll('.duties .title')].map(e => e.textContent)")
    squeezed = "".join(text.split())
    assert [t for t in titles if "".join(t.split()) not in squeezed] == []
    assert "Skiptothereview" not in squeezed


def text_of(printed: bytes, reader: str, folder: Path) -> str:
    path = folder / "review.pdf"
    path.write_bytes(printed)
    return subprocess.run([reader, "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout
