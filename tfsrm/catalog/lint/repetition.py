"""The same words in too many places: what fits everything says nothing of the thing at hand."""

from __future__ import annotations

import re
from collections import defaultdict

from tfsrm.catalog.lint.scope import Scope
from tfsrm.model.catalog import ResourceType
from tfsrm.model.condition import Part

SERVICES_OF_A_SENTENCE = 5
"""An `aws_does` that more services share says nothing of any of them."""
SERVICES_OF_A_PAGE = 12
"""A page that the duties of more services cite is too general to back any of them."""
ALIKE = 0.85
"""Share of words that two questions on one resource have in common before they are one question asked twice."""
_GENERAL = ("https://registry.terraform.io/", "https://aws.amazon.com/compliance/shared-responsibility-model/")


def sentences(scope: Scope) -> None:
    """`aws_does` of services, and questions: no sentence for everything, none twice on one resource."""
    if scope.shipped:
        _shared_sentences(scope)
    for _, found in scope.own_types():
        _asked_twice(scope, found)


def pages(scope: Scope) -> None:
    """Pages that duties cite all over the catalogue."""
    if not scope.shipped:
        return
    cited: dict[str, dict[str, Part]] = defaultdict(dict)
    for service, found in scope.own_types():
        for duty in (*found.duties, *found.on_delete):
            for source in duty.sources:
                if not source.url.startswith(_GENERAL):
                    cited[source.url].setdefault(service.service, source)
    for url, by_service in cited.items():
        if len(by_service) > SERVICES_OF_A_PAGE:
            first = next(iter(by_service.values()))
            scope.wrong(first, "url", f"{url} backs duties of {len(by_service)} services, at most {SERVICES_OF_A_PAGE}")


def _shared_sentences(scope: Scope) -> None:
    told: dict[str, list[Part]] = defaultdict(list)
    for service in scope.own.services.values():
        if service.aws_does:
            told[service.aws_does].append(service)
    for text, services in told.items():
        if len(services) > SERVICES_OF_A_SENTENCE:
            scope.wrong(services[0], "aws_does", f"{len(services)} services share this aws_does: {text!r}")


def _asked_twice(scope: Scope, found: ResourceType) -> None:
    asked = [(duty, facet, _words(facet.ask)) for duty in found.duties for facet in duty.facets if facet.ask]
    for i, (duty, facet, words) in enumerate(asked):
        for earlier, other, others in asked[:i]:
            if (earlier.when, earlier.variants) != (duty.when, duty.variants):
                continue  # never asked together
            if len(words & others) >= ALIKE * len(words | others):
                first = scope.places.where(other, "ask")
                scope.wrong(facet, "ask", f"nearly the question of facet {other.id} ({first})")


def _words(text: str | None) -> set[str]:
    return set(re.findall(r"[a-z]+", (text or "").lower()))
