"""What is no plan gets one InputError that says where, what it looks like and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sources.factories import plan, prior, read_json, row, state_file
from tfsrm.errors import InputError
from tfsrm.model.world import Input
from tfsrm.sources import read, read_bytes

HEAD = b'{"format_version":"1.2","resource_changes":'
ROW = b'[{"address":"aws_s3_bucket.a","change":{"actions":["create"],"before":null,"after":%s}}]}'


def refused(data: bytes) -> InputError:
    with pytest.raises(InputError) as found:
        read_bytes(data, "in")
    return found.value


LOOKS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b" \r\n\t", "empty"),
    "html": (b"\n<!DOCTYPE html>", "an HTML or XML page"),
    "list": (b"[1]", "a JSON list"),
    "text": (b'"a"', "a JSON text"),
    "null": (b"null", "the JSON value null"),
    "prose": (b"hello", "neither JSON nor Terraform"),
    "zip": (b"PK\x05\x06" + b"\0" * 18, "neither JSON nor Terraform"),
    "xz": (b"\xfd7zXZ", "not valid UTF-8"),
    "zeros": (b"\0" * 4096, "binary data"),
    "readable plan": (b"\nTerraform used the selected providers to generate", "as people read it"),
    "coloured plan": (b"\x1b[0m\x1b[1maws_x.y: Refreshing state... [id=1]", "as people read it"),
    "log lines": (b'{"@level":"info"}\n{"@level":"info"}\n', "log lines of `terraform plan -json`"),
    "provider schema": (b'{"format_version":"1.0","provider_schemas":{}}', "providers schema -json"),
    "validate": (b'{"format_version":"1.0","valid":true,"diagnostics":[]}', "validate -json"),
    "version": (b'{"terraform_version":"1","provider_selections":{}}', "version -json"),
    "functions": (b'{"format_version":"1.0","function_signatures":{}}', "metadata functions -json"),
    "sarif": (b'{"version":"2.1.0","runs":[]}', "SARIF"),
    "own report": (b'{"schema_version":"1","tool":{},"duties":[]}', "report of tfsrm"),
    "encrypted": (b'{"serial":1,"lineage":"x","encrypted_data":"x","encryption_version":"v0"}', "encrypted OpenTofu"),
    "outputs": (b'{"a":{"sensitive":false,"type":"string","value":"x"}}', "output -json"),
    "cloudformation": (b'{"AWSTemplateFormatVersion":"2010-09-09","Resources":{}}', "CloudFormation"),
    "tf.json": (b'{"resource":{"aws_s3_bucket":{}}}', ".tf.json"),
    "object": (b'{"a":1}', "neither a plan nor a state"),
    "empty object": (b"{}", "neither a plan nor a state"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_the_wrong_kind_is_named(name: str) -> None:
    data, words = LOOKS[name]
    error = refused(data)
    assert words in error.what
    assert error.next_step


@pytest.mark.parametrize(
    ("data", "at", "what"),
    [
        (HEAD + b"[", b"", "ends in the middle"),
        (HEAD + b"[\n  nul]}", b"ul]}", "malformed JSON"),
        (HEAD + ROW % b"NaN", b"NaN", "malformed JSON"),
        (HEAD + ROW % b'{"a":"\\ud800"}', b"\\ud800", "half of a surrogate pair"),
        (b'{"format_version":"1.2",\n "a":"\xff"}', b"\xff", "not valid UTF-8"),
        (HEAD + ROW % (b'{"a":' + b"7" * 10_000 + b"}"), b"7777", "too large"),
        (HEAD + ROW % (b'{"a":-' + b"7" * 400 + b".5}"), b"-777", "too large"),
        (HEAD + ROW % b'{"a":1e999}', b"1e999", "too large"),
        (HEAD + ROW % b'{"a":[1, -1.5E+400]}', b"-1.5", "too large"),
        (b'{"a":1}\n  text', b"text", "text after the end"),
        (b'::debug::x\n\n {"a":1} text', b"text", "text after the end"),
    ],
)
def test_broken_json_is_located(data: bytes, at: bytes, what: str) -> None:
    offset = data.index(at) if at else len(data)
    line, column = data.count(b"\n", 0, offset) + 1, offset - data.rfind(b"\n", 0, offset)
    error = refused(data)
    assert (error.where, what in error.what) == (f"in:{line}:{column}", True), error


@pytest.mark.parametrize("place", [b"%s", HEAD + b'[],"x":%s}', HEAD + ROW.replace(b"%s", b'{"a":%s}', 1)])
def test_deep_nesting_is_refused(place: bytes) -> None:
    error = refused(place % (b'{"a":' * 50_000 + b"1" + b"}" * 50_000))
    assert "nested too deeply" in error.what


@pytest.mark.parametrize(
    "value",
    [
        b'"%s"' % (b"7" * 10_000),
        b'"x, 1e999"',
        b'"9e9999"',
        b'"\\", 1e999"',
        b"1e300",
        b"1e-999",
        b"7" * 4300,
        b"[1e10, 2.5]",
    ],
)
def test_what_only_looks_like_a_number_too_large_is_read(value: bytes) -> None:
    [source] = read_bytes(HEAD + ROW % (b'{"a":' + value + b"}"))
    found = source.changes[0].after
    assert found is not None
    assert json.loads(bytes(found.values))  # type: ignore[arg-type]


def test_a_second_list_of_changes_is_not_silently_dropped() -> None:
    error = refused(HEAD + b"[],\n" + HEAD[1:] + b"[]}")
    assert (error.where, "resource_changes is there twice" in error.what) == ("in:2:24", True)


def test_a_second_values_tree_is_not_silently_dropped() -> None:
    tree = b'"values":{"root_module":{}}'
    assert "values is there twice" in refused(b'{"format_version":"1.0",' + tree + b"," + tree + b"}").what


def test_the_name_of_a_key_may_be_a_value_and_a_nested_key() -> None:
    values = {"a": "resource_changes", "b": {"resource_changes": ["prior_state"]}}
    assert read_json(plan(row("aws_s3_bucket.a", "create", after=values), prior_state=prior()))


def test_other_duplicate_keys_take_the_last_value() -> None:
    [source] = read_bytes(HEAD + b'[],"timestamp":"a","timestamp":"b"}')
    assert source.timestamp == "b"


def test_a_row_that_is_there_twice_is_refused() -> None:
    rows = [row("aws_s3_bucket.a", "create", after={}), row("aws_s3_bucket.a", "delete", before={})]
    with pytest.raises(InputError, match=r"lists aws_s3_bucket.a twice"):
        read_json(plan(*rows))


@pytest.mark.parametrize(
    ("version", "what"), [("2.0", "formats 0.1 to 1.x"), ("x", "is none"), (None, "no format_version")]
)
def test_a_format_that_is_not_known_is_refused(version: str | None, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read_json(plan(format_version=version))
    if version:
        with pytest.raises(InputError, match=what):
            read_json({**prior(), "format_version": version})


def test_a_wrong_type_names_its_path() -> None:
    with pytest.raises(InputError, match=r"Expected `str`, got `int` - at `\$\.resource_changes\[0\]\.address`"):
        read_json(plan({"address": 1, "change": {}}))


@pytest.mark.parametrize(
    ("version", "what"), [(3, "Terraform 0.11"), (5, "version 5"), ("x", "version none"), (None, "version none")]
)
def test_state_files_of_other_versions_are_refused(version: object, what: str) -> None:
    with pytest.raises(InputError, match=what) as found:
        read_json(state_file(version=version))
    assert "terraform show -json" in found.value.next_step


def test_a_binary_plan_says_the_exact_command(tmp_path: Path) -> None:
    path = tmp_path / "tf plan"
    path.write_bytes(b"PK\x03\x04" + b"\xff" * 100)
    for terraform in ("never", "no-such-command"):
        with pytest.raises(InputError) as found:
            read(str(path), terraform=terraform)
        assert f"terraform show -json '{path}' > plan.json" in found.value.next_step


def test_messages_hold_no_control_characters() -> None:
    rows = [row("aws_s3_bucket.a\x1b[2J\n::error::", "create", after={})] * 2
    with pytest.raises(InputError) as found:
        read_json(plan(*rows))
    assert "\x1b" not in found.value.what
    assert "\n" not in found.value.what


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_KEYS = st.sampled_from(
    [
        "format_version",
        "resource_changes",
        "prior_state",
        "planned_values",
        "configuration",
        "values",
        "root_module",
        "resources",
        "child_modules",
        "module_calls",
        "module",
        "address",
        "mode",
        "type",
        "name",
        "index",
        "change",
        "actions",
        "before",
        "after",
        "after_unknown",
        "replace_paths",
        "previous_address",
        "version",
        "instances",
        "attributes",
        "sensitive_attributes",
        "provider",
        "index_key",
        "deposed",
        "checks",
        "deferred_changes",
        "resource_drift",
        "expressions",
        "provider_config",
        "variables",
        "references",
        "constant_value",
        "region",
        "serial",
        "lineage",
        "action_invocations",
    ]
)
_WORDS = st.sampled_from(
    ["1.2", "0.1", "2.0", "create", "delete", "forget", "managed", "data", "aws_x.y", 'module.m["a.b"].aws_x.y[0]']
)
_JSON = st.recursive(
    _SCALARS | _WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5)
)


def _outcome(data: bytes) -> Input | InputError:
    try:
        return read_bytes(data)[0]
    except InputError as error:
        return error


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(_KEYS, _JSON, max_size=6), st.booleans())
def test_no_json_object_crashes_a_reader(document: dict[str, object], like_a_plan: bool) -> None:
    """Readers give an Input or an InputError for any JSON object."""
    if like_a_plan:
        document = {"format_version": "1.2", **document}
    assert _outcome(json.dumps(document).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.sampled_from([b"", HEAD, b'{"version":4,"serial":1,', b'resource "a" "b" {']))
def test_no_bytes_crash_a_reader(data: bytes, head: bytes) -> None:
    """Readers give an Input or an InputError for any bytes."""
    assert _outcome(head + data)


_PLAN = plan(
    row("aws_s3_bucket.a", "update", {"b": 1}, {"b": 2}, after_unknown={"c": True}, previous_address="aws_s3_bucket.z"),
    row("aws_s3_bucket.f", "forget", {"b": 1}),
    prior_state=prior({"address": "aws_kms_key.k", "type": "aws_kms_key", "name": "k", "values": {}}),
    variables={"region": {"value": "eu-west-1"}},
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damaged_plan_crashes_a_reader(data: st.DataObject) -> None:
    """Readers give an Input or an InputError for a plan in which anything was replaced by anything."""
    document = json.loads(json.dumps(_PLAN))
    node, key = document, data.draw(st.sampled_from(sorted(document)))
    while isinstance(node[key], dict | list) and node[key] and data.draw(st.booleans()):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    node[key] = data.draw(_JSON)
    assert _outcome(json.dumps(document).encode())
