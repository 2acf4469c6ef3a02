"""A second run over an unchanged directory prints what the first one rendered; whatever differs is assessed anew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.sources.hcl.test_modules import tree
from tfsrm import api
from tfsrm.api import Configuration, Reports, Request, Wanted
from tfsrm.errors import InputError, PartialInputError, UsageError
from tfsrm.report.view import View
from tfsrm.sources.hcl import shipped

DAY = "2026-11-24"
TABLE = Wanted("table")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    secret = 'resource "aws_db_instance" "d" {\n  engine = "mysql"\n  identifier = var.name\n}\nvariable "name" {}\n'
    return tree(tmp_path / "infra", main__tf=secret, terraform__tfvars='name = "hunter2-orders"\n')


def again(request: Request, *wanted: Wanted, monkeypatch: pytest.MonkeyPatch) -> Reports:
    """A run that has to do without reading and assessing."""

    def never(*_: object) -> None:
        raise AssertionError("made anew")

    with monkeypatch.context() as patch:
        patch.setattr(api, "analyze", never)
        return api.reports(request, *wanted)


def anew(request: Request, *wanted: Wanted, monkeypatch: pytest.MonkeyPatch) -> Reports:
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
        return api.reports(request, *wanted)


def test_a_second_run_prints_the_same(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(str(root), today=DAY, fail_on=("created",))
    wanted = (TABLE, Wanted("json"), Wanted("markdown", View(everything=True)))
    first = api.reports(request, *wanted)
    assert first.tripped
    assert "aws_db_instance.d" in first.texts[1]
    assert again(request, *wanted, monkeypatch=monkeypatch) == first
    assert anew(request, *wanted, monkeypatch=monkeypatch) == first


OTHERS: dict[str, Callable[[Request], tuple[Request, Wanted]]] = {
    "day": lambda r: (msgspec.structs.replace(r, today="2031-01-01"), TABLE),
    "gate": lambda r: (msgspec.structs.replace(r, fail_on=("created",)), TABLE),
    "format": lambda r: (r, Wanted("markdown")),
    "view": lambda r: (r, Wanted("table", View(everything=True))),
    "width": lambda r: (r, Wanted("table", View(width=120))),
    "workspace": lambda r: (msgspec.structs.replace(r, configuration=Configuration(workspace="other")), TABLE),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_question_is_another_run(name: str, root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(str(root), today=DAY)
    api.reports(request, TABLE)
    other = OTHERS[name](request)
    with pytest.raises(AssertionError, match="made anew"):
        again(*other, monkeypatch=monkeypatch)
    assert api.reports(*other) == anew(*other, monkeypatch=monkeypatch)


def test_what_differs_is_assessed_anew(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(str(root), today=DAY)
    first = api.reports(request, TABLE)
    for name, text in (("terraform.tfvars", 'name = "invoices"\n'), ("more.tf", 'resource "aws_vpc" "v" {}\n')):
        (root / name).write_text(text)
        with pytest.raises(AssertionError, match="made anew"):
            again(request, TABLE, monkeypatch=monkeypatch)
        found = api.reports(request, TABLE)
        assert found == anew(request, TABLE, monkeypatch=monkeypatch)
    assert found != first


def test_today_is_another_day_tomorrow(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(str(root))
    api.reports(request, TABLE)
    again(request, TABLE, monkeypatch=monkeypatch)
    tomorrow = api.assessed_on([], "2031-01-01")
    monkeypatch.setattr(api, "assessed_on", lambda *_: tomorrow)
    with pytest.raises(AssertionError, match="made anew"):
        again(request, TABLE, monkeypatch=monkeypatch)


def test_the_catalogue_and_every_module_count(root: Path, home: Path) -> None:
    found = shipped.edition()
    assert found is not None
    for name in ("assess/engine.py", "report/table.py", "compiled/index.json", "compiled/aws/rds.json", "api.py"):
        assert f"/{name} ".encode() in found


def test_mappings_of_the_user_are_read_each_time(root: Path, home: Path, tmp_path: Path) -> None:
    own = tree(tmp_path / "own")
    own.mkdir(exist_ok=True)
    request = Request(str(root), mappings=(str(own),), today=DAY)
    api.reports(request, TABLE)
    (own / "broken.yaml").write_text("nothing: [that is\n")
    with pytest.raises(Exception, match=r"broken\.yaml"):
        api.reports(request, TABLE)


def test_what_is_refused_is_refused_again(root: Path, home: Path) -> None:
    (root / "bad.tf").write_text('resource "aws_vpc" "v" {\n')
    refused = (
        (Request(str(root), today=DAY, strict=True), TABLE, PartialInputError),
        (Request(str(root), today=DAY), Wanted("table", View(layers=("nowhere",))), UsageError),
        (Request(str(root), today="soon"), TABLE, UsageError),
        (Request(str(root / "nowhere"), today=DAY), TABLE, InputError),
    )
    api.reports(Request(str(root), today=DAY), TABLE)
    for _ in range(2):
        for request, wanted, error in refused:
            with pytest.raises(error):
                api.reports(request, wanted)


def test_a_directory_of_plans_is_read_each_time(home: Path, tmp_path: Path) -> None:
    plan = Path("fixtures/web-app-created/plan.json").read_bytes()
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "a.json").write_bytes(plan)
    request = Request(str(tmp_path / "plans"), today=DAY)
    first = api.reports(request, TABLE)
    (tmp_path / "plans" / "b.json").write_bytes(plan.replace(b"aws_", b"awz_"))
    assert api.reports(request, TABLE) != first


def test_plans_in_the_place_of_configuration_are_read(root: Path, home: Path) -> None:
    request = Request(str(root), today=DAY)
    api.reports(request, TABLE)
    (root / "main.tf").unlink()
    (root / "plan.json").write_bytes(Path("fixtures/web-app-created/plan.json").read_bytes())
    assert "aws_db_instance.d" not in api.reports(request, Wanted("json")).texts[0]


def test_no_report_lies_in_clear(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(str(root), today=DAY)
    assert "aws_db_instance" in api.reports(request, TABLE).texts[0]
    again(request, TABLE, monkeypatch=monkeypatch)
    assert len(list(home.iterdir())) >= 3
    assert not any(b"aws_db_instance" in entry.read_bytes() for entry in home.iterdir())


def test_a_second_run_imports_neither_catalogue_nor_engine_nor_format(root: Path, home: Path) -> None:
    code = (
        "import atexit, sys; from tfsrm.__main__ import main; sys.argv[:1] = ['tfsrm', 'analyze']\n"
        "heavy = ('tfsrm.catalog', 'tfsrm.assess', 'tfsrm.report.table', 'tfsrm.sources.hcl.front')\n"
        "atexit.register(lambda: print(sorted(set(heavy) & set(sys.modules)), file=sys.stderr))\n"
        "main()"
    )
    command = [sys.executable, "-c", code, str(root), "--today", DAY]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout != ""
    assert "tfsrm.assess" in runs[0].stderr
    assert runs[1].stderr.strip() == "[]"
