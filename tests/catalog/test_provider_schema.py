"""The compact provider schema: made from Terraform's own, asked by path."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.catalog.factories import SCHEMA
from tfsrm.catalog import provider_schema as made
from tfsrm.catalog.provider_schema import PathError, compact, is_secret, provider_schema
from tfsrm.errors import InputError

TERRAFORM: dict[str, Any] = {
    "provider_schemas": {
        "registry.terraform.io/hashicorp/aws": {
            "resource_schemas": {
                "aws_box": {
                    "block": {
                        "attributes": {
                            "name": {"type": "string", "required": True},
                            "key": {"type": "string", "optional": True, "computed": True, "sensitive": True},
                            "nest": {
                                "nested_type": {
                                    "nesting_mode": "list",
                                    "attributes": {"a": {"type": "bool", "optional": True}},
                                },
                                "optional": True,
                            },
                            "one": {
                                "nested_type": {
                                    "nesting_mode": "single",
                                    "attributes": {"b": {"nested_type": {"nesting_mode": "set", "attributes": {}}}},
                                },
                                "optional": True,
                            },
                        },
                        "block_types": {
                            "rule": {
                                "nesting_mode": "set",
                                "block": {"attributes": {"port": {"type": "number", "required": True}}},
                            },
                            "timeouts": {"nesting_mode": "single", "block": {}},
                        },
                    }
                }
            }
        }
    }
}


def test_it_is_made_from_the_output_of_terraform() -> None:
    found = json.loads(gzip.decompress(compact(json.dumps(TERRAFORM).encode(), "9.9.9")))
    assert found == {
        "version": "9.9.9",
        "resources": {
            "aws_box": [
                {
                    "key": ["ocs", "string"],
                    "name": ["r", "string"],
                    "nest": ["o", ["list", ["object", {"a": "bool"}]]],
                    "one": ["o", ["object", {"b": ["set", ["object", {}]]}]],
                },
                {"rule": ["set", [{"port": ["r", "number"]}, {}]]},
            ]
        },
    }


def test_making_it_twice_gives_the_same_bytes() -> None:
    data = json.dumps(TERRAFORM).encode()
    assert compact(data, "1") == compact(gzip.compress(data), "1")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"a": 1}', b"\x1f\x8bx", json.dumps(TERRAFORM).encode()])
def test_what_is_no_schema_or_says_no_version_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        compact(data)


def test_the_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "schema.json", tmp_path / "aws.json.gz"
    source.write_text(json.dumps(TERRAFORM), encoding="utf-8")
    monkeypatch.setattr(made, "provider_file", lambda: str(target))
    try:
        assert "AWS provider 9.9.9, 1 resource types" in made.write_provider_file(str(source), "9.9.9")
    finally:
        provider_schema.cache_clear()
    with pytest.raises(InputError):
        made.write_provider_file(str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("name", "string"),
        ('tags["a.b"]', "string"),
        ("tags.a", "string"),
        ("names", "list"),
        ("names[*]", "string"),
        ("names[0]", "string"),
        ("rule", "list"),
        ("rule[*]", "block"),
        ("rule[*].cidr", "string"),
        ("log.on", "bool"),
        ("log[*].on", "bool"),
        ("parts[*].label", "string"),
        ("", "block"),
    ],
)
def test_a_path_leads_to_an_attribute(path: str, kind: str) -> None:
    assert SCHEMA.find("aws_box", path).kind == kind


@pytest.mark.parametrize(
    "path", ["nam", "rule.cidr", "name[*]", ".name", "a b", "rule[*].x", "name.x", "parts[*].x", "rule[*][*].y[*]"]
)
def test_a_path_that_leads_nowhere_says_why(path: str) -> None:
    with pytest.raises(PathError):
        SCHEMA.find("aws_box", path)


def test_the_shipped_schema_is_whole() -> None:
    schema = provider_schema()
    assert schema.version == "6.25.0"
    assert len(schema.types()) == 1581
    assert schema.find("aws_instance", "metadata_options[*].http_tokens").fills


def test_filled_blocks_are_blocks_of_the_schema() -> None:
    schema = provider_schema()
    for resource_type in schema.types():
        for path in schema.filled(resource_type):
            assert schema.find(resource_type, path).flags == "B"


@pytest.mark.parametrize(
    ("resource_type", "path", "secret"),
    [
        ("aws_db_instance", "password", True),
        ("aws_instance", "user_data", True),
        ("aws_ssm_parameter", "value", True),
        ("aws_lambda_function", "environment[*].variables", True),
        ("aws_secretsmanager_secret_version", "secret_string", True),
        ("aws_elasticache_replication_group", "auth_token", True),
        ("aws_acm_certificate", "private_key", True),
        ("aws_instance", "metadata_options[*].http_tokens", False),
        ("aws_db_instance", "manage_master_user_password", False),
        ("aws_ecs_task_definition", "container_definitions", False),
    ],
)
def test_secrets_are_what_the_schema_and_our_list_say(resource_type: str, path: str, secret: bool) -> None:
    assert is_secret(resource_type, path, provider_schema().find(resource_type, path)) is secret
