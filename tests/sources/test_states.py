"""States, as JSON output and as raw files, and saved plans that Terraform has to show."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sources.factories import addresses, at, held, plan, prior, read_json, row, state_file, tree
from tfsrm.errors import InputError
from tfsrm.sources import addresses as parts
from tfsrm.sources import read, read_bytes, terraform_cli


def test_a_state_is_one_world() -> None:
    key = held('module.m["k"].aws_kms_key.k[1]', {"x": 1}, index=1, sensitive_values={"x": True})
    source = read_json(prior(held("aws_s3_bucket.b", {}), modules=[{"address": 'module.m["k"]', "resources": [key]}]))
    assert (source.kind, source.before, source.changes) == ("state", None, ())
    assert addresses(source.after) == ["aws_s3_bucket.b", 'module.m["k"].aws_kms_key.k[1]']
    found = at(source.after, 'module.m["k"].aws_kms_key.k[1]')
    assert (found.module, found.key, tree(found.sensitive)) == ('module.m["k"]', 1, {"x": True})
    assert source.after.configuration is None


@pytest.mark.parametrize(
    "document", [{"format_version": "1.0"}, {"format_version": "1.0", "values": {"root_module": {}}}]
)
def test_an_empty_state_is_read(document: dict[str, Any]) -> None:
    source = read_json(document)
    assert (source.kind, source.after.resources) == ("state", ())


def test_a_state_of_a_newer_format_has_a_caveat() -> None:
    assert "newer" in read_json({**prior(), "format_version": "1.7"}).caveats[0]


def resource(**fields: Any) -> dict[str, Any]:
    provider = 'provider["registry.terraform.io/hashicorp/aws"]'
    return {
        "mode": "managed",
        "type": "aws_db_instance",
        "name": "d",
        "provider": provider,
        "instances": [{"attributes": {}}],
        **fields,
    }


def test_a_state_file_gives_addresses_as_terraform_writes_them() -> None:
    instances = [{"index_key": 'a."${b}\n', "attributes": {}}, {"index_key": 2, "attributes": {}, "deposed": "00ff"}]
    source = read_json(
        state_file(
            resource(module="module.m[0]", instances=instances), resource(mode="data", type="aws_region", name="r")
        )
    )
    base = "module.m[0].aws_db_instance.d"
    assert addresses(source.after) == [f'{base}["a.\\"$${{b}}\\n"]', f"{base}[2] (deposed 00ff)"]
    assert [d.address for d in source.after.data] == ["data.aws_region.r"]


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ('provider["registry.terraform.io/hashicorp/aws"]', ("hashicorp/aws", "aws")),
        ('provider["registry.opentofu.org/hashicorp/aws"].west', ("hashicorp/aws", "aws.west")),
        ('module.m.provider["registry.terraform.io/-/aws"].w', ("hashicorp/aws", "aws.w")),
        ("provider.aws", ("hashicorp/aws", "aws")),
        ("module.a.provider.aws.west", ("hashicorp/aws", "aws.west")),
    ],
)
def test_a_state_file_names_provider_and_alias(provider: str, expected: tuple[str, str]) -> None:
    found = read_json(state_file(resource(provider=provider))).after.resources[0]
    assert (found.provider, found.provider_config) == expected


def step(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}


@pytest.mark.parametrize(
    ("paths", "mask"),
    [
        ([[step("get_attr", "password")]], {"password": True}),
        (
            [[step("get_attr", "a"), step("index", {"value": 1, "type": "number"}), step("get_attr", "b")]],
            {"a": [False, {"b": True}]},
        ),
        (
            [[step("get_attr", "a"), step("index", {"value": "k", "type": "string"})], [step("get_attr", "c")]],
            {"a": {"k": True}, "c": True},
        ),
        ([[step("get_attr", "a")], [step("get_attr", "a"), step("get_attr", "b")]], {"a": True}),
        ([], None),
        (None, None),
        ([[step("index", {"value": {"x": 1}, "type": "object"})]], True),
        ([["no", "steps"]], True),
        ([[step("get_attr", "a"), step("index", {"value": 10**9, "type": "number"})]], True),
    ],
)
def test_sensitive_paths_become_a_mask(paths: Any, mask: Any) -> None:
    instances = [{"attributes": {"a": 1}, "sensitive_attributes": paths}]
    assert tree(read_json(state_file(resource(instances=instances))).after.resources[0].sensitive) == mask


def test_attributes_of_old_providers_and_other_states_are_not_seen() -> None:
    flat = resource(instances=[{"attributes_flat": {"a": "1"}}])
    remote = resource(mode="data", type="terraform_remote_state", name="net")
    seen = read_json(state_file(flat, remote)).not_seen
    assert [n.what for n in seen] == ["data.terraform_remote_state.net", "aws_db_instance.d"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("aws_x.y", ("", "managed", "aws_x", "y", None)),
        ('module.a["b.c[0].d"].module.e[1].data.aws_x.y["\\"q\\" ]\\\\"]',
         ('module.a["b.c[0].d"].module.e[1]', "data", "aws_x", "y", '"q" ]\\')),
        ("aws_x.y[*]", ("", "managed", "aws_x", "y", None)),
        ('aws_x.y["$${z}"]', ("", "managed", "aws_x", "y", "${z}")),
        ("nonsense", None),
    ],
)  # fmt: skip
def test_addresses_are_taken_apart(address: str, expected: tuple[Any, ...] | None) -> None:
    assert parts.parse(address) == expected


def test_an_address_put_together_is_taken_apart_again() -> None:
    for key in ("a", 'q"\\', "${x}", "%{y}", "a.b[0]", 3, None):
        address = parts.join("module.m", "managed", "aws_x", "y", key)
        assert parts.parse(address) == parts.Address("module.m", "managed", "aws_x", "y", key)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A saved plan in an initialised directory."""
    (tmp_path / ".terraform").mkdir()
    path = tmp_path / "tfplan"
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 64)
    return path


