"""Each operator: yes, no, not yet known."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.factories import asked, constant, module, refers, resource, world
from tfsrm.assess.conditions import Answer, Place, evaluate
from tfsrm.model.catalog import Lifecycle
from tfsrm.model.condition import Condition, Default

DEFAULT = {"value": False, "source": "https://docs.aws.amazon.com/default.html"}


def ask(condition: dict[str, Any], values: dict[str, Any], unknown: Any = None, config: Any = None) -> Answer:
    expressions = {k: constant(v) for k, v in values.items()} if config is None else config
    of = world(resource("aws_x.a", values, unknown=unknown), config=module({"aws_x.a": expressions}))
    subject, ctx = asked(of, "aws_x.a", computed={"aws_x": ["c"]}, created=None)
    return evaluate(msgspec.convert(condition, Condition), Place(subject, subject.root), ctx)


@pytest.mark.parametrize(
    ("condition", "values", "answer"),
    [
        ({"equals": True}, {"a": True}, True),
        ({"equals": True}, {"a": "true"}, True),
        ({"equals": True}, {"a": 1}, False),
        ({"equals": 30}, {"a": "30"}, True),
        ({"equals": "x"}, {"a": "y"}, False),
        ({"one_of": ["x", "y"]}, {"a": "y"}, True),
        ({"one_of": ["x"]}, {"a": "y"}, False),
        ({"at_least": 7}, {"a": 7}, True),
        ({"at_least": 7}, {"a": "6"}, False),
        ({"at_most": 7}, {"a": 8}, False),
        ({"matches": "^arn:"}, {"a": "arn:aws"}, True),
        ({"matches": "^arn:"}, {"a": "x"}, False),
        ({"matches": "(?i)^(tcp|6)$"}, {"a": "TCP"}, True),
        ({"matches": "(?i)^(tcp|6)$"}, {"a": "tcp6"}, False),
        ({"matches": "^(a|b)$"}, {"a": "b"}, True),
        ({"matches": "^(a|b)$"}, {"a": "A"}, False),
        ({"matches": "sha256:"}, {"a": "x@sha256:1"}, True),
        ({"starts_with": ["custom-"]}, {"a": "custom-oracle-ee"}, True),
        ({"contains": "audit"}, {"a": ["audit", "error"]}, True),
        ({"contains": "audit"}, {"a": ["error"]}, False),
        ({"contains": "rds"}, {"a": "aws/rds"}, True),
        ({"open_cidr": True}, {"a": ["10.0.0.0/8", "0.0.0.0/0"]}, True),
        ({"open_cidr": True}, {"a": "::/0"}, True),
        ({"open_cidr": True}, {"a": ["10.0.0.0/8"]}, False),
        ({"cidr_wider_than": 16}, {"a": "10.0.0.0/8"}, True),
        ({"cidr_wider_than": 16}, {"a": "10.0.0.0/16"}, False),
        ({"present": True}, {"a": "x"}, True),
        ({"present": True}, {"a": ""}, False),
        ({"present": True}, {"a": []}, False),
        ({"absent": True}, {}, True),
        ({"present": True}, {}, False),
    ],
)
def test_an_operator_on_a_known_value(condition: dict[str, Any], values: dict[str, Any], answer: bool) -> None:
    assert ask({"attribute": "a", **condition}, values).value is answer


@pytest.mark.parametrize(
    "operator", [{"equals": True}, {"at_least": 1}, {"matches": "x"}, {"contains": "x"}, {"open_cidr": True}]
)
def test_an_unknown_value_answers_nothing(operator: dict[str, Any]) -> None:
    """An unknown value is never unmet; absence of data is never met."""
    assert ask({"attribute": "a", **operator}, {}, {"a": True}, {"a": refers("aws_y.b.id")}).value is None


def test_a_value_set_from_another_resource_is_present_although_unknown() -> None:
    assert ask({"attribute": "a", "present": True}, {}, {"a": True}, {"a": refers("aws_y.b.id")}).value is True


def test_a_sourced_default_decides_what_nobody_set() -> None:
    answer = ask({"attribute": "a", "equals": False, "default": DEFAULT}, {})
    assert (answer.value, answer.by) == (True, "default")
    assert answer.evidence[0].source == DEFAULT["source"]


def test_a_default_decides_what_is_left_to_aws() -> None:
    answer = ask({"attribute": "c", "equals": False, "default": DEFAULT}, {}, {"c": True}, {})
    assert (answer.value, answer.by) == (True, "default")


def test_without_a_default_what_nobody_set_is_not_known() -> None:
    assert ask({"attribute": "a", "equals": True}, {}).value is None


def test_a_default_that_changed_decides_nothing_for_older_objects() -> None:
    default = {**DEFAULT, "since": date(2023, 4, 1)}
    condition = msgspec.convert({"attribute": "a", "equals": False, "default": default}, Condition)
    of = world(resource("aws_x.a"), config=module({"aws_x.a": {}}))
    for created, answer in ((frozenset({"aws_x.a"}), True), (frozenset[str](), None)):
        subject, ctx = asked(of, "aws_x.a", created=created)
        assert evaluate(condition, Place(subject, subject.root), ctx).value is answer


def test_an_observation_is_not_present_but_can_be_compared() -> None:
    assert ask({"attribute": "c", "present": True}, {"c": "aws/rds"}, config={}).value is False
    assert ask({"attribute": "c", "equals": "aws/rds"}, {"c": "aws/rds"}, config={}).value is True


@pytest.mark.parametrize(
    ("join", "answer"),
    [
        ({"any_of": ["yes", "unknown"]}, True),
        ({"any_of": ["no", "unknown"]}, None),
        ({"any_of": ["no", "no"]}, False),
        ({"all_of": ["yes", "unknown"]}, None),
        ({"all_of": ["no", "unknown"]}, False),
        ({"all_of": ["yes", "yes"]}, True),
        ({"none_of": ["no", "unknown"]}, None),
        ({"none_of": ["no", "no"]}, True),
        ({"none_of": ["yes", "unknown"]}, False),
    ],
)
def test_joins_have_three_answers(join: dict[str, list[str]], answer: bool | None) -> None:
    leaves = {
        "yes": {"attribute": "a", "equals": True},
        "no": {"attribute": "a", "equals": False},
        "unknown": {"attribute": "u", "equals": True},
    }
    condition = {name: [leaves[p] for p in parts] for name, parts in join.items()}
    assert ask(condition, {"a": True}, {"u": True}, {"a": constant(True), "u": refers("aws_y.b.id")}).value is answer


def test_each_and_some_look_at_the_elements() -> None:
    values = {"b": [{"p": 22}, {"p": 443}]}
    assert ask({"attribute": "b", "some": {"attribute": "p", "equals": 22}}, values).value is True
    assert ask({"attribute": "b", "each": {"attribute": "p", "equals": 22}}, values).value is False
    assert ask({"attribute": "b", "each": {"attribute": "p", "equals": 22}}, {"b": []}).value is True
    assert ask({"attribute": "b", "some": {"attribute": "p", "equals": 22}}, {"b": []}).value is False
    assert ask({"attribute": "l", "some": {"attribute": "", "equals": "x"}}, {"l": ["x"]}).value is True


def test_an_empty_list_is_a_reason_of_its_own() -> None:
    for quantifier in ("each", "some"):
        assert (
            ask({"attribute": "b", quantifier: {"attribute": "p", "equals": 22}}, {"b": []}).because == "there is no b"
        )


def test_an_unknown_list_answers_nothing() -> None:
    some = {"attribute": "b", "some": {"attribute": "p", "equals": 22}}
    assert ask(some, {}, {"b": True}, {"b": refers("aws_y.b.id")}).value is None


def test_json_text_is_asked_inside() -> None:
    values = {"definitions": '[{"name": "a"}, {"name": "b", "privileged": true}]'}
    leaf = {"attribute": "definitions", "json_path": "[*].privileged", "equals": False, "default": DEFAULT}
    assert ask(leaf, values).value is False
    assert ask(leaf, {"definitions": "[{}]"}).value is True
    assert ask(leaf, {"definitions": "not json"}).value is None
    assert ask({**leaf, "attribute": "c"}, {"c": ""}, config={}).value is True  # nobody wrote it, so the default holds


def test_supported_on_knows_three_answers() -> None:
    life = msgspec.convert(
        {
            "id": "engine",
            "title": "Engine",
            "sources": [],
            "ended_before": "10.4",
            "versions": [{"version": "12", "until": "2025-02-28"}, {"version": "16"}],
        },
        Lifecycle,
    )
    answers = {
        "12.7": False,
        "16.1": True,
        "99": None,
        "9.6": False,
        "10.3.9": False,
        "10": None,
        "10.5": None,
        "x": None,
    }
    for version, answer in answers.items():
        of = world(resource("aws_x.a", {"v": version}), config=module({"aws_x.a": {"v": constant(version)}}))
        subject, ctx = asked(of, "aws_x.a")
        ctx = msgspec.structs.replace(ctx, lifecycles={"engine": life})
        condition = Condition(attribute="v", supported_on="engine")
        assert evaluate(condition, Place(subject, subject.root), ctx).value is answer


@pytest.mark.parametrize(
    ("named", "own", "answer", "says"),
    [
        ("eu-west-1", "eu-west-1", True, "source is eu-west-1, the Region of the resource too"),
        ("eu-west-1", "eu-central-1", False, "source is eu-west-1, the resource is in eu-central-1"),
        ("arn:aws:rds:eu-west-1:111122223333:snapshot:a", "eu-west-1", True, "source is in eu-west-1, the Region of"),
        ("snapshot-a", "eu-west-1", None, "the Region in source is not on record here"),
        ("eu-west-1", None, None, "the Region of the resource is not on record here"),
    ],
)
def test_own_region_compares_with_where_the_resource_is(
    named: str, own: str | None, answer: bool | None, says: str
) -> None:
    found = ask({"attribute": "source", "own_region": True}, {"source": named} | ({"region": own} if own else {}))
    assert found.value is answer
    assert found.because.startswith(says)


def test_a_sensitive_value_is_never_shown() -> None:
    of = world(
        resource("aws_x.a", {"a": "hunter2"}, sensitive={"a": True}),
        config=module({"aws_x.a": {"a": constant("hunter2")}}),
    )
    subject, ctx = asked(of, "aws_x.a")
    answer = evaluate(Condition(attribute="a", equals="hunter2"), Place(subject, subject.root), ctx)
    assert "hunter2" not in repr(answer)
    assert answer.evidence[0].withheld == "sensitive"


ABSENT = Condition(companion="aws_host", by="host", absent=True)


@pytest.mark.parametrize(
    ("host", "here"), [("h-1", True), ("elsewhere", False)], ids=["one that is here", "one that is not in this plan"]
)
def test_whether_a_companion_is_here_is_always_known(host: str, here: bool) -> None:
    of = world(resource("aws_host.a", {"id": "h-1"}), resource("aws_companion.c", {"host": host}))
    subject, ctx = asked(of, "aws_companion.c")
    assert evaluate(ABSENT, Place(subject, subject.root), ctx).value is not here


def test_of_doubtful_companions_that_all_say_no_it_does_not_matter_which() -> None:
    condition = Condition(companion="aws_companion", linked_by="host", attribute="open", equals=True)
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("local.host")}})

    def answer(*opened: bool) -> bool | None:
        rules = [resource(f"aws_companion.c[{i}]", {"open": o}, unknown={"host": True}) for i, o in enumerate(opened)]
        of = world(resource("aws_host.a", unknown={"id": True}), *rules, config=config)
        subject, ctx = asked(of, "aws_host.a")
        return evaluate(condition, Place(subject, subject.root), ctx).value

    assert answer(False, False) is False
    assert answer(False, True) is None


@pytest.mark.parametrize(
    ("leaf", "value", "says"),
    [
        ({"open_cidr": True}, ["10.0.0.0/8", "10.1.0.0/16"], "a includes neither 0.0.0.0/0 nor ::/0"),
        ({"open_cidr": True}, [], "a is empty"),
        ({"contains": "audit"}, ["error", "slow"], "a does not hold audit"),
        ({"matches": "secret"}, "x" * 200, "a does not mention secret"),
        ({"equals": "b", "default": Default(value=None, source="https://docs.aws.amazon.com/x")}, None, "a is not set"),
    ],
)
def test_a_reason_says_what_was_found_out(leaf: dict[str, Any], value: Any, says: str) -> None:
    of = world(resource("aws_x.a", {"a": value}), config=module({"aws_x.a": {"a": constant(value)}}))
    subject, ctx = asked(of, "aws_x.a")
    assert evaluate(Condition(attribute="a", **leaf), Place(subject, subject.root), ctx).because == says


@pytest.mark.parametrize(
    ("zones", "named", "answer"),
    [
        (["a", "b"], ["aws_subnet.s0.id", "aws_subnet.s1.id"], True),
        (["a", "a"], ["aws_subnet.s0.id", "aws_subnet.s1.id"], False),
        (["a"], ["aws_subnet.s0.id", "var.other"], None),
        (["a", None], ["aws_subnet.s0.id", "aws_subnet.s1.id"], None),
    ],
    ids=["two zones", "one zone", "one that is not here", "a zone that AWS chooses"],
)
def test_different_values_are_counted_only_where_all_companions_are_here(
    zones: list[str | None], named: list[str], answer: bool | None
) -> None:
    subnets = [resource(f"aws_subnet.s{i}", {"zone": z}, unknown={"id": True}) for i, z in enumerate(zones)]
    blocks = [{"subnet": refers(name)} for name in named]
    config = module({f"aws_subnet.s{i}": {} for i in range(len(zones))} | {"aws_x.a": {"address": blocks}})
    x = resource("aws_x.a", {"address": [{} for _ in named]}, unknown={"address": [{"subnet": True} for _ in named]})
    subject, ctx = asked(world(x, *subnets, config=config), "aws_x.a")
    condition = Condition(companion="aws_subnet", by="address[*].subnet", attribute="zone", distinct_at_least=2)
    assert evaluate(condition, Place(subject, subject.root), ctx).value is answer


def test_of_those_that_name_a_resource_others_may_be_elsewhere() -> None:
    subnets = [resource(f"aws_subnet.s{i}", {"zone": "a", "vpc": "v-1"}) for i in range(2)]
    subject, ctx = asked(world(resource("aws_vpc.v", {"id": "v-1"}), *subnets), "aws_vpc.v")
    condition = Condition(companion="aws_subnet", linked_by="vpc", attribute="zone", distinct_at_least=2)
    assert evaluate(condition, Place(subject, subject.root), ctx).value is None


def test_of_those_that_may_name_a_resource_the_values_are_told() -> None:
    subnets = [resource(f"aws_subnet.s{i}", {"zone": z}, unknown={"vpc": True}) for i, z in enumerate("ab")]
    config = module({"aws_vpc.v": {}} | {f"aws_subnet.s{i}": {"vpc": refers("local.vpc")} for i in range(2)})
    subject, ctx = asked(world(resource("aws_vpc.v", unknown={"id": True}), *subnets, config=config), "aws_vpc.v")
    condition = Condition(companion="aws_subnet", linked_by="vpc", attribute="zone", distinct_at_least=2)
    answer = evaluate(condition, Place(subject, subject.root), ctx)
    assert (answer.value, answer.by) == (None, "doubt")
    assert answer.because.endswith("(aws_subnet.s0, aws_subnet.s1); zone there is a or b")
