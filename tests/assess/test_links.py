"""Companions: by reference, through modules, by key, by equal value; doubtful ones are candidates."""

from __future__ import annotations

import msgspec

from tests.factories import asked, constant, index, module, refers, resource, world
from tfsrm.assess.links import Links
from tfsrm.model.world import ModuleCall, Variable, World


def linked(of: World, address: str, path: str = "host", wanted: str = "aws_host") -> tuple[list[str], list[str]]:
    """(exact, candidates) that the companion names."""
    subject, ctx = asked(of, address)
    link = ctx.links.named_by(subject, path, wanted)
    return [s.resource.address for s in link.exact], [s.resource.address for s in link.candidates]


def unknown_host(address: str) -> dict[str, object]:
    return {"unknown": {"id": True}, "values": {}}


def test_a_reference_links() -> None:
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("aws_host.a.id")}})
    of = world(
        resource("aws_host.a", unknown={"id": True}), resource("aws_companion.c", unknown={"host": True}), config=config
    )
    assert linked(of, "aws_companion.c") == (["aws_host.a"], [])


def test_a_reference_inside_a_block_inside_a_block_links() -> None:
    inner = [{"deep": [{"host": refers("aws_host.a.id")}]}, {"deep": [{"host": constant("none")}]}]
    config = module({"aws_host.a": {}, "aws_companion.c": {"outer": inner}})
    of = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_companion.c", unknown={"outer": [{"deep": [{"host": True}]}, {}]}),
        config=config,
    )
    assert linked(of, "aws_companion.c", "outer[*].deep[*].host") == (["aws_host.a"], [])


def test_instances_are_linked_key_to_equal_key() -> None:
    config = module(
        {"aws_host.a": {}, "aws_companion.c": {"host": {"references": ["aws_host.a", "each.key"]}}},
    )
    of = world(
        *(resource(f'aws_host.a["{k}"]', unknown={"id": True}) for k in "xy"),
        *(resource(f'aws_companion.c["{k}"]', unknown={"host": True}) for k in "xy"),
        config=config,
    )
    assert linked(of, 'aws_companion.c["y"]') == (['aws_host.a["y"]'], [])


def test_a_list_of_all_instances_is_not_cut_to_the_own_key() -> None:
    """``count = 1`` on the group, ``aws_host.a[*].id`` in its list."""
    for references, found in (
        (["aws_host.a"], ["aws_host.a[0]", "aws_host.a[1]"]),
        (["aws_host.a", "count.index"], ["aws_host.a[0]"]),
    ):
        config = module({"aws_host.a": {}, "aws_companion.c": {"hosts": {"references": references}}})
        of = world(
            *(resource(f"aws_host.a[{n}]", unknown={"id": True}) for n in (0, 1)),
            resource("aws_companion.c[0]", {"hosts": [None, None]}, unknown={"hosts": [True, True]}),
            config=config,
        )
        assert linked(of, "aws_companion.c[0]", "hosts[*]") == (found, [])


def test_module_instances_are_linked_first() -> None:
    inner = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("aws_host.a.id")}})
    of = world(
        *(resource(f'module.m["{k}"].aws_host.a', unknown={"id": True}) for k in "xy"),
        *(resource(f'module.m["{k}"].aws_companion.c', unknown={"host": True}) for k in "xy"),
        config=module(calls={"m": ModuleCall(module=inner)}),
    )
    assert linked(of, 'module.m["x"].aws_companion.c') == (['module.m["x"].aws_host.a'], [])


def test_a_link_runs_through_module_outputs_and_inputs() -> None:
    hosts = module({"aws_host.a": {}}, outputs={"id": refers("aws_host.a.id")})
    companions = module({"aws_companion.c": {"host": refers("var.host")}}, variables={"host": Variable()})
    config = module(
        calls={
            "hosts": ModuleCall(module=hosts),
            "companions": ModuleCall(expressions={"host": refers("module.hosts.id")}, module=companions),
        }
    )
    of = world(
        resource("module.hosts.aws_host.a", unknown={"id": True}),
        resource("module.companions.aws_companion.c", unknown={"host": True}),
        config=config,
    )
    assert linked(of, "module.companions.aws_companion.c") == (["module.hosts.aws_host.a"], [])


def test_an_equal_known_value_links() -> None:
    of = world(resource("aws_host.a", {"id": "h-1"}), resource("aws_companion.c", {"host": "h-1"}))
    assert linked(of, "aws_companion.c") == (["aws_host.a"], [])


def test_an_equal_value_under_another_provider_configuration_does_not_link() -> None:
    of = world(
        resource("aws_host.a", {"id": "h-1"}, provider_config="aws"),
        resource("aws_companion.c", {"host": "h-1"}, provider_config="aws.other"),
    )
    assert linked(of, "aws_companion.c") == ([], [])


