"""Words: limits, one sentence, sources."""

from __future__ import annotations

import re

from tfsrm.catalog.lint.scope import Scope
from tfsrm.model.condition import Part, Source

WORDS = 30
TITLE_WORDS = 10
SHORT = 24
_NO_VERBS = frozenset(
    ("a", "an", "it", "must", "nobody", "should", "somebody", "the", "there", "they", "who", "you", "your")
)
_INNER_STOP = re.compile(r"[.!?] +[A-Z]")


def limits(scope: Scope) -> None:
    """`customer_does` and `aws_does` of at most 30 words; `says` one sentence; titles short."""
    for control in scope.own.controls:
        _at_most(scope, control, "title", control.title, TITLE_WORDS)
        _at_most(scope, control, "customer_does", control.customer_does)
        _at_most(scope, control, "aws_does", control.aws_does)
        _not_empty(scope, control, "severity_because", control.severity_because)
    for at in scope.duties():
        _at_most(scope, at.duty, "customer_does", at.duty.customer_does)
        _at_most(scope, at.duty, "aws_does", at.duty.aws_does)
        for facet in at.duty.facets:
            _sentence(scope, facet, "says", facet.says, ".")
            _sentence(scope, facet, "ask", facet.ask, "?")
    for service, found in scope.own_types():
        _at_most(scope, service, "aws_does", service.aws_does)
        for variant in found.variants:
            _at_most(scope, variant, "aws_does", variant.aws_does)
        for settled in found.settles:
            _sentence(scope, settled, "says", settled.says, ".")
        if found.no_duty is not None:
            _sentence(scope, found, "no_duty", found.no_duty, ".")
    for layer in scope.own.model.layers if scope.own.model else []:
        if len(layer.short) > SHORT:
            scope.wrong(layer, "short", f"short: {len(layer.short)} characters, at most {SHORT}")


def _not_empty(scope: Scope, piece: Part, field: str, text: str | None) -> bool:
    if text is not None and not text.strip():
        scope.wrong(piece, field, f"{field} is empty")
        return False
    return text is not None


def _at_most(scope: Scope, piece: Part, field: str, text: str | None, limit: int = WORDS) -> None:
    if _not_empty(scope, piece, field, text) and text is not None and len(text.split()) > limit:
        scope.wrong(piece, field, f"{field}: {len(text.split())} words, at most {limit}")


def _sentence(scope: Scope, piece: Part, field: str, text: str | None, stop: str) -> None:
    if not _not_empty(scope, piece, field, text) or text is None:
        return
    plain = text.strip()
    if not plain.endswith(stop):
        kind = "a full stop" if stop == "." else "a question mark"
        scope.wrong(piece, field, f"{field} must end with {kind}")
    elif field == "says" and _INNER_STOP.search(plain):
        scope.wrong(piece, field, "says must be one sentence")


def imperative(scope: Scope) -> None:
    """`customer_does` tells somebody to do something."""
    for control in scope.own.controls:
        if control.control_class != "inherited":
            _told(scope, control, control.customer_does)
    for at in scope.duties():
        _told(scope, at.duty, at.duty.customer_does)


def _told(scope: Scope, piece: Part, text: str | None) -> None:
    first = (text or "").split(maxsplit=1)[:1]
    word = first[0].rstrip(",").lower() if first else ""
    third_person = word.endswith("s") and not word.endswith("ss")
    if word in _NO_VERBS or third_person:
        scope.wrong(piece, "customer_does", f"customer_does must begin with what to do, not with {first[0]!r}")


def sources(scope: Scope) -> None:
    """Controls, services, frameworks and lifecycles have sources; none was read in the future."""
    own = scope.own
    cited: list[tuple[Part, list[Source], bool]] = [(c, c.sources, True) for c in own.controls]
    cited += [(s, s.sources, True) for s in own.services.values()]
    cited += [(f, f.sources, True) for f in own.frameworks]
    cited += [(life, life.sources, True) for life in own.lifecycles]
    cited += [(at.duty, at.duty.sources, False) for at in scope.duties()]
    for _, found in scope.own_types():
        cited.append((found, found.sources, False))
        cited += [(v, v.sources, False) for v in found.variants]
        cited += [(s, s.sources, False) for s in found.settles]
    for piece, found_sources, needed in cited:
        if needed and not found_sources:
            scope.wrong(piece, "sources", "needs at least one source")
        for source in found_sources:
            if source.read > scope.today:
                scope.wrong(source, "read", f"read: {source.read} is in the future")
    for model in own.model.models if own.model else []:
        if not model.sources:
            scope.doubt(model, "sources", f"model {model.id} names no source")
