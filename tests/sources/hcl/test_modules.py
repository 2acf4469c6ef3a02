"""Modules: local and installed ones are followed, others are named; inputs, outputs and providers as Terraform has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sources.factories import addresses, at
from tfsrm.model.world import Input
from tfsrm.sources.hcl import Options, read_directory


def tree(root: Path, **files: str) -> Path:
    """Write files; ``__`` in a name stands for a dot, ``___`` for a slash."""
    for name, text in files.items():
        path = root / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def installed(root: Path, **directories: str) -> None:
    """The manifest of ``terraform init``: key -> directory, all from the registry address ``acme/KEY/aws``."""
    modules = [
        {"Key": key, "Source": f"registry.terraform.io/acme/{key}/aws", "Version": "1.2.3", "Dir": directory}
        for key, directory in directories.items()
    ]
    (root / ".terraform/modules").mkdir(parents=True, exist_ok=True)
    (root / ".terraform/modules/modules.json").write_text(json.dumps({"Modules": modules}))


def read(root: Path, **options: Any) -> Input:
    return read_directory(str(root), Options(**{"project": str(root), **options}))


CHILD = """
variable "name" { type = string }
variable "settings" {
  type = object({ days = optional(number, 7), on = optional(bool) })
  default = {}
}
variable "tags" {
  type     = map(string)
  default  = { a = "b" }
  nullable = false
}
resource "aws_s3_bucket" "this" {
  count  = var.settings.days > 0 ? 1 : 0
  bucket = "${var.name}-${var.settings.days}"
  tags   = var.tags
}
output "id" { value = aws_s3_bucket.this[0].id }
output "bucket" { value = one(aws_s3_bucket.this[*].bucket) }
output "secret" {
  value     = "s"
  sensitive = true
}
"""


def test_a_local_module_is_expanded_with_its_inputs_and_outputs(tmp_path: Path) -> None:
    main = """
module "plain" {
  source = "./child"
  name   = "n"
  tags   = null
}
module "many" {
  source   = "./child"
  for_each = { x = "3", y = "0" }
  name     = each.key
  settings = { days = each.value }
}
resource "aws_sns_topic" "t" {
  name         = module.plain.bucket
  display_name = module.many["x"].bucket
  policy       = module.plain.id
  kms_master_key_id = module.plain.secret
}
"""
    source = read(tree(tmp_path, main__tf=main, child___main__tf=CHILD))
    x = 'module.many["x"].aws_s3_bucket.this[0]'
    assert addresses(source.after) == ["aws_sns_topic.t", x, "module.plain.aws_s3_bucket.this[0]"]
    plain = at(source.after, "module.plain.aws_s3_bucket.this[0]")
    assert (plain.module, plain.key) == ("module.plain", 0)
    assert plain.values == {"bucket": "n-7", "tags": {"a": "b"}}
    assert at(source.after, x).values == {"bucket": "x-3", "tags": {"a": "b"}}
    topic = at(source.after, "aws_sns_topic.t")
    assert topic.values == {"name": "n-7", "display_name": "x-3", "kms_master_key_id": "s"}
    assert topic.unknown == {"policy": True}
    assert topic.reasons == {"policy": "known after apply (module.plain.aws_s3_bucket.this[0].id)"}
    assert topic.sensitive == {"kms_master_key_id": True}
    assert source.not_seen == ()


def test_the_configuration_tells_calls_outputs_and_references_through_modules(tmp_path: Path) -> None:
    main = 'module "m" {\n source = "./child"\n name = aws_sns_topic.t.arn\n}\nresource "aws_sns_topic" "t" {}\n'
    configuration = read(tree(tmp_path, main__tf=main, child___main__tf=CHILD)).after.configuration
    assert configuration is not None
    call = configuration.calls["m"]
    assert call.source == "./child"
    assert call.expressions == {"name": {"references": ["aws_sns_topic.t.arn", "aws_sns_topic.t"]}}
    assert call.module.outputs["id"] == {
        "references": ["aws_s3_bucket.this[0].id", "aws_s3_bucket.this[0]", "aws_s3_bucket.this"]
    }
    assert "aws_s3_bucket.this" in call.module.resources
    assert call.module.variables["tags"].has_default


def test_installed_modules_are_read_where_terraform_put_them(tmp_path: Path) -> None:
    main = 'module "net" {\n source = "acme/net/aws"\n version = "~> 1.0"\n}\n'
    files = {
        "main__tf": main,
        "__terraform___modules___net___main__tf": 'module "sub" { source = "./sub" }\n',
        "__terraform___modules___net___sub___main__tf": 'resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }\n',
    }
    installed(tree(tmp_path, **files), net=".terraform/modules/net")
    source = read(tmp_path)
    assert addresses(source.after) == ["module.net.module.sub.aws_vpc.v"]
    positions = at(source.after, "module.net.module.sub.aws_vpc.v").positions
    assert positions is not None
    assert positions["cidr_block"] == (str(tmp_path / ".terraform/modules/net/sub/main.tf"), 1)
    assert source.not_seen == ()


@pytest.mark.parametrize(
    ("source", "because"),
    [
        ("acme/other/aws", "the module from acme/other/aws 1.0 is not installed"),
        ("git::https://example.com/x.git?ref=v1", "is not installed"),
        ("./nowhere", "is not there, or lies outside of the project"),
        ("../../../../../../../../etc", "is not there, or lies outside of the project"),
        ("${var.unknown}", "not written out"),
    ],
)
def test_other_modules_are_named_and_what_they_give_is_unknown(tmp_path: Path, source: str, because: str) -> None:
    main = f"""