def command(tmp_path: Path, script: str) -> str:
    path = tmp_path / "fake-terraform"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_terraform_shows_a_saved_plan(saved: Path, tmp_path: Path) -> None:
    shown = tmp_path / "shown.json"
    shown.write_text(json.dumps(plan(row("aws_s3_bucket.b", "create", after={}))))
    program = command(tmp_path, f'[ "$1 $2 $3" = "show -json {saved}" ] && cat {shown}')
    [source] = read(str(saved), terraform=program)
    assert addresses(source.after) == ["aws_s3_bucket.b"]
    assert source.path == str(saved)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo '\u2502 Error: no providers' >&2; exit 1", "failed: Error: no providers"),
        ("exit 1", "failed: no message"),
        ("exec sleep 5", "took more than 1 seconds"),
    ],
)
def test_a_failing_terraform_is_reported(
    script: str, words: str, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terraform_cli, "TIMEOUT", 1)
    with pytest.raises(InputError, match=words):
        read(str(saved), terraform=command(tmp_path, script))


def test_a_saved_plan_outside_an_initialised_directory_is_not_shown(saved: Path, tmp_path: Path) -> None:
    (tmp_path / ".terraform").rmdir()
    with pytest.raises(InputError, match="no initialised directory"):
        read(str(saved), terraform=command(tmp_path, "exit 0"))


def test_a_saved_plan_on_standard_input_cannot_be_shown(saved: Path) -> None:
    with saved.open("rb") as stdin, pytest.raises(InputError, match="binary form"):
        read("-", stdin=stdin, terraform="true")


def test_a_program_that_cannot_start_is_reported(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(8, "Exec format error")

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(InputError, match="Exec format error"):
        read(str(saved), terraform=command(tmp_path, ""))


def test_reading_writes_nothing(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan()))
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in tmp_path.iterdir() if p.is_file()}
    read(str(path))
    read_bytes(path.read_bytes())
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in tmp_path.iterdir() if p.is_file()} == before
    assert sorted(os.listdir(tmp_path)) == [".terraform", "plan.json", "tfplan"]
