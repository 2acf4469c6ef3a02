"""The files of a root module: which count, in which order, and what is said of those that cannot be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.sources.factories import addresses, at
from tests.sources.hcl.test_modules import read, tree
from tfsrm.errors import InputError
from tfsrm.sources import read as read_any
from tfsrm.sources.hcl import read_directory

VPC = 'resource "aws_vpc" "%s" {}\n'


def test_a_directory_is_read_without_those_below_it(tmp_path: Path) -> None:
    tree(tmp_path, main__tf=VPC % "a", sub___x__tf=VPC % "below", __hidden__tf="not read {{{", other__txt="x")
    [source] = read_any(str(tmp_path))
    assert (source.kind, source.path, addresses(source.after)) == ("hcl", str(tmp_path), ["aws_vpc.a"])
    assert at(source.after, "aws_vpc.a").positions == {"": (str(tmp_path / "main.tf"), 1)}
    assert (source.before, source.not_seen) == (None, ())


def test_files_are_named_as_the_user_names_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, infra___main__tf=VPC % "a")
    monkeypatch.chdir(tmp_path)
    assert at(read_directory("infra").after, "aws_vpc.a").positions == {"": ("infra/main.tf", 1)}
    assert at(read_directory("./infra/").after, "aws_vpc.a").positions == {"": ("infra/main.tf", 1)}
    monkeypatch.chdir(tmp_path / "infra")
    assert at(read_directory(".").after, "aws_vpc.a").positions == {"": ("main.tf", 1)}
    assert read_directory(".").digest == read_directory(str(tmp_path / "infra")).digest


def test_files_of_opentofu_win_over_those_of_terraform(tmp_path: Path) -> None:
    tree(
        tmp_path,
        a__tf=VPC % "tf",
        a__tofu=VPC % "tofu",
        b__tf__json="{}",
        b__tofu__json='{"resource": {}}',
        c__tf=VPC % "c",
    )
    assert addresses(read(tmp_path).after) == ["aws_vpc.c", "aws_vpc.tofu"]


def test_overrides_come_last_whatever_their_names(tmp_path: Path) -> None:
    base = 'resource "aws_vpc" "v" {\n cidr_block = "a"\n instance_tenancy = "default"\n}\nlocals { l = 1 }\n'
    over = json.dumps({"resource": {"aws_vpc": {"v": {"cidr_block": "c"}}}, "locals": {"l": 2}})
    tree(
        tmp_path,
        main__tf=base,
        a_override__tf='resource "aws_vpc" "v" {\n\n cidr_block = "b"\n}\n',
        override__tf__json=over,
        z__tf='resource "aws_subnet" "s" { vpc_id = local.l }\n',
    )
    world = read(tmp_path).after
    vpc = at(world, "aws_vpc.v")
    assert vpc.values == {"cidr_block": "c", "instance_tenancy": "default"}
    assert vpc.positions is not None
    assert vpc.positions["cidr_block"][0] == str(tmp_path / "override.tf.json")
    assert vpc.positions["instance_tenancy"] == (str(tmp_path / "main.tf"), 3)
    assert at(world, "aws_subnet.s").values == {"vpc_id": "2"}


def test_json_syntax_is_read_by_the_schema(tmp_path: Path) -> None:
    """As CDK for Terraform writes it: nothing tells a block from an argument but the provider's schema."""
    document = {
        "//": {"metadata": {}},
        "terraform": {"required_providers": {"aws": {"source": "aws", "version": "6.25.0"}}},
        "provider": {"aws": [{"region": "eu-west-1", "default_tags": [{"tags": {"team": "a"}}]}]},
        "variable": {"on": {"type": "bool", "default": True}, "many": {"type": "map(string)", "default": {"k": "v"}}},
        "data": {
            "aws_iam_policy_document": {
                "d": {
                    "statement": [
                        {"actions": ["s3:*"], "resources": ["*"], "principals": {"type": "AWS", "identifiers": ["*"]}}
                    ]
                }
            }
        },
        "resource": {
            "aws_s3_bucket": {
                "b": {
                    "bucket": "x-${var.many.k}",
                    "lifecycle": {"prevent_destroy": True},
                    "versioning": {"enabled": "${var.on}"},
                    "tags": {"a": "$${b}"},
                }
            },
            "aws_s3_bucket_policy": {
                "p": {"bucket": "${aws_s3_bucket.b.id}", "policy": "${data.aws_iam_policy_document.d.json}"}
            },
            "aws_security_group": {
                "g": {"dynamic": {"ingress": {"for_each": [80, 443], "content": {"from_port": "${ingress.value}"}}}}
            },
        },
    }
    source = read(tree(tmp_path, cdk__tf__json=json.dumps(document, indent=1)))
    assert source.not_seen == ()
    bucket = at(source.after, "aws_s3_bucket.b")
    assert isinstance(bucket.values, dict)
    assert bucket.values["bucket"] == "x-v"
    assert bucket.values["versioning"] == [{"enabled": True}]
    assert bucket.values["tags_all"] == {"team": "a", "a": "${b}"}
    assert "lifecycle" not in bucket.values
    policy = at(source.after, "aws_s3_bucket_policy.p").values
    assert isinstance(policy, dict)
    assert json.loads(policy["policy"])["Statement"][0]["Action"] == "s3:*"
    group = at(source.after, "aws_security_group.g").values
    assert group == {"ingress": [{"from_port": 80}, {"from_port": 443}], "tags_all": {"team": "a"}}
    assert source.after.regions == {"aws": "eu-west-1"}