variable "unknown" {{
  default = null
}}
module "m" {{
  source  = "{source}"
  version = "1.0"
}}
resource "aws_sns_topic" "t" {{
  name = module.m.name
}}
"""
    found = read(tree(tmp_path, main__tf=main))
    assert at(found.after, "aws_sns_topic.t").unknown == {"name": True}
    [missing] = found.not_seen
    assert missing.what == "module.m"
    assert because in missing.because


def test_another_module_under_an_installed_name_is_not_taken_for_it(tmp_path: Path) -> None:
    main = 'module "net" { source = "acme/another/aws" }\n'
    installed(tree(tmp_path, main__tf=main, m___main__tf='resource "aws_vpc" "v" {}'), net="m")
    [missing] = read(tmp_path).not_seen
    assert "not the one that is installed" in missing.because


def test_how_many_module_instances_is_not_known(tmp_path: Path) -> None:
    main = 'resource "aws_vpc" "v" {}\nmodule "m" {\n source = "./child"\n name = "n"\n for_each = toset([aws_vpc.v.id])\n}\n'
    source = read(tree(tmp_path, main__tf=main, child___main__tf=CHILD))
    assert addresses(source.after) == ["aws_vpc.v", "module.m[*].aws_s3_bucket.this[0]"]
    bucket = at(source.after, "module.m[*].aws_s3_bucket.this[0]")
    assert bucket.possible
    assert not at(source.after, "aws_vpc.v").possible
    [missing] = source.not_seen
    assert (missing.what, "aws_vpc.v.id" in missing.because) == ("module.m", True)


def test_a_count_of_none_or_one_has_the_address_that_it_would_have(tmp_path: Path) -> None:
    main = 'resource "aws_vpc" "v" {}\nresource "aws_s3_bucket" "b" {\n count = aws_vpc.v.id == "x" ? 1 : 0\n}\n'
    bucket = at(read(tree(tmp_path, main__tf=main)).after, "aws_s3_bucket.b[0]")
    assert (bucket.possible, bucket.key) == (True, 0)


def test_providers_are_passed_on_and_their_regions_and_tags_hold(tmp_path: Path) -> None:
    main = """
provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { team = "a", env = "x" } }
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
module "m" {
  source    = "./child"
  providers = { aws.other = aws.us }
}
"""
    child = """
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}
data "aws_region" "here" {}
data "aws_partition" "here" { provider = aws.other }
resource "aws_s3_bucket" "a" {
  bucket = "b-${data.aws_region.here.name}"
  tags   = { env = "y" }
}
resource "aws_s3_bucket" "b" {
  provider = aws.other
  bucket   = "b-${data.aws_partition.here.partition}"
  tags     = { env = "y" }
}
"""
    world = read(tree(tmp_path, main__tf=main, child___main__tf=child)).after
    a, b = at(world, "module.m.aws_s3_bucket.a"), at(world, "module.m.aws_s3_bucket.b")
    assert (a.provider_config, b.provider_config) == ("aws", "aws.us")
    assert world.regions == {"aws": "eu-west-1", "aws.us": "us-east-1"}
    assert a.values == {"bucket": "b-eu-west-1", "tags": {"env": "y"}, "tags_all": {"team": "a", "env": "y"}}
    assert b.values == {"bucket": "b-aws", "tags": {"env": "y"}}


def test_a_provider_of_the_module_itself_has_a_key_of_its_own(tmp_path: Path) -> None:
    child = 'provider "aws" { region = "eu-north-1" }\nresource "aws_vpc" "v" {}\n'
    world = read(tree(tmp_path, main__tf='module "m" { source = "./child" }\n', child___main__tf=child)).after
    assert at(world, "module.m.aws_vpc.v").provider_config == "module.m:aws"
    assert world.regions == {"module.m:aws": "eu-north-1"}


def test_moved_removed_import_check_and_ephemeral_blocks_make_no_resources(tmp_path: Path) -> None:
    main = """
moved {
  from = aws_vpc.old
  to   = aws_vpc.v
}
removed {
  from = aws_vpc.gone
  lifecycle { destroy = false }
}
import {
  to = aws_vpc.v
  id = "vpc-1"
}
check "c" {
  assert {
    condition     = true
    error_message = "x"
  }
}
ephemeral "aws_secretsmanager_secret_version" "e" { secret_id = "x" }
resource "aws_vpc" "v" { cidr_block = ephemeral.aws_secretsmanager_secret_version.e.secret_string }
"""
    source = read(tree(tmp_path, main__tf=main))
    assert addresses(source.after) == ["aws_vpc.v"]
    assert at(source.after, "aws_vpc.v").unknown == {"cidr_block": True}
    assert at(source.after, "aws_vpc.v").sensitive == {"cidr_block": True}


def test_configured_attributes_of_other_resources_are_known_and_computed_ones_keep_their_identity(
    tmp_path: Path,
) -> None:
    main = """
resource "aws_security_group" "s" {
  name = "n"
  ingress { from_port = 1 }
}
resource "aws_sns_topic" "t" {
  name         = aws_security_group.s.name
  display_name = aws_security_group.s.ingress[0].from_port
  policy       = aws_security_group.s.arn
  tags         = { all = length(aws_security_group.s.egress) }
}
resource "aws_s3_bucket" "b" {
  count = try(aws_security_group.s.of_another_version, null) == null ? 1 : 0
}
"""
    source = read(tree(tmp_path, main__tf=main))
    topic = at(source.after, "aws_sns_topic.t")
    assert topic.values == {"name": "n", "display_name": "1", "tags": {}}
    assert topic.unknown == {"policy": True, "tags": {"all": True}}
    assert topic.reasons is not None
    assert topic.reasons["policy"] == "known after apply (aws_security_group.s.arn)"
    assert at(source.after, "aws_s3_bucket.b[0]").possible


def test_data_sources_that_wait_for_something_to_be_made_are_not_told(tmp_path: Path) -> None:
    main = """
provider "aws" { region = "eu-west-1" }
resource "aws_vpc" "v" {}
module "late" {
  source     = "./child"
  depends_on = [aws_vpc.v]
}
module "now" { source = "./child" }
"""
    child = """
