"""Conditions: their form, and whether the attributes they ask exist, suit the operator and have a default."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tfsrm.catalog.lint.operators import NEED_DEFAULT, PRESENCE, misfit, operator_of
from tfsrm.catalog.lint.scope import DutyAt, Scope
from tfsrm.catalog.provider_schema import Attribute, PathError, follow, may_be_asked
from tfsrm.catalog.shapes import did_you_mean
from tfsrm.model.catalog import ResourceType, Settles
from tfsrm.model.condition import Condition, Part

JOINS = ("any_of", "all_of", "none_of")
NEVER = Condition(any_of=[])
"""Beside a companion's `met_when`: it can settle the facet, never worsen it; its "no" leaves the host's own answer."""
FIELDS = Condition.__struct_fields__


def all_conditions(scope: Scope) -> None:
    """Every condition of duties, variants and companions, and every path that links resources."""
    for at in scope.duties():
        _duty(scope, at)
    for _, found in scope.own_types():
        if found.type not in scope.schema:
            continue
        place = Place(scope, found.type, scope.schema.root(found.type))
        for variant in found.variants:
            ask(replace(place, piece=variant), variant.when)
        for name in found.identity:
            _path(replace(place, piece=found, field="identity"), name)
        for settled in found.settles:
            _settles(replace(place, piece=settled), settled)


def _duty(scope: Scope, at: DutyAt) -> None:
    asked = [at.duty.when, *(c for f in at.duty.facets for c in (f.met_when, f.unmet_when))]
    if at.kind in ("service", "account"):
        if any(c is not None for c in asked):
            scope.wrong(at.duty, None, f"a duty of {_owner(at.kind)} can only ask: there is no resource to look at")
        return
    types = [at.type.type] if at.type is not None else [t.type for t in _types_with(scope, at)]
    for name in types:
        if name in scope.schema:
            place = Place(scope, name, scope.schema.root(name), at.duty, decommission=at.decommission)
            ask(place, at.duty.when)
            for facet in at.duty.facets:
                for condition in (facet.met_when, facet.unmet_when):
                    ask(replace(place, piece=facet), condition)


def _owner(kind: str) -> str:
    return "the account" if kind == "account" else "a service"


def _types_with(scope: Scope, at: DutyAt) -> list[ResourceType]:
    assert at.role is not None  # noqa: S101 (its kind says so)
    return [t for t in scope.types_of_role(at.role.id) if at.duty in scope.effective(t, at.decommission)]


def _settles(place: Place, settled: Settles) -> None:
    if settled.by is not None:
        _path(replace(place, field="by"), settled.by)
    for path in (settled.by_tag.key, settled.by_tag.value) if settled.by_tag is not None else ():
        _path(replace(place, field="by_tag"), path)
    ask(place, settled.met_when)
    if settled.met_when is None or settled.unmet_when != NEVER:
        ask(place, settled.unmet_when)


@dataclass(frozen=True)
class Place:
    """Where a condition stands and what its paths start from."""

    scope: Scope
    type: str
    start: Attribute
    piece: Part | None = None
    """What problems are reported at, where the condition itself is not in a file here."""
    field: str | None = None
    prefix: str = ""
    """Path from the type to the element, inside ``each`` and ``some``."""
    inside: str = ""
    """``each``, ``some`` or ``companion``: what the condition is inside of."""
    decommission: bool = False
    guarded: frozenset[str] = frozenset()
    """Attributes that a condition beside this one asks with present or absent: whether they are set is settled there."""

    def wrong(self, condition: Condition | None, field: str | None, text: str) -> None:
        """Report at the condition; at the piece where the condition was made by the loader."""
        if condition is not None and self.scope.places.where(condition):
            self.scope.wrong(condition, field, text)
        elif self.piece is not None:
            self.scope.wrong(self.piece, self.field, text)


def ask(place: Place, condition: Condition | None) -> None:
    """Check one condition and those inside it."""
    if condition is None:
        return
    given = {name for name in FIELDS if getattr(condition, name) is not None}
    joins = [name for name in JOINS if name in given]
    if joins:
        _join(place, condition, joins, given)
    elif condition.companion is not None:
        _companion(place, condition)
    elif condition.named_by_survivor is not None:
        _survivor(place, condition, given)
    elif condition.attribute is not None:
        _leaf(place, condition)
    else:
        place.wrong(
            condition, None, "the condition asks nothing: give an attribute, a companion or any_of, all_of, none_of"
        )


def _join(place: Place, condition: Condition, joins: list[str], given: set[str]) -> None:
    others = sorted(given - {joins[0]})
    if others:
        place.wrong(condition, others[0], f"{joins[0]} stands alone: put {', '.join(others)} in a condition of its own")
    children: list[Condition] = getattr(condition, joins[0])
    settled = {c.attribute for c in children if c.attribute and (c.present or c.absent)}
    for child in children:
        ask(replace(place, guarded=place.guarded | settled), child)
    if not children:
        place.wrong(condition, joins[0], f"{joins[0]} is empty")


def _companion(place: Place, condition: Condition) -> None:
    scope, name = place.scope, condition.companion or ""
    if place.inside in ("each", "some"):
        place.wrong(condition, "companion", f"a companion cannot be asked inside {place.inside}")
        return
    if (condition.by is None) == (condition.linked_by is None):
        place.wrong(condition, "companion", "a companion needs exactly one of `by` and `linked_by`")
    # Only of a catalogued type is it on record what AWS fills in and what is never printed.
    if not scope.refers(condition, "companion", name, scope.types, "resource type of the catalogue"):
        return
    if condition.by is not None:
        _path(replace(place, field="by"), condition.by, condition)
    inner = Place(scope, name, scope.schema.root(name), place.piece, inside="companion")
    if condition.linked_by is not None:
        _path(replace(inner, field="linked_by"), condition.linked_by, condition)
    if condition.where is not None:
        if condition.attribute is not None or operator_of(condition):
            place.wrong(condition, "where", "`where` stands instead of an attribute and its operator")
        ask(inner, condition.where)
    elif condition.attribute is None and operator_of(condition) == ["absent"]:
        return
    elif condition.attribute is not None or operator_of(condition):
        _leaf(inner, condition)


def _survivor(place: Place, condition: Condition, given: set[str]) -> None:
    if not place.decommission:
        place.wrong(condition, "named_by_survivor", "named_by_survivor is for `on_delete` only")
    if given - {"named_by_survivor"}:
        place.wrong(condition, "named_by_survivor", "named_by_survivor stands alone")
    for name in condition.named_by_survivor or []:
        if name != "*":
            place.scope.refers(
                condition, "named_by_survivor", name, place.scope.schema.types(), "resource type of the provider"
            )


def _leaf(place: Place, condition: Condition) -> None:
    operators = operator_of(condition)
    if len(operators) != 1:
        found = f"got {', '.join(operators)}" if operators else "got none"
        place.wrong(condition, "attribute", f"an attribute needs exactly one operator, {found}")
        return
    if condition.attribute is None:
        place.wrong(condition, operators[0], f"{operators[0]} needs an attribute")
        return
    if condition.companion is None:
        for field in ("by", "linked_by", "across", "where", "distinct_at_least"):
            if getattr(condition, field) is not None:
                place.wrong(condition, field, f"`{field}` goes with a companion")
    attribute = _path(replace(place, field="attribute"), condition.attribute, condition)
    if attribute is not None:
        _suits(place, condition, operators[0], attribute)


def _suits(place: Place, condition: Condition, operator: str, attribute: Attribute) -> None:
    text = misfit(operator, condition, attribute)
    if text is not None:
        place.wrong(condition, operator, text)
        return
    path = place.prefix + (condition.attribute or "")
    if operator not in PRESENCE and path and not may_be_asked(place.type, path, attribute):
        place.wrong(condition, operator, f"{path} of {place.type} is secret: only present or absent may be asked")
    if condition.supported_on is not None:
        place.scope.refers(condition, "supported_on", condition.supported_on, place.scope.lifecycles, "lifecycle file")
    question = condition.policy
    if question is not None and question.services and question.question != "allows-service-wildcard":
        place.wrong(condition, "policy", "`services` goes with allows-service-wildcard only")
    _default(place, condition, operator, attribute)
    inner = condition.each or condition.some
    if inner is not None and condition.json_path is None:
        element = follow(attribute, "[*]") if attribute.kind != "dynamic" else attribute
        ask(replace(place, start=element, prefix=f"{path}[*].", inside=operator), inner)


def _default(place: Place, condition: Condition, operator: str, attribute: Attribute) -> None:
    if operator in (*PRESENCE, "each", "some") and condition.default is not None:
        place.wrong(condition, "default", f"{operator} needs no default")
    if operator not in NEED_DEFAULT or condition.default is not None or attribute.required:
        return
    path = condition.attribute or "the element"
    if path in place.guarded:
        return
    text = f"{path} is optional: add a `default` (what holds when nobody sets it), else the answer is not known"
    if place.inside or "[" in path or condition.json_path is not None or operator == "supported_on":
        place.scope.doubt(condition, operator, text)
    elif "o" in attribute.flags:
        place.wrong(condition, operator, text)


def _path(place: Place, path: str, condition: Condition | None = None) -> Attribute | None:
    """What ``path`` leads to; a problem where it leads nowhere."""
    try:
        return follow(place.start, path)
    except PathError as error:
        text = f"{place.type}: {error}{did_you_mean(error.name, error.near) if error.name else ''}"
        place.wrong(condition, place.field, text)
        return None