def test_what_cannot_be_read_of_a_file_is_told_and_the_rest_is_analysed(tmp_path: Path) -> None:
    source = read(tree(tmp_path, good__tf=VPC % "a", bad__tf=f'resource "aws_vpc" "b" {{\n x = = 1\n}}\n{VPC % "c"}'))
    assert addresses(source.after) == ["aws_vpc.a", "aws_vpc.c"]
    [missing] = source.not_seen
    assert missing.what == f"{tmp_path / 'bad.tf'}:2:6"


def test_a_directory_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"without \.tf files"):
        read_any(str(tmp_path))
    tree(tmp_path, main__tf="x = = 1\n", other__tf="{")
    with pytest.raises(InputError, match=r"main\.tf:1:5"):
        read_any(str(tmp_path))
    (tmp_path / "main.tf").write_bytes(b"# a\n# \xff\n")
    with pytest.raises(InputError, match=r"main\.tf:2:1: not valid UTF-8"):
        read_any(str(tmp_path))
    (tmp_path / "main.tf").write_bytes(b"#" * (5 * 1024**2 + 1))
    with pytest.raises(InputError, match="larger than 5 MB"):
        read_any(str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    tree(tmp_path, main__tf=VPC % "a", secret__tf=VPC % "b").joinpath("secret.tf").chmod(0)
    [missing] = read(tmp_path).not_seen
    assert "Permission denied" in missing.because


def test_a_pipe_in_the_place_of_a_file_does_not_stop_the_run(tmp_path: Path) -> None:
    tree(tmp_path, main__tf=VPC % "a")
    os.mkfifo(tmp_path / "pipe.tf")
    os.mkfifo(tmp_path / "terraform.tfvars")
    assert addresses(read(tmp_path).after) == ["aws_vpc.a"]


def test_what_is_defined_twice_is_told(tmp_path: Path) -> None:
    source = read(tree(tmp_path, a__tf=VPC % "a", b__tf=VPC % "a" + "locals { x = 1 }\nlocals { x = 2 }\n"))
    assert addresses(source.after) == ["aws_vpc.a"]
    assert [n.what for n in source.not_seen] == [f"{tmp_path / 'b.tf'}:1", f"{tmp_path / 'b.tf'}:3"]


def test_the_project_is_the_work_tree_of_version_control(tmp_path: Path) -> None:
    tree(tmp_path, infra___main__tf='module "m" { source = "../modules/m" }\n', modules___m___main__tf=VPC % "v")
    assert addresses(read_directory(str(tmp_path / "infra")).after) == []
    (tmp_path / ".git").mkdir()
    assert addresses(read_directory(str(tmp_path / "infra")).after) == ["module.m.aws_vpc.v"]


def test_what_is_not_in_the_report_is_said_before_it(tmp_path: Path) -> None:
    broken = 'resource "aws_vpc" "v" {}\nresource "aws_sns_topic" "t" {\n  name = "x\n}\n'
    source = read(tree(tmp_path, main__tf=broken, calls__tf='module "m" { source = "acme/m/aws" }\n'))
    assert len(source.caveats) == 2
    assert "main.tf:3:" in source.caveats[0]
    assert source.caveats[1].startswith("1 module call was not analysed: module.m (")
