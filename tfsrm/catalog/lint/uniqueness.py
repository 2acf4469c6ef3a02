"""Ids are unique; a type stands in one file; a duty is written once."""

from __future__ import annotations

from collections.abc import Iterable

from tfsrm.catalog.lint.scope import Scope
from tfsrm.model.catalog import ResourceType, TypeDuty
from tfsrm.model.condition import Part


def ids(scope: Scope) -> None:
    """Ids of controls, roles, models, layers, parts, lifecycles, frameworks, requirements, versions."""
    own = scope.own
    _once(scope, "control", ((c, "id", c.id) for c in own.controls))
    _once(scope, "role", ((r, "id", r.id) for r in own.roles))
    _once(scope, "lifecycle", ((life, "id", life.id) for life in own.lifecycles))
    _once(scope, "framework", ((f, "id", f.id) for f in own.frameworks))
    for life in own.lifecycles:
        _once(scope, "version", ((v, "version", v.version) for v in life.versions))
    for framework in own.frameworks:
        _once(scope, "requirement", ((r, "id", r.id) for r in framework.requirements))
    if own.model is not None:
        _once(scope, "service model", ((m, "id", m.id) for m in own.model.models))
        _once(scope, "layer", ((layer, "id", layer.id) for layer in own.model.layers))
        _once(scope, "part", ((p, "id", p.id) for layer in own.model.layers for p in layer.parts))
        _once(scope, "severity", ((s, "id", s.id) for s in own.model.severities))


def types(scope: Scope) -> None:
    """A resource type once over all files; a service's name too."""
    _once(scope, "resource type", ((found, "type", found.type) for _, found in scope.own_types()))
    _once(scope, "service", ((s, "service", s.service) for s in scope.own.services.values()))


def duties(scope: Scope) -> None:
    """A control once per type, unless its duties are for different variants; facets once per duty."""
    for _, found in scope.own_types():
        _duties_once(scope, found.duties)
        _duties_once(scope, found.on_delete)
        _once(scope, "variant", ((v, "name" if v.name else "otherwise", v.title) for v in found.variants))
        _inside(scope, found)
    for role in scope.own.roles:
        _duties_once(scope, role.duties)
        _duties_once(scope, role.on_delete)
    for at in scope.duties():
        _once(scope, "facet", ((f, "id", f.id) for f in at.duty.facets))


def _inside(scope: Scope, found: ResourceType) -> None:
    _once(scope, "without", ((w, "control", w.control) for w in found.without))
    lacking = {w.control for w in found.without}
    for duty in (*found.duties, *found.on_delete):
        if duty.control in lacking:
            scope.wrong(duty, "control", f"{duty.control} is a duty here and in `without`")


def _duties_once(scope: Scope, found: list[TypeDuty]) -> None:
    """Two duties of one control are joined facet by facet: fine where one has a `when`, or each its variants."""
    seen: dict[str, list[TypeDuty]] = {}
    for duty in found:
        for other in seen.get(duty.control, []):
            if duty.variants and other.variants and not set(duty.variants) & set(other.variants):
                continue
            first = scope.places.where(other, "control")
            if duty.when is None and other.when is None and duty.variants == other.variants:
                text = f"{duty.control} is here already ({first}): join the facets, or give each its variants"
                scope.wrong(duty, "control", text)
            for name in sorted({f.id for f in duty.facets} & {f.id for f in other.facets}):
                scope.wrong(duty, "control", f"facet {name} of {duty.control} is here already ({first})")
        seen.setdefault(duty.control, []).append(duty)


def _once(scope: Scope, what: str, named: Iterable[tuple[Part, str, str]]) -> None:
    seen: dict[str, str] = {}
    for piece, field, name in named:
        if name in seen:
            scope.wrong(piece, field, f"{what} {name!r} is here twice (first at {seen[name]})")
        else:
            seen[name] = scope.places.where(piece, field)
