"""Builds small worlds and catalogues for tests: real types of ours, nothing mocked."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from tfsrm.assess.conditions import Context
from tfsrm.assess.engine import context
from tfsrm.assess.knowledge import Knowledge
from tfsrm.assess.worlds import Subject, WorldIndex
from tfsrm.model.catalog import Catalog, CatalogIndex, Control, Entry, ModelFile, Role, Service
from tfsrm.model.world import Input, ModuleCall, ModuleConfig, Resource, ResourceChange, ResourceConfig, Variable, World

DAY = date(2026, 11, 24)
SOURCE = {"url": "https://docs.aws.amazon.com/page.html", "read": "2026-11-24"}
LAYERS = ("customer-data", "guest-os", "aws-software", "resilience", "detection", "governance")
LINES = {
    "hosts": ("customer", "customer", "aws", "shared", "shared", "shared"),
    "abstracted": ("customer", "aws", "aws", "shared", "shared", "shared"),
}


def resource(address: str, values: dict[str, Any] | None = None, **fields: Any) -> Resource:
    """A resource at ``module.m.aws_x.n["k"]``; ``unknown``, ``sensitive``, ``provider`` ... as fields."""
    module, _, rest = address.rpartition(".aws_") if ".aws_" in address else ("", "", address.removeprefix("aws_"))
    kind, _, name = rest.partition(".")
    name, _, key = name.partition("[")
    parsed = msgspec.json.decode(key.removesuffix("]").encode()) if key else None
    defaults: dict[str, Any] = {"module": module, "type": f"aws_{kind}", "name": name, "key": parsed}
    return Resource(address=address, values=values or {}, **{**defaults, **fields})


def refers(*references: str) -> dict[str, Any]:
    """An expression that refers to something, with all prefixes as Terraform writes them."""
    out: list[str] = []
    for reference in references:
        parts = reference.split(".")
        start = 3 if parts[0] == "data" else 2
        out += [".".join(parts[:end]) for end in range(len(parts), start - 1, -1)] or [reference]
    return {"references": out}


def constant(value: Any) -> dict[str, Any]:
    """An expression that is a literal."""
    return {"constant_value": value}


def module(
    resources: dict[str, dict[str, Any]] | None = None,
    calls: dict[str, ModuleCall] | None = None,
    variables: dict[str, Variable] | None = None,
    outputs: dict[str, Any] | None = None,
    for_each: dict[str, Any] | None = None,
) -> ModuleConfig:
    """A module's configuration: ``type.name`` -> expressions."""
    blocks = {
        name: ResourceConfig(expressions=e, for_each_expression=(for_each or {}).get(name))
        for name, e in (resources or {}).items()
    }
    return ModuleConfig(resources=blocks, calls=calls or {}, variables=variables or {}, outputs=outputs or {})


def world(*resources: Resource, config: ModuleConfig | None = None, data: tuple[Resource, ...] = ()) -> World:
    """A world; without ``config`` like a state."""
    return World(resources=resources, configuration=config, data=data)


def index(
    of: World, computed: dict[str, list[str]] | None = None, created: frozenset[str] | None = frozenset()
) -> WorldIndex:
    """A world ready for questions."""
    return WorldIndex(of, lambda name: frozenset((computed or {}).get(name, ())), created)


def plan(
    before: World | None, after: World, changes: tuple[ResourceChange, ...] = (), drifted: World | None = None
) -> Input:
    """An input of kind plan."""
    return Input(kind="plan", path="plan.json", digest="", before=before, after=after, changes=changes, drifted=drifted)


def control(name: str, **fields: Any) -> dict[str, Any]:
    """A control as in a mapping file."""
    base = {
        "id": name,
        "title": name.replace("-", " ").capitalize(),
        "class": "customer-specific",
        "layer": "customer-data",
        "severity": "medium",
        "severity_because": "It matters.",
        "customer_does": "Do it.",
        "aws_does": "Offers it.",
        "sources": [SOURCE],
    }
    return {**base, **fields}


def knowledge(  # noqa: PLR0917 (a small catalogue has that many sides)
    types: list[dict[str, Any]],
    controls: list[dict[str, Any]],
    roles: list[dict[str, Any]] | None = None,
    account_duties: list[dict[str, Any]] | None = None,
    computed: dict[str, list[str]] | None = None,
    secrets: dict[str, list[str]] | None = None,
    model: str = "abstracted",
) -> Knowledge:
    """A catalogue of one service, from the same plain data that mapping files hold."""
    service = msgspec.convert(
        {"service": "Amazon Test", "model": model, "sources": [SOURCE], "resources": types}, Service
    )
    layers = [
        {"id": name, "title": name, "short": name, "aws_diagram": i < 3, "parts": [{"id": name, "title": name}]}
        for i, name in enumerate(LAYERS)
    ]
    models = [
        {"id": m, "title": m, "says": m, "line": dict(zip(LAYERS, owners, strict=True)), "inherited": [], "sources": []}
        for m, owners in LINES.items()
    ]
    hosts: dict[str, list[str]] = {}
    for kind in service.resources:
        for settles in kind.settles:
            for host in [settles.of] if isinstance(settles.of, str) else settles.of:
                hosts.setdefault(host, []).append(kind.type)
    entries = {
        t.type: Entry(service, t, frozenset((computed or {}).get(t.type, ())), tuple((secrets or {}).get(t.type, ())))
        for t in service.resources
    }
    every_role = [{"id": r, "says": r} for r in ("thing", "companion", "attachment")]
    return Knowledge(
        Catalog(
            index=CatalogIndex(
                version="0",
                digest="sha256:0",
                provider_version="6.25.0",
                resource_types=len(types),
                model=msgspec.convert(
                    {"layers": layers, "models": models, "severities": [], "account_duties": account_duties or []},
                    ModelFile,
                ),
                roles=msgspec.convert([*(roles or []), *every_role], list[Role]),
                controls=msgspec.convert(controls, list[Control]),
                types={t.type: "test" for t in service.resources},
                hosts=hosts,
                gaps=[],
                lifecycles=[],
            ),
            entry=entries.get,
            requirements=lambda _: [],
            services=lambda: {"test": service},
        )
    )


def asked(of: World, address: str, known: Knowledge | None = None, **fields: Any) -> tuple[Subject, Context]:
    """A resource of a world and the context to ask conditions in."""
    made = index(of, **fields)
    return made.subjects[address], context(made, known or knowledge([], []), DAY)
