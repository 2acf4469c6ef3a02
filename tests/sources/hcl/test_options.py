"""What the user gives beside a directory: variables, workspace, answers of data sources; and errors where it does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.factories import at
from tests.sources.hcl.test_modules import read, tree
from tfsrm import api
from tfsrm.assess.trees import decoded
from tfsrm.cli import application
from tfsrm.errors import InputError, PartialInputError, UsageError
from tfsrm.model.world import Input
from tfsrm.report.view import View

MAIN = """
variable "text" {}
variable "number" { type = number }
variable "list" { type = list(string) }
variable "secret" {
  type      = string
  sensitive = true
}
resource "aws_x_y" "a" {
  text   = var.text
  number = var.number
  list   = var.list
  secret = var.secret
  at     = terraform.workspace
  region = data.aws_region.current.name
  zones  = data.aws_availability_zones.z.names
}
data "aws_region" "current" {}
data "aws_availability_zones" "z" {}
"""


def values(source: Input) -> object:
    return at(source.after, "aws_x_y.a").values


def test_without_values_variables_are_unknown_and_named(tmp_path: Path) -> None:
    source = read(tree(tmp_path, main__tf=MAIN))
    assert values(source) == {"at": "default"}
    [missing] = source.not_seen
    assert missing.what == "var.text, var.number, var.list, var.secret"
    found = at(source.after, "aws_x_y.a")
    assert found.reasons is not None
    assert found.reasons["text"] == "variable text has no value"
    assert found.reasons["region"] == "data.aws_region.current.name is looked up in a plan only"
    assert "secret" not in found.reasons


def test_what_is_given_is_converted_to_its_type(tmp_path: Path) -> None:
    (tmp_path / "more.tfvars").write_text('text = "from file"\nnumber = 1\n')
    source = read(
        tree(tmp_path, main__tf=MAIN),
        variables=("number=7", 'list=["a", "b"]', "secret=a=b"),
        variable_files=(str(tmp_path / "more.tfvars"),),
        workspace="blue",
        data=("aws_region.*.name=eu-west-1", 'data.aws_availability_zones.z.names=["a", "b"]'),
    )
    assert values(source) == {
        "text": "from file",
        "number": 7,
        "list": ["a", "b"],
        "secret": "a=b",
        "at": "blue",
        "region": "eu-west-1",
        "zones": ["a", "b"],
    }
    assert at(source.after, "aws_x_y.a").sensitive == {"secret": True}
    assert source.not_seen == ()


LOOKUPS = """
data "aws_subnets" "s" {}
data "aws_subnet" "s" {
  for_each = toset(data.aws_subnets.s.ids)
  id       = each.value
}
resource "aws_default_subnet" "s" {
  for_each          = data.aws_subnet.s
  availability_zone = each.value.availability_zone
  tags              = data.aws_subnet.s[each.key].tags
}
"""
CALLS = """
module "m" {
  source   = "./m"
  for_each = toset(["a=1", "b"])
}
module "n" {
  source = "./m"
}
"""


def test_what_is_looked_up_can_be_told_for_one_module_and_for_one_instance(tmp_path: Path) -> None:
    """The closest name holds: instance, module instance, module, name anywhere, any name."""
    source = read(
        tree(tmp_path, main__tf=CALLS, m___main__tf=LOOKUPS),
        data=(
            'aws_subnets.*.ids=["any"]',
            "data.aws_subnet.s.availability_zone=anywhere",
            'module.m.data.aws_subnets.s.ids=["m"]',
            'module.m["a=1"].data.aws_subnets.s.ids=["x", "y"]',
            'module.m["a=1"].data.aws_subnet.s.availability_zone=module',
            'module.m["a=1"].aws_subnet.s["y"].availability_zone="[instance]"',
            'aws_subnet.s.tags={ team = "net" }',
        ),
    )
    made = {r.address: decoded(r.values) for r in source.after.resources}
    assert {address: found["availability_zone"] for address, found in made.items()} == {
        'module.m["a=1"].aws_default_subnet.s["x"]': "module",
        'module.m["a=1"].aws_default_subnet.s["y"]': "[instance]",
        'module.m["b"].aws_default_subnet.s["m"]': "anywhere",
        'module.n.aws_default_subnet.s["any"]': "anywhere",
    }
    assert [found["tags"] for found in made.values()] == [{"team": "net"}] * 4
    assert source.caveats == ()


def test_an_answer_that_nothing_asks_for_is_told(tmp_path: Path) -> None:
    source = read(
        tree(tmp_path, main__tf=CALLS, m___main__tf=LOOKUPS), data=("aws_subnet.typo.cidr_block=10.0.0.0/24",)
    )
    assert source.caveats == ("--set-data answers what nothing asks: data.aws_subnet.typo.cidr_block.",)


def test_files_beside_the_configuration_come_before_the_command_line(tmp_path: Path) -> None:
    files = {"terraform__tfvars": 'text = "1"\nnumber = 1\nlist = ["1"]', "b__auto__tfvars": "number = 2\nlist = []"}
    source = read(tree(tmp_path, main__tf=MAIN, **files), variables=("list=[3]",), environment={"TF_VAR_text": "0"})
    assert values(source) == {"text": "1", "number": 2, "list": ["3"], "at": "default"}
    (tmp_path / "terraform.tfvars").unlink()
    source = read(tmp_path, environment={"TF_VAR_text": "0", "TF_VAR_none": "1", "TF_VAR_list": '["e"]'})
    assert values(source) == {"text": "0", "number": 2, "list": [], "at": "default"}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"variables": ("text",)}, "--var: not NAME=VALUE"),
        ({"variables": ("txt=1",)}, "Did you mean text?"),
        ({"variables": ("list=[",)}, "--var list: "),
        ({"variables": ("list=aws_x.y",)}, "--var list: "),
        ({"data": ("aws_region.name=x",)}, "--set-data: not TYPE.NAME.ATTRIBUTE=VALUE"),
        ({"data": ("aws_region.current.name",)}, "--set-data: not TYPE.NAME.ATTRIBUTE=VALUE"),
        ({"data": ("module.m.aws_region.name=x",)}, "--set-data: not TYPE.NAME.ATTRIBUTE=VALUE"),
        ({"data": ('aws_region.current["a.name=x',)}, "--set-data: not TYPE.NAME.ATTRIBUTE=VALUE"),
        ({"data": ("aws_region.current[*].name=x",)}, "--set-data: not TYPE.NAME.ATTRIBUTE=VALUE"),
        ({"data": ("a.b.c=[",)}, "--set-data a.b.c: "),
    ],
)
def test_options_that_cannot_be_used_are_errors(
    tmp_path: Path, option: dict[str, tuple[str, ...]], message: str
) -> None:
    with pytest.raises(UsageError) as found:
        read(tree(tmp_path, main__tf=MAIN), **option)
    assert message in str(found.value)


def test_files_of_variables_that_cannot_be_read_are_errors(tmp_path: Path) -> None:
    tree(tmp_path, main__tf=MAIN, bad__tfvars="text = = 1\n", bad__json="{")
    with pytest.raises(InputError, match=r"none\.tfvars: cannot be read"):
        read(tmp_path, variable_files=(str(tmp_path / "none.tfvars"),))
    with pytest.raises(InputError, match=r"bad\.tfvars:1:8"):
        read(tmp_path, variable_files=(str(tmp_path / "bad.tfvars"),))
    with pytest.raises(InputError, match="malformed JSON"):
        read(tmp_path, variable_files=(str(tmp_path / "bad.json"),))


def test_options_that_do_not_fit_the_input_are_errors(tmp_path: Path) -> None:
    plan = Path(__file__).parents[3] / "fixtures" / "web-app-created" / "plan.json"
    with pytest.raises(UsageError, match="no directory of configuration"):
        api.read_inputs(str(plan), configuration=api.Configuration(variables=("a=b",)))
    with pytest.raises(UsageError, match="--hcl-root"):
        api.read_inputs(str(tree(tmp_path, main__tf=MAIN)), configuration=api.Configuration(root=str(tmp_path)))


def test_what_was_not_read_ends_a_strict_run(tmp_path: Path) -> None:
    tree(tmp_path, main__tf='module "m" { source = "acme/m/aws" }\nresource "aws_vpc" "v" {}\n')
    with pytest.raises(PartialInputError, match="acme/m/aws is not installed") as found:
        api.analyze(api.Request(str(tmp_path), strict=True))
    assert found.value.exit_code == 4


def test_the_command_takes_the_options(tmp_path: Path) -> None:
    tree(tmp_path, main__tf='variable "n" {}\nresource "aws_s3_bucket" "b" { bucket = var.n }\n')
    arguments = ["analyze", str(tmp_path), "--var", "n=x", "--format", "json", "--strict", "-o", str(tmp_path / "out")]
    application()(arguments, standalone_mode=False)
    assert json.loads((tmp_path / "out").read_text())["inputs"][0]["not_seen"] == []


def test_no_secret_is_in_a_report(tmp_path: Path) -> None:
    main = """
variable "s" {
  sensitive = true
  default   = "hunter2"
}
locals { l = { a = "x-${var.s}", b = tonumber(var.s) } }
resource "aws_db_instance" "d" {
  engine         = local.l.a
  instance_class = var.s
  storage_encrypted = local.l.b
  tags           = { (var.s) = 1 }
}
module "m" {
  source = "./child"
  name   = var.s
}
"""
    child = 'variable "name" {}\nresource "aws_s3_bucket" "b" { bucket = var.name }\noutput "o" { value = var.name }\n'
    source = read(tree(tmp_path, main__tf=main, child___main__tf=child))
    assert at(source.after, "module.m.aws_s3_bucket.b").sensitive == {"bucket": True}
    for form in ("table", "markdown", "json"):
        request = api.Request(str(tmp_path), configuration=api.Configuration(project=str(tmp_path)))
        assert "hunter2" not in api.render(api.analyze(request), form, View(everything=True))
