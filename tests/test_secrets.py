"""No sensitive value in any output: a canary in every place where a secret may sit."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
CANARY = "c4n4ry-"
SECRET_NAMES = [
    "password", "master_password", "user_data", "user_data_base64", "secret_string", "auth_token",
    "private_key", "value", "token", "secret_binary", "kms_secret", "environment",
    "variables", "container_definitions",
]  # fmt: skip


def planted(tree: Any, mask: Any, serial: list[int]) -> Any:
    """``tree`` with a canary in every leaf that the mask of sensitive values marks."""
    if mask is True:
        return canary(serial)
    if isinstance(tree, dict) and isinstance(mask, dict):
        return {k: planted(v, mask.get(k), serial) for k, v in tree.items()}
    if isinstance(tree, list) and isinstance(mask, list):
        return [planted(v, mask[i] if i < len(mask) else None, serial) for i, v in enumerate(tree)]
    return tree


def canary(serial: list[int]) -> str:
    serial[0] += 1
    return f"{CANARY}{serial[0]}"


def with_canaries(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan with canaries in sensitive leaves, in attributes known to hold secrets, in variables and in the prior state."""
    plan, serial = copy.deepcopy(plan), [0]
    plan["variables"] = {"db_password": {"value": canary(serial)}, "list": {"value": [canary(serial)]}}
    for change in plan.get("resource_changes", []):
        for side in ("before", "after"):
            values = change["change"].get(side)
            if isinstance(values, dict):
                values.update(
                    {name: canary(serial) for name in SECRET_NAMES if name not in ("environment", "variables")}
                )
                values["environment"] = [{"variables": {"TOKEN": canary(serial)}}]
                values["tags"] = {"note": canary(serial)}
                values["description"] = canary(serial)
                change["change"][f"{side}_sensitive"] = {"tags": True, "description": True}
                change["change"][side] = planted(values, change["change"][f"{side}_sensitive"], serial)
    plan["prior_state"] = {
        "format_version": "1.0",
        "values": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_db_instance.prior",
                        "mode": "managed",
                        "type": "aws_db_instance",
                        "name": "prior",
                        "provider_name": "registry.terraform.io/hashicorp/aws",
                        "values": {
                            "password": canary(serial),
                            "engine": "postgres",
                            "identifier": "prior",
                            "kms_key_id": canary(serial),
                        },
                        "sensitive_values": {"password": True, "kms_key_id": True},
                    }
                ]
            }
        },
    }
    return plan


PLANS = sorted(p.parent.name for p in FIXTURES.glob("*/plan.json"))


@pytest.mark.parametrize("case", PLANS)
def test_no_format_shows_a_canary(case: str, tmp_path: Path) -> None:
    plan = with_canaries(json.loads((FIXTURES / case / "plan.json").read_text()))
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    assert CANARY in path.read_text()
    for form in ("table", "markdown", "json", "html", "review-markdown", "svg", "mermaid"):
        done = analyze(str(path), "--format", form, "--all")
        assert done.returncode == 0, done.stderr
        assert CANARY not in done.stdout + done.stderr


def test_an_error_shows_no_canary(tmp_path: Path) -> None:
    plan = with_canaries(json.loads((FIXTURES / PLANS[0] / "plan.json").read_text()))
    path = tmp_path / "plan.json"
    for text in (
        json.dumps(plan)[:-200],
        json.dumps({**plan, "format_version": "9.0"}),
        f'{{"password": "{CANARY}1"}}',
    ):
        path.write_text(text)
        done = analyze(str(path))
        assert done.returncode == 3
        assert CANARY not in done.stdout + done.stderr


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tfsrm", "analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
