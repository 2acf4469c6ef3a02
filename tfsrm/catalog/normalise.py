"""From what is comfortable to write to what the engine reads: facets always a list, defaults always on a leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import structs

from tfsrm.catalog.places import Places
from tfsrm.model.catalog import Facet, ResourceType, Role, Service, Settles, TypeDuty
from tfsrm.model.condition import Condition, Default

INLINE = ("id", "says", "ask", "met_when", "unmet_when", "default")


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """The leaves of a condition, joins opened, ``each``, ``some`` and ``where`` not."""
    if condition is None:
        return
    joined = condition.any_of or condition.all_of or condition.none_of
    if joined is None:
        yield condition
        return
    for child in joined:
        yield from leaves(child)


class Normaliser:
    """Rewrites the pieces of one folder; ``places`` keeps up."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def service(self, service: Service) -> Service:
        new = structs.replace(
            service,
            duties=[self.duty(d) for d in service.duties],
            resources=[self.resource_type(r) for r in service.resources],
        )
        return self._places.moved(service, new)

    def resource_type(self, found: ResourceType) -> ResourceType:
        new = structs.replace(
            found,
            duties=[self.duty(d) for d in found.duties],
            on_delete=[self.duty(d) for d in found.on_delete],
            settles=[self.settles(s) for s in found.settles],
            variants=[self._places.moved(v, structs.replace(v, when=self._elements(v.when))) for v in found.variants],
        )
        return self._places.moved(found, new)

    def role(self, role: Role) -> Role:
        new = structs.replace(
            role, duties=[self.duty(d) for d in role.duties], on_delete=[self.duty(d) for d in role.on_delete]
        )
        return self._places.moved(role, new)

    def duty(self, duty: TypeDuty) -> TypeDuty:
        """``rule`` filled, an inline facet in the list. A duty that has both keeps both, for lint to refuse."""
        facets = [self._facet(f) for f in duty.facets]
        inline = duty.id is not None and not facets
        if inline and duty.id is not None:
            facet = Facet(
                id=duty.id,
                says=duty.says,
                ask=duty.ask,
                met_when=duty.met_when,
                unmet_when=duty.unmet_when,
                default=duty.default,
            )
            self._places.same(duty, facet)
            facets = [self._facet(facet)]
        new = structs.replace(
            duty, facets=facets, when=self._elements(duty.when), rule=self._places.where(duty, "control")
        )
        if inline:
            new = structs.replace(new, **dict.fromkeys(INLINE))
        return self._places.moved(duty, new)

    def settles(self, settles: Settles) -> Settles:
        new = structs.replace(
            settles,
            met_when=self._elements(settles.met_when),
            unmet_when=self._elements(settles.unmet_when),
            rule=self._places.where(settles),
        )
        return self._places.moved(settles, new)

    def _facet(self, facet: Facet) -> Facet:
        met, unmet = self._elements(facet.met_when), self._elements(facet.unmet_when)
        asked = {leaf.attribute for c in (met, unmet) for leaf in leaves(c)}
        default = facet.default
        if default is not None and len(asked) == 1:
            # One attribute, so there is no doubt whose default it is.
            met, unmet = self._with_default(met, default), self._with_default(unmet, default)
            default = None
        return self._places.moved(facet, structs.replace(facet, met_when=met, unmet_when=unmet, default=default))

    def _with_default(self, condition: Condition | None, default: Default) -> Condition | None:
        def give(leaf: Condition) -> Condition:
            return leaf if leaf.default is not None else structs.replace(leaf, default=default)

        return self._each_leaf(condition, give)

    def _elements(self, condition: Condition | None) -> Condition | None:
        """Inside ``each`` and ``some`` a leaf without an attribute asks the element itself: ``attribute: ""``."""

        def name(leaf: Condition) -> Condition:
            inner = {
                field: self._each_leaf(asked, _about_element)
                for field in ("each", "some")
                if (asked := getattr(leaf, field)) is not None
            }
            return structs.replace(leaf, **inner) if inner else leaf

        return self._each_leaf(condition, name)

    def _each_leaf(self, condition: Condition | None, change: Callable[[Condition], Condition]) -> Condition | None:
        if condition is None:
            return None
        joined = {
            field: [self._each_leaf(child, change) for child in children]
            for field in ("any_of", "all_of", "none_of")
            if (children := getattr(condition, field)) is not None
        }
        new = structs.replace(condition, **joined) if joined else change(condition)
        if new is not condition:
            self._places.same(condition, new)
        return new


def _about_element(leaf: Condition) -> Condition:
    if leaf.attribute is None and leaf.companion is None and leaf.named_by_survivor is None:
        return structs.replace(leaf, attribute="")
    return leaf
