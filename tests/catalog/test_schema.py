"""The JSON Schemas for editors: current, valid draft 7, and as strict as the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.catalog.factories import files
from tfsrm.catalog.lint.files import SCHEMAS
from tfsrm.catalog.location import mappings_folder
from tfsrm.catalog.schema import DRAFT, schemas, write_schemas
from tfsrm.catalog.yaml_tree import read_tree

FILES = {
    "model.yaml": "model",
    "roles.yaml": "roles",
    "controls/all.yaml": "controls",
    "aws/box.yaml": "service",
    "lifecycle/box-modes.yaml": "lifecycle",
    "frameworks/sp-1.0.yaml": "framework",
}


def _validator(name: str) -> Any:
    return jsonschema_rs.Draft7Validator(schemas()[f"{name}.schema.json"])


@pytest.mark.parametrize(("file", "name"), FILES.items())
def test_sound_files_are_valid_and_an_unknown_field_is_not(file: str, name: str) -> None:
    tree, problems = read_tree(files()[file])
    assert problems == []
    assert _validator(name).is_valid(tree)
    assert not _validator(name).is_valid({**tree, "unheard_of": 1})


def test_the_shipped_schemas_are_current(tmp_path: Path) -> None:
    write_schemas(str(tmp_path))
    shipped = Path(mappings_folder()) / "schema"
    assert (
        {p.name for p in tmp_path.iterdir()}
        == {p.name for p in shipped.iterdir()}
        == {s.rsplit("/", 1)[-1] for s in SCHEMAS.values()}
    )
    for path in tmp_path.iterdir():
        assert path.read_text(encoding="utf-8") == (shipped / path.name).read_text(encoding="utf-8"), (
            "run: tfsrm catalog compile"
        )


def test_fields_are_described_and_what_the_loader_writes_is_left_out() -> None:
    service = schemas()["service.schema.json"]
    assert service["$schema"] == DRAFT
    assert service["properties"]["aws_does"]["description"].startswith("What AWS does for this service")
    assert "rule" not in service["definitions"]["TypeDuty"]["properties"]
    assert "class" in schemas()["controls.schema.json"]["definitions"]["Control"]["properties"]
    assert "#/$defs" not in json.dumps(service)