data "aws_partition" "p" {}
data "aws_iam_policy_document" "d" {
  statement { actions = ["s3:*"] }
}
resource "aws_sns_topic" "t" {
  name   = data.aws_partition.p.partition
  policy = data.aws_iam_policy_document.d.json
}
"""
    world = read(tree(tmp_path, main__tf=main, child___main__tf=child)).after
    assert at(world, "module.late.aws_sns_topic.t").unknown == {"name": True, "policy": True}
    assert at(world, "module.now.aws_sns_topic.t").unknown is None
    late = at(world, "module.late.data.aws_iam_policy_document.d")
    assert (late.values, late.unknown) == ({"statement": [{"actions": ["s3:*"]}]}, {"json": True})


def test_try_tells_no_more_than_terraforms_own(tmp_path: Path) -> None:
    main = """
resource "aws_vpc" "v" {}
locals {
  settings = { id = aws_vpc.v.id, name = "n" }
  data     = { id = data.aws_ami.a.id, name = "n" }
}
data "aws_ami" "a" {}
resource "aws_x_y" "z" {
  whole  = try(local.settings, {})
  part   = try(local.settings.name, "")
  looked = try(local.data, {}).name
}
"""
    found = at(read(tree(tmp_path, main__tf=main)).after, "aws_x_y.z")
    assert found.values == {"part": "n", "looked": "n"}
    assert found.unknown == {"whole": True}


# Hostile trees ---------------------------------------------------------------------------------------------------------


def test_a_module_that_calls_itself_is_looked_at_once(tmp_path: Path) -> None:
    child = 'module "again" { source = "../child" }\nresource "aws_vpc" "v" {}\n'
    source = read(tree(tmp_path, main__tf='module "m" { source = "./child" }\n', child___main__tf=child))
    assert addresses(source.after) == ["module.m.aws_vpc.v"]
    assert [(n.what, n.because) for n in source.not_seen] == [("module.m.module.again", "the module calls itself")]


def test_modules_that_double_at_every_level_end_at_a_limit(tmp_path: Path) -> None:
    files = {"main__tf": 'module "a" { source = "./m0" }\nmodule "b" { source = "./m0" }\n'}
    for level in range(15):
        inner = f'"../m{level + 1}"'
        files[f"m{level}___main__tf"] = f'module "a" {{ source = {inner} }}\nmodule "b" {{ source = {inner} }}\n'
    files["m15___main__tf"] = 'resource "aws_vpc" "v" {}\n'
    source = read(tree(tmp_path, **files))
    assert any("more than 5000 module instances" in n.because for n in source.not_seen)


@pytest.mark.slow
def test_huge_counts_and_instances_of_instances_end_at_a_limit(tmp_path: Path) -> None:
    main = """
