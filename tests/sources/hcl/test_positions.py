"""``--hcl-root``: a plan's evidence gets the file and line of the directory that the plan was made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.sources.hcl.test_modules import tree
from tfsrm import api
from tfsrm.sources import read_bytes
from tfsrm.sources.hcl.positions import laid_on, positions

MAIN = """
locals { target = aws_s3_bucket.b.id }
module "m" {
  source = "./child"
  count  = 2
}
resource "aws_s3_bucket" "b" {
  bucket = "x"
  versioning {
    enabled = true
  }
  dynamic "grant" {
    for_each = []
    content {}
  }
}
module "far" { source = "acme/far/aws" }
"""


def row(address: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    change: dict[str, Any] = {"actions": ["create"], "before": None, "after": {}, "after_unknown": {}}
    provider = "registry.terraform.io/hashicorp/aws"
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": provider,
        "change": change,
        **more,
    }


def test_all_instances_of_a_block_get_its_place(tmp_path: Path) -> None:
    tree(tmp_path, main__tf=MAIN, child___main__tf='\nresource "aws_vpc" "v" {\n cidr_block = "x"\n}\n')
    rows = [row("aws_s3_bucket.b", "aws_s3_bucket", "b"), row("aws_sqs_queue.other", "aws_sqs_queue", "other")]
    rows += [row(f"module.m[{i}].aws_vpc.v", "aws_vpc", "v", module_address=f"module.m[{i}]") for i in (0, 1)]
    calls = {"m": {"source": "./child", "module": {}}}
    plan = {
        "format_version": "1.2",
        "resource_changes": rows,
        "configuration": {"root_module": {"module_calls": calls}},
    }
    [source] = read_bytes(json.dumps(plan).encode())
    found = laid_on(source, positions(str(tmp_path), str(tmp_path)))
    places = {r.address: r.positions for r in found.after.resources}
    child = str(tmp_path / "child/main.tf")
    assert (
        places["module.m[0].aws_vpc.v"] == places["module.m[1].aws_vpc.v"] == {"": (child, 2), "cidr_block": (child, 3)}
    )
    main = str(tmp_path / "main.tf")
    assert places["aws_s3_bucket.b"] == {
        "": (main, 7),
        "bucket": (main, 8),
        "versioning": (main, 9),
        "versioning[0]": (main, 9),
        "versioning[0].enabled": (main, 10),
        "grant": (main, 12),
    }
    assert places["aws_sqs_queue.other"] is None
    assert [n.what for n in found.not_seen] == ["module.far"]
    assert found.after.configuration is not None
    assert found.after.configuration.locals == {"target": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]}}
    assert found.after.configuration.calls["m"].module.locals == {}


def test_a_directory_of_another_plan_is_told(tmp_path: Path) -> None:
    plan = Path(__file__).parents[3] / "fixtures" / "web-app-created" / "plan.json"
    [source] = api.read_inputs(
        str(plan), api.Configuration(root=str(tree(tmp_path, main__tf='resource "aws_x_y" "z" {}')))
    )
    assert source.not_seen[-1].because == "defines none of the resources of this input"


def test_evidence_of_a_plan_names_file_and_line() -> None:
    root = Path(__file__).parents[3] / "fixtures" / "web-app-created"
    request = api.Request(str(root / "plan.json"), configuration=api.Configuration(root=str(root)))
    evidence = [e for d in api.analyze(request).duties for f in d.facets for e in f.evidence if e.file]
    lines = (root / "main.tf").read_text().splitlines()
    assert evidence
    for piece in evidence:
        assert piece.file == str(root / "main.tf")
        assert piece.line is not None
        written = piece.address.split("[")[0].split(".")[-2:] + piece.attribute.replace("[", ".").split(".")
        assert any(name in lines[piece.line - 1] for name in written if name)
