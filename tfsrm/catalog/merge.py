"""A user's mapping files laid over the shipped ones: add, refine, switch off.

The same type (or control, role, model ...) refines: its duties replace those of the same control and are added to the
rest; ``without`` switches a duty off. Every duty keeps the ``rule`` of the file that it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from msgspec import structs

from tfsrm.catalog.folder import Pieces
from tfsrm.model.catalog import (
    Framework,
    LineOverride,
    ModelFile,
    ResourceType,
    Role,
    Service,
    Settles,
    TypeDuty,
    Without,
)

T = TypeVar("T")


def merge(base: Pieces, over: Pieces) -> Pieces:
    """``over`` laid over ``base``; neither is changed."""
    return Pieces(
        services=_services(base.services, over.services),
        controls=_by(base.controls, over.controls, lambda c: c.id),
        roles=_roles(base.roles, over.roles),
        model=_model(base.model, over.model),
        frameworks=_frameworks(base.frameworks, over.frameworks),
        lifecycles=_by(base.lifecycles, over.lifecycles, lambda life: life.id),
    )


def _by(base: Iterable[T], over: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    """The pieces of ``base``, replaced where ``over`` has pieces of the same key; the rest of ``over`` after them."""
    new: dict[Hashable, list[T]] = {}
    for piece in over:
        new.setdefault(key(piece), []).append(piece)
    out: list[T] = []
    for piece in base:
        if key(piece) in new:
            out += new.pop(key(piece))
        elif key(piece) not in {key(p) for p in over}:
            out.append(piece)
    return out + [piece for pieces in new.values() for piece in pieces]


def _services(base: dict[str, Service], over: dict[str, Service]) -> dict[str, Service]:
    """A type is refined in the service it is known from, whatever the file of the user is called."""
    out = dict(base)
    homes = {r.type: stem for stem, service in base.items() for r in service.resources}
    for stem, service in over.items():
        moved: dict[str, list[ResourceType]] = {}
        for found in service.resources:
            moved.setdefault(homes.get(found.type, stem), []).append(found)
        if stem in out:
            out[stem] = _service(out[stem], service)
        elif stem in moved or service.duties:
            out[stem] = structs.replace(service, resources=[])
        for home, types in moved.items():
            out[home] = structs.replace(out[home], resources=_types(out[home].resources, types))
    return out


def _service(base: Service, over: Service) -> Service:
    return structs.replace(
        base,
        model=over.model,
        model_because=over.model_because or base.model_because,
        sources=[*base.sources, *(s for s in over.sources if s not in base.sources)],
        aws_does=over.aws_does or base.aws_does,
        inherited=list(dict.fromkeys([*base.inherited, *over.inherited])),
        line=_line(base.line, over.line),
        duties=_duties(base.duties, over.duties),
    )


def _types(base: list[ResourceType], over: list[ResourceType]) -> list[ResourceType]:
    known = {r.type: r for r in base}
    refined = [refine(known[r.type], r) if r.type in known else r for r in over]
    return _by(base, refined, lambda r: r.type)


def refine(base: ResourceType, over: ResourceType) -> ResourceType:
    """One resource type as the user's files change it."""
    off = {w.control for w in over.without}
    duties = [] if over.no_duty else _duties([d for d in base.duties if d.control not in off], over.duties)
    on_delete = [] if over.no_duty else _duties([d for d in base.on_delete if d.control not in off], over.on_delete)
    return structs.replace(
        base,
        role=over.role,
        no_duty=over.no_duty or (None if over.duties or over.on_delete else base.no_duty),
        identity=list(dict.fromkeys([*base.identity, *over.identity])),
        model=over.model or base.model,
        line=_line(base.line, over.line),
        variants=over.variants or base.variants,
        without=_without(base.without, over),
        duties=duties,
        on_delete=on_delete,
        settles=_by(base.settles, over.settles, _settles_key),
        sources=[*base.sources, *(s for s in over.sources if s not in base.sources)],
    )


def _without(base: list[Without], over: ResourceType) -> list[Without]:
    """A duty that the user adds is no longer without."""
    added = {d.control for d in (*over.duties, *over.on_delete)}
    return [w for w in _by(base, over.without, lambda w: w.control) if w.control not in added]


def _settles_key(settles: Settles) -> Hashable:
    of = settles.of if isinstance(settles.of, str) else tuple(settles.of)
    return of, settles.by, settles.control, settles.facet


def _duties(base: list[TypeDuty], over: list[TypeDuty]) -> list[TypeDuty]:
    return _by(base, over, lambda d: d.control)


def _line(base: list[LineOverride], over: list[LineOverride]) -> list[LineOverride]:
    return _by(base, over, lambda o: o.part)


def _roles(base: list[Role], over: list[Role]) -> list[Role]:
    known = {r.id: r for r in base}
    refined = [_role(known[r.id], r) if r.id in known else r for r in over]
    return _by(base, refined, lambda r: r.id)


def _role(base: Role, over: Role) -> Role:
    return structs.replace(
        over, duties=_duties(base.duties, over.duties), on_delete=_duties(base.on_delete, over.on_delete)
    )


def _frameworks(base: list[Framework], over: list[Framework]) -> list[Framework]:
    known = {f.id: f for f in base}
    refined = [
        structs.replace(f, requirements=_by(known[f.id].requirements, f.requirements, lambda r: r.id))
        if f.id in known
        else f
        for f in over
    ]
    return _by(base, refined, lambda f: f.id)


def _model(base: ModelFile | None, over: ModelFile | None) -> ModelFile | None:
    if base is None or over is None:
        return over or base
    return ModelFile(
        layers=_by(base.layers, over.layers, lambda layer: layer.id),
        models=_by(base.models, over.models, lambda m: m.id),
        severities=_by(base.severities, over.severities, lambda s: s.id),
        account_duties=_duties(base.account_duties, over.account_duties),
    )
