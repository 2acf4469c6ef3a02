"""Examples: found wherever they stand, and seen as a plan would show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.catalog.factories import SCHEMA, files, load, write
from tfsrm.catalog.build import build
from tfsrm.catalog.examples import as_plan, as_type, collect, planned
from tfsrm.model.world import Input, Resource, World


def _catalog(tmp_path: Path, **texts: str) -> Any:
    changed = {**files(), **{name.replace("__", "/") + ".yaml": text for name, text in texts.items()}}
    return build(load(write(tmp_path, changed)).pieces, SCHEMA, "1", "")


def test_every_example_has_a_name_of_its_own(tmp_path: Path) -> None:
    found = list(collect(_catalog(tmp_path)))
    names = [e.name for e in found]
    assert names[0] == "box.yaml::aws_box::encrypt-at-rest::met::said"
    assert len(names) == len(set(names)) == 8
    assert found[0].where.startswith("mappings/aws/box.yaml:")
    assert {(e.host, e.control) for e in found} == {
        ("aws_box", "encrypt-at-rest"),
        ("aws_box", "lock-data"),
        ("aws_box_lock", "lock-data"),
    }


def test_a_companions_example_is_about_the_host_that_it_holds(tmp_path: Path) -> None:
    text = files()["aws/box.yaml"].replace(
        'title: lock, facet: locked, verdict: met, hcl: "..."',
        'title: l, facet: locked, verdict: met, hcl: \'resource "aws_box" "b" {}\'',
    )
    hosts = {
        e.host
        for e in collect(_catalog(tmp_path, aws__box=text))
        if "aws_box_lock" in e.name and e.example.title == "l"
    }
    assert hosts == {"aws_box"}


def test_examples_of_account_wide_settings_have_no_host(tmp_path: Path) -> None:
    text = files()["aws/box.yaml"].replace(
        "of: aws_box\n        by: box\n        control: lock-data", "of: account\n        control: train-staff"
    )
    assert {e.host for e in collect(_catalog(tmp_path, aws__box=text)) if "aws_box_lock" in e.name} == {""}


def test_examples_of_a_role_are_about_the_first_type_of_that_role(tmp_path: Path) -> None:
    example = (
        'examples: [{title: x, facet: reviewed, verdict: attest, hcl: \'resource "aws_box" "b" {}\'}], id: reviewed'
    )
    found = list(collect(_catalog(tmp_path, roles=files()["roles.yaml"].replace("id: reviewed", example))))
    assert [(e.name, e.host) for e in found if e.name.startswith("roles")] == [
        ("roles.yaml::store::review-access::attest::x", "aws_box")
    ]


def _box(values: Any, unknown: Any = None) -> Resource:
    return Resource(address="aws_box.this", type="aws_box", name="this", values=values, unknown=unknown)


def _planned(values: Any, unknown: Any = None) -> tuple[Any, Any]:
    (found,) = planned(World(resources=(_box(values, unknown),)), SCHEMA).resources
    return found.values, found.unknown


def test_what_nobody_set_is_null_or_unknown_as_in_a_plan() -> None:
    values, unknown = _planned({"name": "a"})
    assert values == {
        "name": "a", "encrypted": None, "size": None, "tags": None, "names": None, "policy": None, "password": None,
        "user_data": None, "rule": [], "log": None,
    }  # fmt: skip
    assert unknown == {"arn": True, "mode": True, "parts": True, "logging": True}


def test_what_was_set_stays_and_what_was_unknown_stays_so() -> None:
    values, unknown = _planned({"mode": "self", "name": "x"}, {"policy": True})
    assert (values["mode"], unknown["policy"]) == ("self", True)
    assert "policy" not in values


def test_the_same_holds_inside_blocks() -> None:
    values, unknown = _planned({"rule": [{"cidr": "0.0.0.0/0", "port": 22}, {"port": 443}], "log": {}})
    assert values["rule"] == [{"cidr": "0.0.0.0/0", "port": 22}, {"cidr": None, "port": 443}]
    assert unknown["rule"] == [{"ports": True}, {"ports": True}]
    assert values["log"] is None


def test_undecoded_values_are_read() -> None:
    assert _planned(msgspec.Raw(b'{"name": "a"}'))[0]["name"] == "a"


def test_resources_that_are_not_of_the_schema_stay_as_they_are() -> None:
    other = Resource(address="x.y", type="x", name="y", provider="hashicorp/random", values={})
    whole = _box(None, True)
    assert planned(World(resources=(other, whole)), SCHEMA).resources == (other, whole)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (True, "string", "true"),
        (3, "string", "3"),
        ("false", "bool", False),
        ("-4", "number", -4),
        ("x", "number", "x"),
        ([1, True], ["list", "string"], ["1", "true"]),
        ({"a": False}, ["map", "string"], {"a": "false"}),
        ({"a": 1}, ["object", {"a": "number"}], {"a": 1}),
    ],
)
def test_literals_are_converted_as_terraform_does(value: Any, kind: Any, expected: Any) -> None:
    found = as_type(value, kind)
    assert found == expected
    assert type(found) is type(expected)


def test_only_the_world_after_changes() -> None:
    source = Input(kind="hcl", path="x", digest="", after=World(resources=(_box({}),)))
    assert as_plan(source, SCHEMA).after.resources[0].unknown == {
        "arn": True,
        "mode": True,
        "parts": True,
        "logging": True,
    }
