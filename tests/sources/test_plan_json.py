"""Plans: two worlds and the changes between them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.factories import addresses, at, held, plan, prior, read_json, row, tree

B = "aws_s3_bucket.b"


def test_create_is_in_the_world_after_only() -> None:
    made = row(B, "create", after={"bucket": "x"}, after_unknown={"arn": True}, after_sensitive={"bucket": True})
    source = read_json(plan(made))
    assert (addresses(source.before), addresses(source.after)) == ([], [B])
    found = at(source.after, B)
    assert (tree(found.values), tree(found.unknown), tree(found.sensitive)) == (
        {"bucket": "x"},
        {"arn": True},
        {"bucket": True},
    )
    [change] = source.changes
    assert (change.actions, change.before, change.after) == (("create",), None, found)


@pytest.mark.parametrize("actions", ["no-op", "update", "delete create", "create delete"])
def test_a_kept_object_is_in_both_worlds_with_the_values_of_each(actions: str) -> None:
    source = read_json(plan(row(B, actions, {"acl": "a"}, {"acl": "b"}, before_sensitive={"acl": True})))
    assert tree(at(source.before, B).values) == {"acl": "a"}
    assert tree(at(source.before, B).sensitive) == {"acl": True}
    assert tree(at(source.after, B).values) == {"acl": "b"}
    assert source.changes[0].is_replace == (" " in actions)


def test_delete_is_in_the_world_before_only() -> None:
    source = read_json(plan(row(B, "delete", {"acl": "a"})))
    assert (addresses(source.before), addresses(source.after)) == ([B], [])


def test_a_forgotten_object_runs_on_as_it_was() -> None:
    source = read_json(plan(row(B, "forget", {"acl": "a"}, before_sensitive={"acl": True})))
    assert (addresses(source.before), addresses(source.after)) == ([B], [B])
    found = at(source.after, B)
    assert (tree(found.values), found.unknown, tree(found.sensitive)) == ({"acl": "a"}, None, {"acl": True})
    assert source.changes[0].after == found


@pytest.mark.parametrize("actions", ["create forget", "forget create"])
def test_an_object_forgotten_for_a_new_one_stands_beside_it(actions: str) -> None:
    source = read_json(plan(row(B, actions, {"acl": "a"}, {"acl": "b"})))
    assert addresses(source.before) == [B]
    assert addresses(source.after) == [B, f"{B} (forgotten)"]
    assert tree(at(source.after, f"{B} (forgotten)").values) == {"acl": "a"}
    assert tree(at(source.after, B).values) == {"acl": "b"}
    left, made = source.changes
    assert (left.address, left.previous_address, left.actions) == (f"{B} (forgotten)", B, ("forget",))
    assert made.actions == tuple(actions.split())


def test_a_deposed_object_is_one_of_its_own() -> None:
    rows = [row(B, "update", {"acl": "a"}, {"acl": "b"}), row(B, "delete", {"acl": "z"}, deposed="12ab")]
    source = read_json(plan(*rows, prior_state=prior(held(B, {}), held(B, {}, deposed_key="12ab"))))
    assert addresses(source.before) == [B, f"{B} (deposed 12ab)"]
    assert addresses(source.after) == [B]
    assert {c.address for c in source.changes} == {B, f"{B} (deposed 12ab)"}


@pytest.mark.parametrize("in_state", ['module.new["a.b"].aws_kms_key.k[0]', "module.old.aws_kms_key.j"])
def test_a_moved_object_has_its_old_address_before_and_is_there_once(in_state: str) -> None:
    new, old = 'module.new["a.b"].aws_kms_key.k[0]', "module.old.aws_kms_key.j"
    moved = row(new, "no-op", {"x": 1}, {"x": 1}, module_address='module.new["a.b"]', index=0, previous_address=old)
    source = read_json(plan(moved, prior_state=prior(held(in_state, {"x": 1}))))
    assert (addresses(source.before), addresses(source.after)) == ([old], [new])
    before, after = at(source.before, old), at(source.after, new)
    assert (before.module, before.type, before.name, before.key) == ("module.old", "aws_kms_key", "j", None)
    assert (after.module, after.name, after.key) == ('module.new["a.b"]', "k", 0)
    assert (source.changes[0].previous_address, source.changes[0].address) == (old, new)


def test_what_the_plan_does_not_list_stays() -> None:
    state = prior(
        held(B, {"x": 1}), modules=[{"address": "module.m", "resources": [held("module.m.aws_kms_key.k", {"y": 2})]}]
    )
    source = read_json(plan(row("aws_sqs_queue.q", "create", after={}), prior_state=state))
    assert addresses(source.after) == [B, "aws_sqs_queue.q", "module.m.aws_kms_key.k"]
    assert at(source.after, "module.m.aws_kms_key.k").module == "module.m"


def test_without_rows_the_prior_state_and_the_planned_values_count() -> None:
    document = plan(prior_state=prior(held(B, {"x": 1})), planned_values=prior(held("aws_kms_key.k", {}))["values"])
    del document["resource_changes"]
    source = read_json(document)
    assert (addresses(source.before), addresses(source.after)) == ([B], ["aws_kms_key.k", B])
    assert source.changes == ()


def test_data_sources_are_those_of_the_state_and_those_read_while_applying() -> None:
    document = "data.aws_iam_policy_document.d"
    read = row(
        document,
        "read",
        after={"statement": []},
        after_unknown={"json": True},
        mode="data",
        type="aws_iam_policy_document",
    )
    state = prior(held("data.aws_region.r", {"name": "x"}, mode="data", type="aws_region"))
    source = read_json(plan(read, prior_state=state))
    assert sorted(d.address for d in source.after.data) == [document, "data.aws_region.r"]
    assert tree(at(source.after, document).unknown) == {"json": True}
    assert (source.changes, source.after.resources) == ((), ())
    assert source.before is not None
    assert [d.address for d in source.before.data] == ["data.aws_region.r"]


def test_ephemeral_rows_are_no_resources() -> None:
    source = read_json(plan(row("ephemeral.aws_x.y", "open", mode="ephemeral")))
    assert (source.changes, source.after.resources, source.caveats) == ((), (), ())


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("registry.terraform.io/hashicorp/aws", "hashicorp/aws"),
        ("registry.opentofu.org/hashicorp/aws", "hashicorp/aws"),
        ("registry.terraform.io/-/aws", "hashicorp/aws"),
        ("mirror.example.com:8443/Hashicorp/aws", "hashicorp/aws"),
        ("aws", "hashicorp/aws"),
        ("aws.west", "hashicorp/aws"),
        ("provider.aws", "hashicorp/aws"),
        ("registry.terraform.io/hashicorp/awscc", "hashicorp/awscc"),
        ("registry.terraform.io/acme/aws", "acme/aws"),
        ("random", "hashicorp/random"),
    ],
)
def test_providers_of_all_forms_are_one(name: str, provider: str) -> None:
    source = read_json(plan(row(B, "create", after={}, provider_name=name)))
    assert at(source.after, B).provider == provider


def test_drift_is_a_world_of_its_own() -> None:
    drift = [row(B, "update", {"acl": "was"}, {"acl": "is"}), row("aws_kms_key.gone", "delete", {"x": 1})]
    source = read_json(plan(row(B, "no-op", {"acl": "is"}, {"acl": "is"}), resource_drift=drift))
    assert tree(at(source.drifted, B).values) == {"acl": "was"}
    assert tree(at(source.before, B).values) == {"acl": "is"}
    assert addresses(source.drifted) == ["aws_kms_key.gone", B]
    assert read_json(plan()).drifted is None


def test_replace_paths_are_attribute_paths() -> None:
    paths = [["ami"], ["ebs_block_device", 0, "kms_key_id"], ["tags", "a b"], ["rule", {"x": 1}, "y"]]
    [change] = read_json(plan(row(B, "delete create", {}, {}, replace_paths=paths))).changes
    assert change.replace_paths == ("ami", "ebs_block_device[0].kms_key_id", 'tags["a b"]', "rule[*].y")


def test_import_and_the_reason_of_an_action_are_kept() -> None:
    [change] = read_json(plan(row(B, "no-op", {}, {}, importing={"id": "x"}, action_reason="r"))).changes
    assert (change.importing, change.action_reason) == (True, "r")


def configured() -> dict[str, Any]:
    inner = {
        "resources": [{"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k",
                       "provider_config_key": "aws.west",
                       "expressions": {"x": {"constant_value": 1}}, "for_each_expression": {"references": ["var.n"]}}],
        "outputs": {"arn": {"expression": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}}},
        "variables": {"a": {"default": None}, "b": {}, "c": {"default": 1}},
    }  # fmt: skip
    call = {
        "source": "./m",
        "expressions": {"n": {"references": ["var.z"]}},
        "module": inner,
        "version_constraint": "1.0",
    }
    providers = {
        "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
        "aws.west": {"name": "aws", "expressions": {"region": {"constant_value": "us-west-1"}}},
        "aws.other": {"name": "aws", "expressions": {"region": {"references": ["local.region"]}}},
        "module.m:aws": {"name": "aws", "module_address": "module.m"},
    }
    return {"provider_config": providers, "root_module": {"module_calls": {"m": call}}}


def test_the_configuration_is_kept_with_regions_and_provider_keys() -> None:
    address = 'module.m["x.y"].aws_kms_key.k["1"]'
    made = row(address, "create", after={}, module_address='module.m["x.y"]', index="1")
    variables = {"region": {"value": "eu-west-1"}, "password": {"value": "hunter2"}}
    source = read_json(plan(made, configuration=configured(), variables=variables))
    assert source.after.regions == {"aws": "eu-west-1", "aws.west": "us-west-1"}
    assert at(source.after, address).provider_config == "aws.west"
    assert at(source.after, address).key == "1"
    assert source.after.configuration is not None
    call = source.after.configuration.calls["m"]
    assert (call.source, call.version) == ("./m", "1.0")
    block = call.module.resources["aws_kms_key.k"]
    assert tree(block.expressions) == {"x": {"constant_value": 1}}
    assert tree(block.for_each_expression) == {"references": ["var.n"]}
    assert tree(call.module.outputs["arn"]) == {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}
    kinds = {n: (v.has_default, v.default_is_null) for n, v in call.module.variables.items()}
    assert kinds == {"a": (True, True), "b": (False, False), "c": (True, False)}
    assert call.module.locals is None


def test_variables_are_never_kept() -> None:
    source = read_json(plan(variables={"password": {"value": "hunter2"}}))
    assert "hunter2" not in repr(source)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"errored": True}, "failed while it made this plan"),
        ({"complete": False}, "not complete"),
        ({"format_version": "1.9"}, "format 1.9, which is newer"),
        (
            {"deferred_changes": [{"reason": "provider_config_unknown", "resource_change": row(B, "create")}]},
            "puts off 1 change",
        ),
        (
            {"checks": [{"address": {"to_display": "check.x"}, "status": "fail"}]},
            "1 check of the configuration failed: check.x",
        ),
        ({"action_invocations": [{"address": "action.aws_x.y"}]}, "invokes 1 action (action.aws_x.y)"),
        ({"resource_changes": [row(B, "polish", {}, {})]}, "does not know: polish"),
        ({"resource_changes": [row(B, "create", mode="list")]}, "rows of a kind"),
    ],
)
def test_caveats_are_plain_sentences(fields: dict[str, Any], words: str) -> None:
    [caveat] = read_json(plan(**fields)).caveats
    assert words in caveat
    assert caveat.endswith(".")


def test_passed_checks_and_a_complete_plan_are_no_caveats() -> None:
    checks = [{"address": {"to_display": "check.x"}, "status": "pass"}]
    assert read_json(plan(checks=checks, complete=True, errored=False, applyable=True)).caveats == ()


def test_a_plan_older_than_sensitivity_marks_says_so() -> None:
    old = row(B, "create", after={"x": 1})
    old["change"] = {"actions": ["create"], "before": None, "after": {"x": 1}, "after_unknown": {}}
    [caveat] = read_json(plan(old, format_version="0.1")).caveats
    assert "sensitive" in caveat


def test_what_the_plan_names_and_does_not_show_is_not_seen() -> None:
    remote = held("data.terraform_remote_state.net", {}, mode="data", type="terraform_remote_state")
    deferred = [{"reason": "instance_count_unknown", "resource_change": row("aws_kms_key.k[*]", "create")}]
    source = read_json(plan(prior_state=prior(remote), deferred_changes=deferred))
    assert [n.what for n in source.not_seen] == ["aws_kms_key.k[*]", "data.terraform_remote_state.net"]
    assert "known after apply" in source.not_seen[0].because


def test_facts_of_the_plan_are_kept() -> None:
    source = read_json(plan(timestamp="2026-11-24T10:00:00Z", complete=True, errored=False))
    assert (source.kind, source.timestamp, source.terraform_version) == ("plan", "2026-11-24T10:00:00Z", "1.11.4")
    assert (source.complete, source.errored) == (True, False)
