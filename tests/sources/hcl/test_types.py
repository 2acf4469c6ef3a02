"""Type constraints, and what a variable of a type makes of a value."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sources.hcl.expressions import evaluator, outcome, told, tree, value_of
from tfsrm.sources.hcl.types import Type, convert, type_of, variable_value
from tfsrm.sources.hcl.values import EvaluationError, List, Map, Set, Unknown


def constraint(text: str) -> Type:
    """The type that a text names."""
    return type_of(tree(text), lambda node: evaluator().evaluate(node, {}))


def converted(text: str, to: str) -> str:
    """A value converted to a type, as JSON; ``error`` where it is refused."""
    try:
        return told(convert(value_of(text), constraint(to)))
    except EvaluationError:
        return "error"


CASES = [
    ("1", "string", '"1"'),
    ("true", "string", '"true"'),
    ("[]", "string", "error"),
    ("null", "string", "null"),
    ('"5"', "number", "5"),
    ('"x"', "number", "error"),
    ('"true"', "bool", "true"),
    ("1", "bool", "error"),
    ("{ a = [1] }", "any", '{"a":[1]}'),
    ("[1, 2]", "list(string)", '["1","2"]'),
    ("toset([2, 1])", "list(number)", "[1,2]"),
    ('"a"', "list(string)", "error"),
    ("{}", "list(string)", "error"),
    ('["b", "a", "b"]', "set(string)", '["a","b"]'),
    ("{ a = 1, b = true }", "map(string)", '{"a":"1","b":"true"}'),
    ("{ a = 1, b = true }", "map(any)", "error"),
    ('{ a = 1, b = "x" }', "map(any)", '{"a":"1","b":"x"}'),
    ('[1, "x"]', "list(any)", '["1","x"]'),
    ("[{ a = 1 }, { b = 2 }]", "list(any)", '[{"a":1},{"b":2}]'),
    ("[1]", "list", "[1]"),
    ("{ a = 1 }", "map", '{"a":1}'),
    ("[1, true]", "tuple([string, bool])", '["1",true]'),
    ("[1]", "tuple([string, bool])", "error"),
    ("{ a = 1, extra = 2 }", "object({ a = string })", '{"a":"1"}'),
    ("{}", "object({ a = string })", "error"),
    ("{ a = null }", "object({ a = string })", '{"a":null}'),
    ("{}", "object({ a = optional(string) })", '{"a":null}'),
    ("{}", 'object({ a = optional(string, "d") })', '{"a":"d"}'),
    ("{ a = null }", 'object({ a = optional(string, "d") })', '{"a":"d"}'),
    ("{}", "object({ a = optional(string, 5) })", '{"a":"5"}'),
    ("{}", "object({ a = optional(list(string), []) })", '{"a":[]}'),
    ("{ a = {} }", "object({ a = optional(object({ b = optional(number, 1) }), {}) })", '{"a":{"b":1}}'),
    ("{}", "object({ a = optional(object({ b = optional(number, 1) }), {}) })", '{"a":{"b":1}}'),
    ("[{}, { a = 2 }]", "list(object({ a = optional(number, 1) }))", '[{"a":1},{"a":2}]'),
    ("{ x = {} }", "map(object({ a = optional(bool, false) }))", '{"x":{"a":false}}'),
    ('{ x = { a = "1", b = ["c"] } }', "map(object({ a = number, b = set(string) }))", '{"x":{"a":1,"b":["c"]}}'),
    ("tomap({ a = 1 })", "object({ a = number })", '{"a":1}'),
    ("[[1], [2]]", "set(list(number))", "[[1],[2]]"),
]


@pytest.mark.parametrize(("text", "to", "expected"), CASES)
def test_a_value_is_converted_as_terraform_converts_it(text: str, to: str, expected: str) -> None:
    assert converted(text, to) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_itself_converts_so(tmp_path: Path) -> None:
    """Each case is a module with a variable of the type and an output of it; those that are refused are asked one by one."""
    good = [case for case in CASES if case[2] != "error"]
    assert _planned(tmp_path / "good", good) == [expected for _, _, expected in good]
    for position, case in enumerate(CASES):
        if case[2] == "error":
            assert _planned(tmp_path / str(position), [case]) is None, case


def _planned(directory: Path, cases: list[tuple[str, str, str]]) -> list[str] | None:
    """The values of the variables as JSON; None where Terraform refuses."""
    directory.mkdir()
    root = ""
    for position, (text, to, _) in enumerate(cases):
        module = directory / f"m{position}"
        module.mkdir()
        source = 'variable "v" {\n  type = ' + to + '\n}\noutput "v" {\n  value = jsonencode(var.v)\n}\n'
        (module / "main.tf").write_text(source, encoding="utf-8")
        root += f'module "m{position}" {{\n  source = "./m{position}"\n  v = {text}\n}}\n'
        root += f'output "o{position}" {{\n  value = module.m{position}.v\n}}\n'
    (directory / "main.tf").write_text(root, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "CHECKPOINT_DISABLE": "1"}
    for command in (["init"], ["plan", "-out=p"]):
        ran = subprocess.run(["terraform", *command], cwd=directory, env=environment, capture_output=True, check=False)
        if ran.returncode:
            return None
    shown = subprocess.run(
        ["terraform", "show", "-json", "p"], cwd=directory, env=environment, capture_output=True, check=True
    )
    outputs = json.loads(shown.stdout)["planned_values"]["outputs"]
    return [outputs[f"o{position}"]["value"] for position in range(len(cases))]


NO_TYPES = [
    "strin",
    "list()",
    "list(string, number)",
    "object([])",
    "object({ a = b })",
    "5",
    "string[0]",
    "optional(string)",
]


@pytest.mark.parametrize("text", NO_TYPES)
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(EvaluationError):
        constraint(text)


def test_typed_collections_are_told_from_literals() -> None:
    assert type(convert([1], constraint("list(any)"))) is List
    assert type(convert({"a": 1}, constraint("map(any)"))) is Map
    assert type(convert([1], constraint("set(any)"))) is Set
    assert type(convert({"a": 1}, constraint("object({ a = number })"))) is dict


def test_unknown_parts_stay_in_their_places() -> None:
    part = Unknown("not known", of="aws_kms_key.this.arn", kind="string")
    assert convert({"a": part}, constraint("object({ a = string, b = optional(number, 1) })")) == {"a": part, "b": 1}
    assert convert([part], constraint("list(string)")) == List([part])
    whole = convert(Unknown("not known", of="module.m.x"), constraint("list(string)"))
    assert whole == Unknown("not known", of="module.m.x", kind="list")


def test_an_unknown_of_another_kind_is_refused() -> None:
    with pytest.raises(EvaluationError):
        convert(Unknown("not known", kind="string"), constraint("list(string)"))


def test_null_is_the_default_only_where_the_variable_is_not_nullable() -> None:
    text = constraint("string")
    assert variable_value(None, text, nullable=True, default="d", has_default=True) is None
    assert variable_value(None, text, nullable=False, default="d", has_default=True) == "d"
    assert variable_value(5, text, nullable=False, default="d", has_default=True) == "5"
    with pytest.raises(EvaluationError):
        variable_value(None, text, nullable=False, default=None, has_default=False)


def test_the_order_of_a_set_with_unknown_elements_is_not_known() -> None:
    value = convert(Set(["a", Unknown("not known")]), constraint("list(string)"))
    assert isinstance(value, Unknown)
    assert value.kind == "list"


def test_branches_get_their_common_type() -> None:
    assert outcome('[true ? 1 : "a", false ? 1 : "a"]') == '["1","a"]'
