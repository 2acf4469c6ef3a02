"""How much of the provider the catalogue answers, and the bars it is held to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.catalog.factories import SCHEMA, files, load, write
from tfsrm.catalog.build import build
from tfsrm.catalog.coverage import Coverage, coverage
from tfsrm.catalog.load import load as load_catalog
from tfsrm.catalog.provider_schema import provider_schema


@pytest.fixture(scope="module")
def shipped() -> Coverage:
    return coverage(load_catalog(), provider_schema())


def test_it_counts_types_conditions_and_examples(tmp_path: Path) -> None:
    found = coverage(build(load(write(tmp_path, files())).pieces, SCHEMA, "1", ""), SCHEMA)
    assert {t.type for t in found.types} == {"aws_box", "aws_box_lock"}
    box = next(t for t in found.types if t.type == "aws_box")
    assert "encrypt-at-rest" in box.conditions
    assert box.examples > 0
    assert set(found.missing) == set(SCHEMA.types()) - {"aws_box", "aws_box_lock"}


def test_every_type_of_the_provider_is_answered(shipped: Coverage) -> None:
    assert shipped.missing == ()
    assert len(shipped.types) == shipped.provider_types == 1581


def test_no_type_is_told_of_that_the_provider_does_not_have(shipped: Coverage) -> None:
    schema = provider_schema()
    assert [t.type for t in shipped.types if t.type not in schema] == []


def test_conditions_are_many_and_spread(shipped: Coverage) -> None:
    """At least 450 types carry one, over at least 40 controls, none of them more than a tenth of all."""
    judged = [t for t in shipped.types if t.conditions]
    assert len(judged) >= 450
    assert len(shipped.controls) >= 40
    assert max(shipped.controls.values()) <= 0.1 * sum(shipped.controls.values())


def test_a_plan_is_told_how_each_of_its_types_is_answered() -> None:
    plan = "fixtures/web-app-created/plan.json"
    done = subprocess.run(
        [sys.executable, "-m", "tfsrm", "catalog", "coverage", plan], capture_output=True, text=True, check=True
    )
    assert "aws_db_instance" in done.stdout
    assert "facets judged" in done.stdout
    assert "gap" not in done.stdout


def test_the_command_says_what_is_counted(shipped: Coverage) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tfsrm", "catalog", "coverage"], capture_output=True, text=True, check=True
    )
    assert f"{len(shipped.types)} of {shipped.provider_types}" in done.stdout
    assert all(found.role in done.stdout for found in shipped.types)
