"""The four states of a value: known, absent, left to AWS, unknown."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.factories import constant, index, module, refers, resource, world
from tfsrm.assess.paths import ABSENT, EACH, KNOWN, LEFT, UNKNOWN, Reading, segments
from tfsrm.model.world import NOT_EVALUATED, ModuleCall, Variable

COMPUTED = {"aws_x": ["key", "block.key"]}


def read(path: str, values: dict[str, Any], unknown: Any = None, config: Any = None) -> list[Reading]:
    """The readings of a path of ``aws_x.a``."""
    root = module({"aws_x.a": config}) if config is not None else None
    made = index(world(resource("aws_x.a", values, unknown=unknown), config=root), COMPUTED)
    return made.subjects["aws_x.a"].read(path)


def test_segments_split_names_indexes_and_quoted_keys() -> None:
    assert segments('a[*].b[0].c["d.e"]') == ("a", EACH, "b", 0, "c", "d.e")


@pytest.mark.parametrize("path", ["a..b", "a[", "a b", "[x]"])
def test_what_is_not_a_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not an attribute path"):
        segments(path)


def test_a_value_that_an_expression_sets_is_known_and_not_an_observation() -> None:
    (found,) = read("key", {"key": "k"}, config={"key": constant("k")})
    assert (found.state, found.value, found.observed) == (KNOWN, "k", False)


def test_null_is_absent() -> None:
    assert read("key", {"key": None}, config={})[0].state == ABSENT


def test_unknown_without_an_expression_is_left_to_aws() -> None:
    assert read("key", {}, {"key": True}, config={})[0].state == LEFT


def test_unknown_from_another_resource_is_unknown_and_says_from_where() -> None:
    (found,) = read("key", {}, {"key": True}, config={"key": refers("aws_y.b.id")})
    assert found.state == UNKNOWN
    assert "aws_y.b.id" in found.because


def test_what_a_block_without_instances_would_give_is_not_awaited() -> None:
    """``var.make ? aws_y.b[0].name : var.name`` with ``make`` false and no name: AWS chooses, nobody set it."""
    config = {"key": {"references": ["aws_y.b[0].name", "aws_y.b[0]", "aws_y.b"]}}
    of = resource("aws_x.a", unknown={"key": True})
    absent = index(world(of, config=module({"aws_x.a": config, "aws_y.b": {}})), COMPUTED)
    assert absent.subjects["aws_x.a"].read("key")[0].state == LEFT
    there = world(of, resource("aws_y.b[0]", unknown={"name": True}), config=module({"aws_x.a": config, "aws_y.b": {}}))
    assert index(there, COMPUTED).subjects["aws_x.a"].read("key")[0].state == UNKNOWN
    not_written = index(world(of, config=module({"aws_x.a": config})), COMPUTED)
    assert not_written.subjects["aws_x.a"].read("key")[0].state == UNKNOWN


def test_unknown_through_a_local_is_unknown() -> None:
    """Plan JSON does not define locals."""
    assert read("key", {}, {"key": True}, config={"key": refers("local.key")})[0].state == UNKNOWN


def test_a_variable_chain_that_ends_in_null_is_left_to_aws() -> None:
    """Had the expression a value, the plan would show it."""
    inner = module(
        {"aws_x.a": {"key": refers("var.key")}}, variables={"key": Variable(has_default=True, default_is_null=True)}
    )
    outer = module(
        calls={"m": ModuleCall(expressions={"key": refers("var.key")}, module=inner)},
        variables={"key": Variable(has_default=True, default_is_null=True)},
    )
    made = index(world(resource("module.m.aws_x.a", {}, unknown={"key": True}), config=outer), COMPUTED)
    assert made.subjects["module.m.aws_x.a"].read("key")[0].state == LEFT


def test_a_module_input_that_comes_from_a_resource_stays_unknown() -> None:
    inner = module({"aws_x.a": {"key": refers("var.key")}}, variables={"key": Variable()})
    outer = module({"aws_y.b": {}}, calls={"m": ModuleCall(expressions={"key": refers("aws_y.b.arn")}, module=inner)})
    made = index(
        world(
            resource("module.m.aws_x.a", {}, unknown={"key": True}),
            resource("aws_y.b", {}, unknown={"arn": True}),
            config=outer,
        ),
        COMPUTED,
    )
    assert made.subjects["module.m.aws_x.a"].read("key")[0].state == UNKNOWN


def test_a_known_value_that_nobody_set_is_an_observation() -> None:
    (found,) = read("key", {"key": "aws/rds"}, config={})
    assert found.observed


def test_a_state_does_not_say_who_set_a_computed_value() -> None:
    (found,) = read("key", {"key": "aws/rds"})
    assert found.doubtful


def test_an_element_of_a_list_that_is_not_yet_known_is_unknown() -> None:
    for path in ("subnets[1]", "subnets[*]"):
        (found,) = read(path, {}, {"subnets": True}, {"subnets": refers("aws_y.b.ids")})
        assert found.state == UNKNOWN, path
    assert read("subnets[1]", {"subnets": ["a"]}, config={"subnets": constant(["a"])})[0].state == ABSENT


def test_a_path_through_an_empty_list_is_absent() -> None:
    assert [r.state for r in read("block[*].key", {"block": []}, config={})] == [ABSENT]


def test_each_element_is_read_with_its_own_path() -> None:
    values = {"block": [{"key": 1}, {"key": 2}]}
    found = read("block[*].key", values, config={"block": [{"key": constant(1)}, {"key": constant(2)}]})
    assert [(r.path, r.value) for r in found] == [("block[0].key", 1), ("block[1].key", 2)]


def test_elements_of_a_dynamic_block_do_not_say_who_set_their_parts() -> None:
    """Plan JSON leaves dynamic blocks out of the configuration."""
    (found,) = read("block[*].key", {"block": [{}]}, {"block": [{"key": True}]}, config={})
    assert found.state == UNKNOWN


def test_a_masked_element_is_unknown_where_the_list_is_known() -> None:
    found = read(
        "block[*].key", {"block": [{}]}, {"block": [{"key": True}]}, config={"block": [{"key": refers("aws_y.b.id")}]}
    )
    assert found[0].state == UNKNOWN


def test_a_block_that_aws_does_not_fill_in_is_unknown_by_a_dynamic_block_only() -> None:
    """Plan JSON leaves dynamic blocks out of the configuration; real ones are unknown as a whole."""
    (found,) = read("other", {}, {"other": True}, config={})
    assert (found.state, found.because) == (UNKNOWN, "known after apply: a dynamic block writes it")
    # AWS fills in one attribute of this block, if there is one; the block itself is not there unless written.
    assert read("block", {}, {"block": True}, config={})[0].state == UNKNOWN
    assert read("block[*].key", {}, {"block": True}, config={})[0].state == UNKNOWN
    assert read("block[*].key", {"block": [{}]}, {"block": [{"key": True}]}, config={"block": [{}]})[0].state == LEFT
    assert read("key.inner", {}, {"key": True}, config={})[0].state == LEFT


def test_an_expression_that_was_not_evaluated_does_not_pass_for_null() -> None:
    """HCL: a function that cannot be computed refers to nothing that is unknown, and yet it is no null."""
    assert read("key", {}, {"key": True}, config={"key": {"references": ["var.x"]}})[0].state == LEFT
    assert read("key", {}, {"key": True}, config={"key": {"references": ["var.x", NOT_EVALUATED]}})[0].state == UNKNOWN


def test_a_null_through_a_local_is_not_told_even_where_the_local_is_defined() -> None:
    root = module({"aws_x.a": {"key": refers("local.key")}})
    root = msgspec.structs.replace(root, locals={"key": constant(None)})
    made = index(world(resource("aws_x.a", unknown={"key": True}), config=root), COMPUTED)
    assert made.subjects["aws_x.a"].read("key")[0].state == UNKNOWN


def test_the_reason_of_the_source_is_told_for_the_value_or_the_block_that_it_stands_in() -> None:
    reasons = {"key": "variable key has no value", "block": "data.aws_y.z.rules is looked up in a plan only"}
    config = {"key": {"references": ["var.key", NOT_EVALUATED]}, "block": {"references": [NOT_EVALUATED]}}
    of = resource("aws_x.a", unknown={"key": True, "block": True, "other": True}, reasons=reasons)
    subject = index(world(of, config=module({"aws_x.a": config})), COMPUTED).subjects["aws_x.a"]
    assert subject.read("key")[0].because == "variable key has no value"
    assert subject.read("block[*].key")[0].because == "data.aws_y.z.rules is looked up in a plan only"


def test_what_the_configuration_tells_of_an_unknown_value_stays() -> None:
    config = module({"aws_x.a": {"key": refers("aws_y.b.id")}})
    of = resource("aws_x.a", unknown={"key": True}, reasons={"key": "known after apply (aws_y.b.id)"})
    (found,) = index(world(of, config=config), COMPUTED).subjects["aws_x.a"].read("key")
    assert found.because == "known after apply: it depends on aws_y.b.id"
