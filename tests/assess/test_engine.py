"""The duties that a world puts on you, and the difference of two worlds."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.factories import DAY, constant, control, knowledge, module, plan, refers, resource, world
from tfsrm.assess.compose import checklist
from tfsrm.assess.knowledge import Knowledge
from tfsrm.model.checklist import Checklist, DutyResult, ToolInfo
from tfsrm.model.world import ResourceChange, World

TOOL = ToolInfo(name="tfsrm", version="0")
URL = "https://docs.aws.amazon.com/default.html"


def duty(name: str, *facets: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"control": name, "facets": list(facets), **fields}


ENCRYPTED = {
    "id": "encrypted",
    "says": "It is encrypted.",
    "met_when": {"attribute": "encrypted", "equals": True, "default": {"value": False, "source": URL}},
}
ASKED = {"id": "asked", "ask": "Who looks after it?"}
SETTLES = {
    "of": "aws_host",
    "by": "host",
    "control": "encrypt",
    "facet": "encrypted",
    "met_when": {"attribute": "on", "equals": True},
}


def catalogue(**more: Any) -> Knowledge:
    host = {
        "type": "aws_host",
        "role": "thing",
        "duties": [duty("encrypt", ENCRYPTED), duty("own", ASKED)],
        "on_delete": [duty("keep-copy", {"id": "copy", "ask": "Where is the copy?"})],
    }
    companion = {"type": "aws_companion", "role": "companion", "settles": [SETTLES]}
    attachment = {"type": "aws_attachment", "role": "attachment", "no_duty": "Joins two others."}
    controls = [
        control("encrypt"),
        control("own"),
        control("keep-copy", occasion="decommission"),
        control("patch", layer="guest-os"),
    ]
    fields: dict[str, Any] = {"types": [host, companion, attachment], "controls": controls, **more}
    return knowledge(**fields)


def made(
    *changes: ResourceChange, before: World | None = None, after: World, known: Knowledge | None = None
) -> Checklist:
    return checklist([plan(before or world(config=module()), after, changes)], known or catalogue(), DAY, TOOL)


def verdicts(found: Checklist, name: str = "encrypt") -> dict[str, tuple[str, str | None]]:
    return {d.address: (d.change, d.verdict) for d in found.duties if d.control == name}


def hosts(config: dict[str, Any] | None = None, **values: Any) -> World:
    expressions = {k: constant(v) for k, v in values.items()}
    return world(resource("aws_host.a", values), config=module({"aws_host.a": expressions, **(config or {})}))


def change(*actions: str, before: World | None = None, after: World | None = None, **fields: Any) -> ResourceChange:
    return ResourceChange(
        address="aws_host.a",
        actions=actions,
        before=before.resources[0] if before else None,
        after=after.resources[0] if after else None,
        **fields,
    )


def test_create_creates_duties() -> None:
    after = hosts(encrypted=True)
    assert verdicts(made(change("create", after=after), after=after)) == {"aws_host.a": ("created", "met")}


def test_no_op_keeps_them() -> None:
    both = hosts(encrypted=True)
    found = made(change("no-op", before=both, after=both), before=both, after=both)
    assert verdicts(found) == {"aws_host.a": ("kept", "met")}


def test_an_update_that_moves_a_facet_changes_the_duty() -> None:
    before, after = hosts(encrypted=False), hosts(encrypted=True)
    found = made(change("update", before=before, after=after), before=before, after=after)
    assert verdicts(found) == {"aws_host.a": ("changed", "met")}
    assert next(d for d in found.duties if d.control == "encrypt").previous_verdict == "unmet"
    assert verdicts(found, "own") == {"aws_host.a": ("kept", "attest")}


def test_delete_retires_standing_duties_and_creates_decommission_duties() -> None:
    before = hosts(encrypted=True)
    found = made(change("delete", before=before), before=before, after=world(config=module()))
    assert verdicts(found) == {"aws_host.a": ("retired", None)}
    assert verdicts(found, "keep-copy") == {"aws_host.a": ("created", "attest")}


def test_replace_keeps_duties_and_asks_for_the_old_object() -> None:
    before, after = hosts(encrypted=True), hosts(encrypted=True, zone="b")
    found = made(
        change("delete", "create", before=before, after=after, replace_paths=("zone",)), before=before, after=after
    )
    assert verdicts(found) == {"aws_host.a": ("kept", "met")}
    assert verdicts(found, "keep-copy") == {"aws_host.a": ("created", "attest")}
    assert "zone" in found.notes[0].text


def test_a_forgotten_object_keeps_its_duties_loudly() -> None:
    before = hosts(encrypted=True)
    found = made(change("forget", before=before), before=before, after=before)
    assert verdicts(found) == {"aws_host.a": ("kept", "met")}
    assert found.notes[0].kind == "forget"
    assert not verdicts(found, "keep-copy")


def test_a_move_creates_and_retires_nothing() -> None:
    before = hosts(encrypted=True)
    after = world(resource("aws_host.b", {"encrypted": True}), config=module({"aws_host.b": {}}))
    moved = ResourceChange(
        address="aws_host.b",
        previous_address="aws_host.a",
        actions=("no-op",),
        before=before.resources[0],
        after=after.resources[0],
    )
    assert verdicts(made(moved, before=before, after=after)) == {"aws_host.b": ("kept", "met")}


def test_a_new_instance_key_is_one_thing_destroyed_and_recreated() -> None:
    config = module({"aws_host.a": {"encrypted": constant(True)}})
    before = world(resource('aws_host.a["x"]', {"encrypted": True}), config=config)
    after = world(resource('aws_host.a["y"]', {"encrypted": True}), config=config)
    changes = (
        ResourceChange(address='aws_host.a["x"]', actions=("delete",), before=before.resources[0]),
        ResourceChange(address='aws_host.a["y"]', actions=("create",), after=after.resources[0]),
    )
    found = made(*changes, before=before, after=after)
    assert verdicts(found) == {'aws_host.a["y"]': ("kept", "met")}
    assert verdicts(found, "keep-copy") == {'aws_host.a["x"]': ("created", "attest")}
    assert [n.kind for n in found.notes] == ["new key"]


def with_companion(on: bool | None) -> World:
    """A host that nobody encrypted, and (unless None) a companion that does or does not."""
    config = {"aws_host.a": {}, "aws_companion.c": {"host": refers("aws_host.a.id"), "on": constant(on)}}
    host = resource("aws_host.a", unknown={"id": True})
    companion = resource("aws_companion.c", {"on": on}, unknown={"host": True})
    return world(host, *([companion] if on is not None else []), config=module(config))


@pytest.mark.parametrize(("on", "verdict"), [(True, "met"), (False, "unmet"), (None, "unmet")])
def test_a_companion_settles_a_facet_of_its_host(on: bool | None, verdict: str) -> None:
    found = made(after=with_companion(on))
    assert verdicts(found) == {"aws_host.a": ("created", verdict)}


def test_a_companion_added_improves_a_host_that_does_not_change() -> None:
    found = made(before=with_companion(None), after=with_companion(True))
    assert verdicts(found) == {"aws_host.a": ("changed", "met")}


def test_a_settled_companion_has_no_duty_of_its_own() -> None:
    found = made(after=with_companion(True))
    assert [(n.address, n.settles) for n in found.no_duty] == [("aws_companion.c", ("aws_host.a: encrypt",))]


def test_a_companion_whose_host_is_elsewhere_is_judged_in_its_own_right() -> None:
    config = module({"aws_companion.c": {"host": constant("h-1"), "on": constant(False)}})
    found = made(after=world(resource("aws_companion.c", {"host": "h-1", "on": False}), config=config))
    assert verdicts(found) == {"aws_companion.c": ("created", "unmet")}


def test_a_companion_that_settles_by_its_presence_is_met_in_its_own_right() -> None:
    host = {"type": "aws_host", "role": "thing", "duties": [duty("encrypt", ENCRYPTED)]}
    settles = {k: v for k, v in SETTLES.items() if k != "met_when"}
    known = catalogue(types=[host, {"type": "aws_companion", "role": "companion", "settles": [settles]}])

    def found(host: str | None) -> Checklist:
        config = module({"aws_companion.c": {"host": constant(host)} if host else {}})
        return made(after=world(resource("aws_companion.c", {"host": host}), config=config), known=known)

    (alone,) = found("h-1").duties
    assert (alone.address, alone.verdict) == ("aws_companion.c", "met")
    assert alone.facets[0].because == "aws_companion.c is there (what it belongs to is not here)"
    assert not found(None).duties


def test_a_duty_that_hangs_on_something_elsewhere_is_asked_about() -> None:
    when = {"companion": "aws_companion", "by": "other", "attribute": "on", "equals": True}
    host = {"type": "aws_host", "role": "thing", "duties": [duty("encrypt", ENCRYPTED, when=when)]}
    known = catalogue(types=[host, {"type": "aws_companion", "role": "companion", "settles": [SETTLES]}])
    (found,) = made(after=hosts(other="c-1"), known=known).duties
    assert (found.verdict, found.facets[0].because) == (
        "attest",
        "whether it applies is open: other names no aws_companion here",
    )


def test_a_companion_through_a_local_makes_the_facet_ask_and_names_it() -> None:
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("local.host"), "on": constant(True)}})
    of = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_companion.c", {"on": True}, unknown={"host": True}),
        config=config,
    )
    (found,) = [d for d in made(after=of).duties if d.control == "encrypt"]
    assert found.verdict == "attest"
    assert "aws_companion.c" in found.facets[0].because


def test_what_a_companion_made_so_does_not_outlive_it() -> None:
    """A computed attribute that no expression sets is an observation of *before*."""
    known = catalogue(computed={"aws_host": ["encrypted"]})
    config = {"aws_host.a": {}, "aws_companion.c": {"host": refers("aws_host.a.id"), "on": constant(True)}}
    host = resource("aws_host.a", {"id": "h", "encrypted": True})
    companion = resource("aws_companion.c", {"on": True, "host": "h"})
    before, after = world(host, companion, config=module(config)), world(host, config=module(config))
    gone = ResourceChange(address="aws_companion.c", actions=("delete",), before=companion)
    found = made(gone, before=before, after=after, known=known)
    assert verdicts(found) == {"aws_host.a": ("changed", "unmet")}
    (facet,) = next(d for d in found.duties if d.control == "encrypt").facets
    assert facet.because.endswith("; this plan deletes aws_companion.c, by which it was met")


VARIANTS = [
    {"name": "Hosted", "when": {"attribute": "mode", "equals": "HOSTED"}, "model": "abstracted"},
    {"otherwise": "your own hosts", "model": "hosts"},
]


def varied(**fields: Any) -> Knowledge:
    host = {
        "type": "aws_host",
        "role": "thing",
        "variants": VARIANTS,
        "duties": [duty("patch", {"id": "who", "ask": "Who patches?"})],
    }
    return catalogue(types=[{**host, **fields}])


def test_a_variant_moves_the_line_and_takes_the_duty_away() -> None:
    before, after = hosts(mode="OWN"), hosts(mode="HOSTED")
    found = made(change("update", before=before, after=after), before=before, after=after, known=varied())
    assert verdicts(found, "patch") == {"aws_host.a": ("retired", None)}
    (line,) = found.lines
    assert line.moved
    assert (line.before or {})["guest-os"] == "customer"
    assert (line.after or {})["guest-os"] == "aws"


@pytest.mark.parametrize(("mode", "asked"), [("HOSTED", {}), ("OWN", {"aws_host.a": ("created", "attest")})])
def test_a_decommission_duty_of_a_variant_is_asked_of_that_variant_alone(mode: str, asked: object) -> None:
    own = [duty("keep-copy", {"id": "copy", "ask": "Where is the copy?"}, variants=["your own hosts"])]
    before = hosts(mode=mode)
    found = made(
        change("delete", before=before), before=before, after=world(config=module()), known=varied(on_delete=own)
    )
    assert verdicts(found, "keep-copy") == asked


def test_an_undecided_variant_names_its_candidates_and_its_duties_are_unknown() -> None:
    of = world(
        resource("aws_host.a", unknown={"mode": True}), config=module({"aws_host.a": {"mode": refers("aws_y.b.id")}})
    )
    (found,) = [d for d in made(after=of, known=varied()).duties if d.control == "patch"]
    assert found.verdict == "unknown"
    assert found.variant == "Hosted or your own hosts"


def test_a_type_of_no_mapping_file_is_a_gap_and_one_without_duty_says_why() -> None:
    of = world(resource("aws_new.a"), resource("aws_attachment.a"), config=module())
    found = made(after=of)
    assert [g.address for g in found.gaps] == ["aws_new.a"]
    assert [(n.address, n.because) for n in found.no_duty] == [("aws_attachment.a", "Joins two others.")]


def test_resources_of_other_providers_are_counted_and_not_analysed() -> None:
    of = world(resource("aws_host.a"), resource("aws_host.b", provider="hashicorp/random"), config=module())
    found = made(after=of)
    assert found.summary.resources == 1
    assert found.inputs[0].not_seen[0].what == "1 resource of hashicorp/random"


ACCOUNT = [duty("watch", {"id": "recorder", "says": "It is recorded.", "ask": "What records it?"})]


def test_an_account_duty_is_created_only_when_aws_first_appears() -> None:
    controls = [control("encrypt"), control("own"), control("watch", scope="account", layer="governance")]
    known = catalogue(account_duties=ACCOUNT, controls=[*controls, control("keep-copy", occasion="decommission")])
    after = hosts(encrypted=True)
    first = made(change("create", after=after), after=after, known=known)
    assert verdicts(first, "watch") == {"account": ("created", "attest")}
    later = made(before=after, after=after, known=known)
    assert verdicts(later, "watch") == {"account": ("kept", "attest")}


def test_drift_is_a_comparison_of_its_own() -> None:
    drifted, now = hosts(encrypted=True), hosts(encrypted=False)
    found = checklist([plan(now, now, drifted=drifted)], catalogue(), DAY, TOOL)
    assert [(d.control, d.change, d.verdict) for d in found.drift] == [("encrypt", "changed", "unmet")]
    assert {d.change for d in found.duties} == {"kept"}


def fingerprints(found: Checklist) -> set[tuple[str, str]]:
    return {(d.fingerprint, d.state_digest) for d in found.duties}


def test_fingerprints_do_not_depend_on_order_or_unrelated_resources() -> None:
    a, b = resource("aws_host.a", {"encrypted": True}), resource("aws_host.b", {"encrypted": False})
    config = module({"aws_host.a": {}, "aws_host.b": {}})
    one, other = made(after=world(a, b, config=config)), made(after=world(b, a, config=config))
    assert fingerprints(one) == fingerprints(other)
    assert fingerprints(made(after=world(a, config=config))) < fingerprints(one)


def test_the_verdict_of_a_duty_is_its_worst_judged_facet() -> None:
    """unmet if a judged facet is, else unknown if one is, else met; attest only where every facet asks."""
    host = {"type": "aws_host", "role": "thing", "duties": [duty("encrypt", ENCRYPTED, ASKED)]}
    known = catalogue(types=[host])
    (met,) = made(after=hosts(encrypted=True), known=known).duties
    assert (met.verdict, [f.verdict for f in met.facets]) == ("met", ["met", "attest"])


def every(found: Checklist) -> list[DutyResult]:
    return list(found.duties)


def test_every_duty_has_its_words() -> None:
    found = made(after=with_companion(True))
    assert all(found.about[d.about].customer_does for d in every(found))


def doubtful(on: bool, met_by_default: bool) -> DutyResult:
    """A host whose encryption a companion of this module may or may not settle: the link runs through a local."""
    facet = {
        "id": "closed",
        "says": "It is closed.",
        "unmet_when": {"attribute": "open", "equals": True, "default": {"value": not met_by_default, "source": URL}},
    }
    settles = {**SETTLES, "facet": "closed", "met_when": None, "unmet_when": {"attribute": "on", "equals": True}}
    known = catalogue(
        types=[
            {"type": "aws_host", "role": "thing", "duties": [duty("encrypt", facet)]},
            {"type": "aws_companion", "role": "companion", "settles": [settles]},
        ]
    )
    config = module({"aws_host.a": {}, "aws_companion.c": {"host": refers("local.host"), "on": constant(on)}})
    after = world(
        resource("aws_host.a", {}, unknown={"id": True}),
        resource("aws_companion.c", {"on": on}, unknown={"host": True}),
        config=config,
    )
    return next(d for d in made(after=after, known=known).duties if d.address == "aws_host.a")


def test_a_companion_in_doubt_that_could_worsen_is_asked_about_by_name() -> None:
    found = doubtful(on=True, met_by_default=True)
    assert found.verdict == "attest"
    assert found.facets[0].ask == "Does aws_companion.c apply here, and does this hold then: It is closed."
    assert "local.host" in found.facets[0].because


@pytest.mark.parametrize(("across", "verdict"), [("all", "attest"), ("any", "met")])
def test_where_all_must_be_good_one_kind_does_not_settle_what_is_in_doubt_in_another(across: str, verdict: str) -> None:
    """An attachment that names, through a local, a policy of this plan is not outweighed by a good inline policy."""
    named = {**SETTLES, "across": across, "met_when": {"companion": "aws_policy", "by": "policy"}}
    kinds = [
        {"type": "aws_companion", "role": "companion", "settles": [{**SETTLES, "across": across}]},
        {"type": "aws_attachment", "role": "companion", "settles": [named]},
        {"type": "aws_policy", "role": "thing", "duties": [duty("own", ASKED)]},
    ]
    known = catalogue(types=[{"type": "aws_host", "role": "thing", "duties": [duty("encrypt", ENCRYPTED)]}, *kinds])
    names = {"host": refers("aws_host.a.id")}
    config = module(
        {
            "aws_host.a": {},
            "aws_policy.p": {},
            "aws_companion.b": {**names, "on": constant(True)},
            "aws_attachment.c": {**names, "policy": refers("local.policy")},
        }
    )
    after = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_policy.p", unknown={"id": True}),
        resource("aws_companion.b", {"on": True}, unknown={"host": True}),
        resource("aws_attachment.c", unknown={"host": True, "policy": True}),
        config=msgspec.structs.replace(config, locals={"policy": refers("aws_policy.p.id")}),
    )
    assert verdicts(made(after=after, known=known))["aws_host.a"][1] == verdict


def test_a_companion_in_doubt_that_changes_nothing_is_no_doubt() -> None:
    assert doubtful(on=False, met_by_default=True).verdict == "met"
    assert doubtful(on=False, met_by_default=False).verdict == "unmet"


@pytest.mark.parametrize(("across", "verdict"), [("all", "unknown"), ("any", "met")])
def test_where_all_must_be_good_one_kind_does_not_settle_what_is_open_in_another(across: str, verdict: str) -> None:
    """An attached policy whose text is not known yet is not outweighed by a good one that is attached in another way."""
    kinds = [
        {"type": name, "role": "companion", "settles": [{**SETTLES, "across": across}]}
        for name in ("aws_companion", "aws_attachment")
    ]
    host = {"type": "aws_host", "role": "thing", "duties": [duty("encrypt", ENCRYPTED)]}
    known = catalogue(types=[host, *kinds])
    names = {"host": refers("aws_host.a.id")}
    config = module(
        {
            "aws_host.a": {},
            "aws_companion.b": {**names, "on": constant(True)},
            "aws_attachment.c": {**names, "on": refers("aws_z.z.on")},
        }
    )
    after = world(
        resource("aws_host.a", unknown={"id": True}),
        resource("aws_companion.b", {"on": True}, unknown={"host": True}),
        resource("aws_attachment.c", unknown={"host": True, "on": True}),
        config=config,
    )
    assert verdicts(made(after=after, known=known))["aws_host.a"][1] == verdict


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        (
            {"unmet_when": {"companion": "aws_companion", "linked_by": "host", "attribute": "on", "equals": True}},
            "attest",
        ),
        (
            {"met_when": {"companion": "aws_companion", "linked_by": "host", "attribute": "on", "equals": True}},
            "attest",
        ),
        (
            {
                "met_when": {
                    "companion": "aws_companion",
                    "linked_by": "host",
                    "where": {"attribute": "on", "equals": True},
                    "default": {"value": None, "source": URL},
                }
            },
            "unmet",
        ),
    ],
    ids=["nothing worsens it", "nothing settles it", "AWS does nothing by default"],
)
def test_a_companion_that_is_not_here_proves_nothing(conditions: dict[str, Any], verdict: str) -> None:
    """Unless a default says what AWS does, and then of what this plan makes only."""
    host = {
        "type": "aws_host",
        "role": "thing",
        "duties": [duty("encrypt", {"id": "encrypted", "says": "It is encrypted.", **conditions})],
    }
    known = catalogue(types=[host, {"type": "aws_companion", "role": "companion", "no_duty": "Helps."}])
    after = hosts()
    create = change("create", after=after)
    assert verdicts(made(create, after=after, known=known)) == {"aws_host.a": ("created", verdict)}
    older = made(change("no-op", before=after, after=after), before=after, after=after, known=known)
    assert verdicts(older) == {"aws_host.a": ("kept", "attest")}


def test_what_terraform_takes_over_is_not_new() -> None:
    """The default VPC was there before: what AWS gives a new one decides nothing."""
    met = {"attribute": "encrypted", "equals": True, "default": {"value": True, "source": URL, "since": "2020-01-01"}}
    own = duty("encrypt", {"id": "encrypted", "says": "It is encrypted.", "met_when": met})
    types = [{"type": name, "role": "thing", "duties": [own]} for name in ("aws_host", "aws_default_host")]
    after = world(resource("aws_host.a"), resource("aws_default_host.a"), config=module({}))
    changes = [ResourceChange(address=r.address, actions=("create",), before=None, after=r) for r in after.resources]
    found = verdicts(made(*changes, after=after, known=catalogue(types=types)))
    assert found == {"aws_host.a": ("created", "met"), "aws_default_host.a": ("created", "unknown")}


@pytest.mark.parametrize(
    ("on", "verdict", "named"),
    [
        ((False, True, False), "unmet", "aws_companion.c0: on is false; likewise aws_companion.c2"),
        ((True, True), "met", "aws_companion.c0: on is true"),
        ((True, None), "unmet", "encrypted is not set (default: false)"),
    ],
    ids=["two bad ones", "all good", "one that says nothing"],
)
def test_where_all_must_be_good_each_bad_one_is_named(on: tuple[bool | None, ...], verdict: str, named: str) -> None:
    neither = {"default": {"value": "neither", "source": URL}}
    settles = {
        **SETTLES,
        "across": "all",
        "met_when": {"attribute": "on", "equals": True, **neither},
        "unmet_when": {"attribute": "on", "equals": False, **neither},
    }
    host = {"type": "aws_host", "role": "thing", "duties": [duty("encrypt", ENCRYPTED)]}
    known = catalogue(types=[host, {"type": "aws_companion", "role": "companion", "settles": [settles]}])
    parts = [
        resource(f"aws_companion.c{i}", {} if o is None else {"on": o}, unknown={"host": True})
        for i, o in enumerate(on)
    ]
    config: dict[str, Any] = {"aws_host.a": {}} | {
        f"aws_companion.c{i}": {"host": refers("aws_host.a.id")} | ({} if o is None else {"on": constant(o)})
        for i, o in enumerate(on)
    }
    after = world(resource("aws_host.a", unknown={"id": True}), *parts, config=module(config))
    (found,) = [d for d in made(after=after, known=known).duties if d.control == "encrypt"]
    assert found.verdict == verdict
    assert found.facets[0].because == named
