"""Laws of the engine, over made-up values and over every fixture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import asked, constant, module, refers, resource, world
from tfsrm import api
from tfsrm.assess.conditions import Place, evaluate
from tfsrm.assess.facets import decide
from tfsrm.model.checklist import Checklist
from tfsrm.model.condition import Condition

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted(p.parent.name for p in FIXTURES.glob("*/plan.json"))
SCALARS = st.one_of(st.booleans(), st.integers(0, 9), st.text("ab./:0", max_size=4))
LEAVES = st.one_of(
    st.builds(lambda v: {"equals": v}, SCALARS),
    st.builds(lambda v: {"one_of": [v]}, SCALARS),
    st.builds(lambda v: {"at_least": v}, st.integers(0, 9)),
    st.builds(lambda v: {"contains": v}, st.text("ab", min_size=1, max_size=2)),
    st.builds(lambda v: {"starts_with": [v]}, st.text("ab", min_size=1, max_size=2)),
    st.just({"open_cidr": True}),
)


def answer(leaf: dict[str, Any], values: dict[str, Any], unknown: Any, config: Any) -> bool | None:
    of = world(resource("aws_x.a", values, unknown=unknown), config=module({"aws_x.a": config}))
    subject, ctx = asked(of, "aws_x.a")
    condition = msgspec.convert({"attribute": "a", **leaf}, Condition)
    return evaluate(condition, Place(subject, subject.root), ctx).value


@given(LEAVES, st.one_of(SCALARS, st.lists(SCALARS, max_size=3)))
def test_making_a_value_unknown_never_decides_anything(leaf: dict[str, Any], value: Any) -> None:
    """An unknown value is never unmet; absence of data is never met."""
    assert answer(leaf, {"a": value}, None, {"a": constant(value)}) in (True, False, None)
    assert answer(leaf, {}, {"a": True}, {"a": refers("aws_y.b.id")}) is None


@given(st.sampled_from([True, False, None]), st.sampled_from([True, False, None]), st.booleans())
def test_what_is_not_known_is_neither_met_nor_unmet(met: bool | None, unmet: bool | None, asks: bool) -> None:
    from tfsrm.assess.conditions import Answer

    verdict = decide(Answer(met), Answer(unmet), asks).verdict
    if unmet is True:
        assert verdict == "unmet"
    elif met is True:
        assert verdict == "met"
    else:
        assert verdict == ("unknown" if None in (met, unmet) else "attest")


@pytest.fixture(params=CASES)
def found(request: pytest.FixtureRequest) -> Checklist:
    return api.analyze(api.Request(str(FIXTURES / request.param / "plan.json"), today="2026-11-24"))


def test_no_duty_lies_on_a_layer_that_is_awss(found: Checklist) -> None:
    """No duty lies on a layer whose owner in that resource's line is ``aws``."""
    after = {a: line.after for line in found.lines for a in line.addresses if line.after}
    standing = [d for d in found.duties if d.occasion == "standing" and d.change != "retired" and d.address in after]
    assert standing or not after
    assert not [(d.address, d.control) for d in standing if after[d.address][d.layer] == "aws"]


def test_a_duty_says_whose_it_is_what_both_do_and_where_it_comes_from(found: Checklist) -> None:
    for duty in found.duties:
        about = found.about[duty.about]
        assert duty.owner in ("customer", "shared")
        assert about.customer_does
        assert about.aws_does
        assert about.sources
        assert duty.rule.startswith("mappings/")


def test_the_verdict_follows_from_the_facets(found: Checklist) -> None:
    for duty in found.duties:
        verdicts = [f.verdict for f in duty.facets]
        worst = next((v for v in ("unmet", "unknown", "met") if v in verdicts), "attest")
        assert duty.verdict in (worst, None)