resource "aws_vpc" "huge" { count = 1000000000 }
resource "aws_vpc" "many" {
  count      = 2000
  cidr_block = "10.0.0.0/16"
}
module "m" {
  source = "./child"
  count  = 2000
}
"""
    child = 'resource "aws_vpc" "v" { count = 2000 }\n'
    source = read(tree(tmp_path, main__tf=main, child___main__tf=child))
    assert len(source.after.resources) <= 50_000
    said = [n.because for n in source.not_seen]
    assert any("count is more than 2000" in because for because in said)
    assert any("more than 50000 instances and blocks are not looked at" in because for because in said)


def test_a_large_module_that_is_called_a_thousand_times_ends_at_a_limit(tmp_path: Path) -> None:
    calls = "".join(f'module "m{i}" {{ source = "./child" }}\n' for i in range(1000))
    blocks = "".join(f'resource "aws_vpc" "v{i}" {{ count = 0 }}\n' for i in range(1000))
    source = read(tree(tmp_path, main__tf=calls, child___main__tf=blocks))
    assert sum("200000 blocks are not looked at" in n.because for n in source.not_seen) > 700


def test_blocks_in_blocks_in_instances_end_at_a_limit(tmp_path: Path) -> None:
    block = "  rule {\n" + "".join(f"    a{i} = 1\n" for i in range(100)) + "  }\n"
    main = f'resource "aws_x_y" "a" {{\n  count = 2000\n{block * 100}}}\n'
    source = read(tree(tmp_path, main__tf=main))
    assert 90 < len(source.after.resources) < 600
    assert source.not_seen[-1].because == "more than 50000 instances and blocks are not looked at"


def test_links_out_of_the_project_are_not_followed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    tree(outside, main__tf='resource "aws_vpc" "secret" {}\n', secret__txt="s")
    tree(root, main__tf='module "m" { source = "./child" }\nresource "aws_vpc" "v" { cidr_block = file("s.txt") }\n')
    (root / "child").symlink_to(outside)
    (root / "more.tf").symlink_to(outside / "main.tf")
    (root / "s.txt").symlink_to(outside / "secret.txt")
    (root / "loop.tf").symlink_to(root / "loop.tf")
    source = read(root)
    assert addresses(source.after) == ["aws_vpc.v"]
    assert at(source.after, "aws_vpc.v").unknown == {"cidr_block": True}
    assert {n.because for n in source.not_seen} == {
        "a link that leads out of the project",
        "the module from ./child is not there, or lies outside of the project",
    }


def test_a_manifest_does_not_lead_out_of_the_project(tmp_path: Path) -> None:
    tree(tmp_path / "outside", main__tf='resource "aws_vpc" "secret" {}\n')
    root = tree(tmp_path / "root", main__tf='module "net" { source = "acme/net/aws" }\n')
    installed(root, net="../outside")
    source = read(root)
    assert addresses(source.after) == []
    assert "not where it was installed" in source.not_seen[0].because
    (root / ".terraform/modules/modules.json").write_text("{")
    assert {n.what for n in read(root).not_seen} == {".terraform/modules/modules.json", "module.net"}


def test_definitions_that_lead_back_to_themselves_are_unknown(tmp_path: Path) -> None:
    main = """
locals {
  a = local.b
  b = local.a
}
resource "aws_vpc" "v" {
  cidr_block = local.a
  tags       = { x = aws_vpc.v.tags }
}
resource "aws_vpc" "w" { count = length(aws_vpc.w) }
module "m" {
  source = "./child"
  name   = module.m.bucket
}
"""
    source = read(tree(tmp_path, main__tf=main, child___main__tf=CHILD))
    assert at(source.after, "aws_vpc.v").values == {"tags": {}}
    assert "aws_vpc.w[*]" in addresses(source.after)
    assert "bucket" not in (at(source.after, "module.m.aws_s3_bucket.this[0]").values or {})  # type: ignore[operator]


@pytest.mark.slow
def test_values_that_grow_deeper_with_every_local_crash_nothing(tmp_path: Path) -> None:
    deep = "[" * 90 + "local.l%d" + "]" * 90
    chain = "\n".join(f"  l{i} = {deep % (i + 1)}" for i in range(80))
    uses = "\n".join(f"  a{i} = length(local.l{i})" for i in reversed(range(80)))
    main = f'locals {{\n{chain}\n  l80 = "end"\n}}\nresource "aws_x_y" "v" {{\n{uses}\n  z = local.l0\n}}\n'
    found = at(read(tree(tmp_path, main__tf=main)).after, "aws_x_y.v")
    assert found.reasons is not None
    assert found.reasons["z"].startswith("over the limit")


def test_a_long_chain_of_locals_is_followed(tmp_path: Path) -> None:
    chain = "\n".join(f"  l{i} = local.l{i + 1}" for i in range(90))
    main = f'locals {{\n{chain}\n  l90 = "end"\n}}\nresource "aws_vpc" "v" {{\n cidr_block = local.l0\n}}\n'
    assert at(read(tree(tmp_path, main__tf=main)).after, "aws_vpc.v").values == {"cidr_block": "end"}
    chain = "\n".join(f"  l{i} = local.l{i + 1}" for i in range(5000))
    main = f'locals {{\n{chain}\n  l5000 = "end"\n}}\nresource "aws_vpc" "v" {{\n cidr_block = local.l0\n}}\n'
    assert at(read(tree(tmp_path, main__tf=main)).after, "aws_vpc.v").unknown == {"cidr_block": True}
