"""Facets: the forms of the table in ``mappings/README.md``, and the examples that prove their conditions."""

from __future__ import annotations

from tfsrm.catalog.lint.scope import Scope
from tfsrm.catalog.normalise import leaves
from tfsrm.model.catalog import Facet, Settles, TypeDuty
from tfsrm.model.condition import Verdict

INLINE = ("id", "says", "ask", "met_when", "unmet_when", "default")


def forms(scope: Scope) -> None:
    """A condition has `says`; without one there is `ask`; both conditions need `ask`; a default has a leaf to go to."""
    for at in scope.duties():
        duty = at.duty
        inline = [name for name in INLINE if getattr(duty, name) is not None]
        if inline and duty.facets:
            scope.wrong(duty, inline[0], f"`{inline[0]}` beside `facets`: write it in a facet")
        elif inline:
            scope.wrong(duty, inline[0], f"`{inline[0]}` needs the facet's `id`")
        elif not duty.facets:
            scope.wrong(duty, "control", f"{duty.control}: needs a facet (id, with says and met_when, or with ask)")
        for facet in duty.facets:
            _form(scope, facet)


def _form(scope: Scope, facet: Facet) -> None:
    asks = facet.ask is not None
    judged = facet.met_when is not None or facet.unmet_when is not None
    if not judged and not asks:
        scope.wrong(facet, "id", f"facet {facet.id}: needs met_when, unmet_when or ask")
    if judged and facet.says is None:
        scope.wrong(facet, "id", f"facet {facet.id}: a condition needs `says` (what holds when it is met)")
    if facet.met_when is not None and facet.unmet_when is not None and not asks:
        scope.wrong(facet, "unmet_when", f"facet {facet.id}: met_when and unmet_when together need `ask`")
    if facet.default is not None:
        text = (
            "several attributes are asked: give each leaf its own default" if judged else "a default needs a condition"
        )
        scope.wrong(facet, "default", f"facet {facet.id}: {text}")


def examples(scope: Scope) -> None:
    """Every facet with a condition has an example for each answer; every example names a facet that is there."""
    for at in scope.duties():
        ids = [f.id for f in at.duty.facets]
        for example in at.duty.examples:
            scope.refers(example, "facet", example.facet, ids, "facet")
        _titles(scope, at.duty)
        for facet in at.duty.facets:
            _proved(scope, at.duty, facet)
    for _, found in scope.own_types():
        for settled in found.settles:
            _of_settles(scope, settled)


def _proved(scope: Scope, duty: TypeDuty, facet: Facet) -> None:
    asked = [leaf for c in (facet.met_when, facet.unmet_when) for leaf in leaves(c)]
    if any(leaf.named_by_survivor for leaf in asked):
        # What an example holds goes away as a whole: nothing in it survives.
        return
    shown = {e.verdict for e in duty.examples if e.facet == facet.id}
    missing = [v for v in wanted(facet) if v not in shown]
    if duty.when is not None and shown & set(wanted(facet)):
        # Where the duty's own `when` asks the same thing, only one answer can be had.
        return
    for verdict in missing:
        scope.wrong(facet, "id", f"facet {facet.id}: needs an example with verdict {verdict}")


def wanted(facet: Facet | Settles) -> tuple[Verdict, ...]:
    """The verdicts that a facet's conditions give for yes and for no."""
    met, unmet = facet.met_when is not None, facet.unmet_when is not None
    asks = isinstance(facet, Facet) and facet.ask is not None
    if met and unmet:
        return ("met", "unmet")
    if met:
        return ("met", "attest" if asks else "unmet")
    if unmet:
        return ("unmet", "attest" if asks else "met")
    return ()


def _of_settles(scope: Scope, settled: Settles) -> None:
    for example in settled.examples:
        if example.facet != settled.facet:
            scope.wrong(example, "facet", f"the example is about {settled.facet}, not {example.facet}")
    if settled.of == "account":
        return
    shown = {e.verdict for e in settled.examples}
    if settled.met_when is not None and len(shown) < 2:
        text = "needs two examples with different verdicts: a companion that settles it and one that does not"
        scope.wrong(settled, "facet", f"{settled.facet}: {text}")
    elif settled.met_when is None and settled.unmet_when is not None and "unmet" not in shown:
        scope.wrong(settled, "facet", f"{settled.facet}: needs an example with verdict unmet")


def _titles(scope: Scope, duty: TypeDuty) -> None:
    seen: set[tuple[str, str]] = set()
    for example in duty.examples:
        if (example.facet, example.title) in seen:
            scope.wrong(example, "title", f"two examples of {example.facet} are called {example.title!r}")
        seen.add((example.facet, example.title))