def test_an_arn_links_across_provider_configurations() -> None:
    arn = "arn:aws:host:eu-west-1:123456789012:h-1"
    of = world(
        resource("aws_host.a", {"arn": arn}, provider_config="aws"),
        resource("aws_companion.c", {"host": arn}, provider_config="aws.other"),
    )
    assert linked(of, "aws_companion.c") == (["aws_host.a"], [])


def test_a_link_through_a_local_names_its_candidates() -> None:
    config = module({"aws_host.a": {}, "aws_host.b": {}, "aws_companion.c": {"host": refers("local.host")}})
    of = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_host.b", unknown={"id": True}),
        resource("aws_companion.c", unknown={"host": True}),
        config=config,
    )
    assert linked(of, "aws_companion.c") == ([], ["aws_host.a", "aws_host.b"])


def test_a_local_that_came_to_nothing_names_nothing() -> None:
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("local.host")}})
    of = world(resource("aws_host.a", unknown={"id": True}), resource("aws_companion.c", {"host": None}), config=config)
    subject, ctx = asked(of, "aws_companion.c")
    link = ctx.links.named_by(subject, "host", "aws_host")
    assert (link.exact, link.candidates, link.named) == ((), (), False)


def test_a_link_through_a_local_of_a_module_without_hosts_names_those_that_are_handed_to_it() -> None:
    inner = module({"aws_companion.c": {"host": refers("local.host")}}, variables={"host": Variable()})
    call = ModuleCall(expressions={"host": refers("aws_host.a.id")}, module=inner)
    of = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_host.b", unknown={"id": True}),
        resource("module.m.aws_companion.c", unknown={"host": True}),
        config=module({"aws_host.a": {}, "aws_host.b": {}}, calls={"m": call}),
    )
    assert linked(of, "module.m.aws_companion.c") == ([], ["aws_host.a"])


def test_a_reference_to_several_instances_names_them_as_candidates() -> None:
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("aws_host.a")}})
    of = world(
        resource("aws_host.a[0]", unknown={"id": True}),
        resource("aws_host.a[1]", unknown={"id": True}),
        resource("aws_companion.c", unknown={"host": True}),
        config=config,
    )
    assert linked(of, "aws_companion.c") == ([], ["aws_host.a[0]", "aws_host.a[1]"])


def test_a_stated_index_decides() -> None:
    config = module(
        {"aws_host.a": {}, "aws_companion.c": {"host": {"references": ["aws_host.a[1].id", "aws_host.a[1]"]}}}
    )
    of = world(
        resource("aws_host.a[0]", unknown={"id": True}),
        resource("aws_host.a[1]", unknown={"id": True}),
        resource("aws_companion.c", unknown={"host": True}),
        config=config,
    )
    assert linked(of, "aws_companion.c") == (["aws_host.a[1]"], [])


def test_a_literal_that_names_nothing_here_links_nothing() -> None:
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": constant("elsewhere")}})
    of = world(
        resource("aws_host.a", unknown={"id": True}), resource("aws_companion.c", {"host": "elsewhere"}), config=config
    )
    assert linked(of, "aws_companion.c") == ([], [])


def test_a_local_that_the_input_defines_tells_which_one_but_is_not_sure() -> None:
    """One element of a collection in a local may name a host and another one none."""
    config = module({"aws_host.a": {}, "aws_host.b": {}, "aws_companion.c": {"host": refers("local.host")}})
    config = msgspec.structs.replace(config, locals={"host": refers("aws_host.b.id")})
    of = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_host.b", unknown={"id": True}),
        resource("aws_companion.c", unknown={"host": True}),
        config=config,
    )
    assert linked(of, "aws_companion.c") == ([], ["aws_host.b"])


def test_a_companion_that_may_not_exist_is_a_candidate() -> None:
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("aws_host.a.id")}})
    of = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_companion.c", unknown={"host": True}, possible=True),
        config=config,
    )
    made = index(of)
    found = Links(made, {}).naming(made.subjects["aws_host.a"], "aws_companion", "host")
    assert [c.resource.address for c in found.exact] == []
    assert [c.resource.address for c in found.candidates] == ["aws_companion.c"]


def test_what_a_dynamic_block_names_may_be_any_resource_of_the_module() -> None:
    """Plan JSON leaves dynamic blocks out of the configuration; the block is there, and what it names is not known yet."""
    inner = module({"aws_host.a": {}, "aws_companion.c": {}})
    of = world(
        *(resource(f"module.{m}.aws_host.a", unknown={"id": True}) for m in "mn"),
        resource("module.m.aws_companion.c", {"block": [{}]}, unknown={"block": [{"host": True}]}),
        config=module(calls={m: ModuleCall(module=inner) for m in "mn"}),
    )
    assert linked(of, "module.m.aws_companion.c", "block[*].host") == ([], ["module.m.aws_host.a"])
