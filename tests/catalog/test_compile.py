"""The compiled catalogue: the same catalogue, quickly read; and the shipped one is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalog.factories import SCHEMA, files, load, write
from tfsrm.catalog import compiled
from tfsrm.catalog.build import build, requirements
from tfsrm.catalog.compile import catalog_of, compiled_files, without_examples
from tfsrm.catalog.folder import load_shipped
from tfsrm.catalog.load import load as load_catalog
from tfsrm.catalog.location import compiled_folder
from tfsrm.errors import MappingError, TfsrmError
from tfsrm.model.catalog import Catalog, RequirementRef


def _catalog(tmp_path: Path) -> tuple[Catalog, dict[str, bytes]]:
    pieces = without_examples(load(write(tmp_path, files())).pieces)
    catalog = build(pieces, SCHEMA, "1.0", "sha256:0")
    return catalog, compiled_files(catalog, pieces.frameworks)


def test_what_is_read_back_equals_what_was_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, written = _catalog(tmp_path)
    for name, data in written.items():
        path = tmp_path / "compiled" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.setattr(compiled, "compiled_folder", lambda: str(tmp_path / "compiled"))
    found = compiled.open_catalog()
    assert found.index == catalog.index
    assert found.services() == catalog.services()
    for name in catalog.index.types:
        entry, loaded = found.entry(name), catalog.entry(name)
        assert entry is not None
        assert loaded is not None
        assert (entry.type, entry.computed, entry.secrets) == (loaded.type, loaded.computed, loaded.secrets)
        assert entry.service.service == loaded.service.service
    assert found.entry("aws_unheard_of") is None
    for key in ("encrypt-at-rest", "lock-data|aws_box", "lock-data"):
        assert found.requirements(key) == catalog.requirements(key)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    assert _catalog(tmp_path / "a")[1] == _catalog(tmp_path / "b")[1]


def test_a_duty_stands_on_one_line_and_examples_are_left_out(tmp_path: Path) -> None:
    text = _catalog(tmp_path)[1]["aws/box.json"].decode()
    lines = [line for line in text.splitlines() if '"control":"encrypt-at-rest"' in line]
    assert len(lines) == 1
    assert "examples" not in text


def test_the_index_says_who_settles_what_and_what_aws_fills_in(tmp_path: Path) -> None:
    catalog = _catalog(tmp_path)[0]
    index, entry = catalog.index, catalog.entry("aws_box")
    assert index.types == {"aws_box": "box", "aws_box_lock": "box"}
    assert index.hosts == {"aws_box": ["aws_box_lock"]}
    assert entry is not None
    assert entry.computed == {"logging", "logging.ports", "mode", "parts", "rule.ports"}
    assert entry.secrets == ("password", "user_data")
    assert catalog.requirements("encrypt-at-rest") == [RequirementRef(framework="sp-1.0", id="1.1")]
    assert catalog.requirements("lock-data|aws_box") == [RequirementRef(framework="sp-1.0", id="1.2")]
    assert catalog.requirements("lock-data") == []
    assert requirements([]) == {}


def test_a_catalogue_that_is_not_there_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "compiled_folder", lambda: str(tmp_path))
    with pytest.raises(TfsrmError, match="catalog compile"):
        compiled.open_catalog()


def test_the_shipped_compiled_catalogue_is_current() -> None:
    loaded = load_shipped()
    wanted = compiled_files(catalog_of(loaded), loaded.pieces.frameworks)
    folder = Path(compiled_folder())
    there = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.json")}
    assert sorted(there) == sorted(wanted), "run: tfsrm catalog compile"
    stale = [name for name, data in wanted.items() if there[name] != data]
    assert stale == [], "run: tfsrm catalog compile"


def test_opening_it_needs_no_yaml_and_no_slow_import() -> None:
    code = "import sys; from tfsrm.catalog.compiled import open_catalog; open_catalog(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slow = {"yaml", "pathlib", "importlib.resources", "importlib.metadata", "gzip", "difflib", "hcl2"}
    assert slow & set(done.stdout.split()) == set()


def test_a_users_folder_is_laid_over_the_shipped_files(tmp_path: Path) -> None:
    own = write(tmp_path, {"aws/mine.yaml": _MINE})
    plain, catalog = load_catalog(), load_catalog([own])
    assert catalog.mappings == [str(own)]
    assert catalog.index.digest != plain.index.digest
    entry, before = catalog.entry("aws_vpclattice_service"), plain.entry("aws_vpclattice_service")
    assert entry is not None
    assert before is not None
    rules = {d.rule for d in entry.type.duties}
    assert f"{own}/aws/mine.yaml:8" in rules
    assert {d.control for d in before.type.duties} < {d.control for d in entry.type.duties}


def test_a_users_folder_with_problems_is_refused_with_all_of_them(tmp_path: Path) -> None:
    bad = _MINE.replace("encrypt-at-rest", "encrypt-at-west").replace("role: web-endpoint", "role: web-end")
    with pytest.raises(MappingError) as raised:
        load_catalog([write(tmp_path, {"aws/mine.yaml": bad})])
    assert len(raised.value.problems) == 2


_MINE = """\
service: Amazon VPC Lattice
model: abstracted
sources: [{url: "https://example.org", read: 2026-11-01}]
resources:
  - type: aws_vpclattice_service
    role: web-endpoint
    duties:
      - {control: encrypt-at-rest, id: mine, ask: Who?}
"""
