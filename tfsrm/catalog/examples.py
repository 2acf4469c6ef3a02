"""The examples of the catalogue: collected, and turned into the form that a plan has. Running them joins other parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from tfsrm.catalog.provider_schema import ProviderSchema, provider_schema
from tfsrm.model.catalog import Catalog, Example, ResourceType, Settles, TypeDuty
from tfsrm.model.world import Input, Resource, Tree, World

_RESOURCE = re.compile(r'^\s*resource\s+"?(aws_[a-z0-9_]+)"?', re.MULTILINE)


class CatalogExample(NamedTuple):
    """An example and what it is about."""

    name: str
    """``s3.yaml::aws_s3_bucket::encrypt-at-rest::unmet::nothing said``."""
    where: str
    """``file:line`` of its duty."""
    host: str
    """The type whose duty is judged; empty for an account-wide duty."""
    control: str
    decommission: bool
    example: Example


def collect(catalog: Catalog) -> Iterator[CatalogExample]:
    """Every example of types, companions and roles, in the order of the files."""
    known = {found.type: found for service in catalog.services().values() for found in service.resources}
    for stem, service in catalog.services().items():
        for found in service.resources:
            file = f"{stem}.yaml"
            yield from _of_duties(file, found.type, found.duties, decommission=False)
            yield from _of_duties(file, found.type, found.on_delete, decommission=True)
            for settled in found.settles:
                yield from _of_settles(file, found.type, settled, known)
    for role in catalog.index.roles:
        for decommission, duties in ((False, role.duties), (True, role.on_delete)):
            for duty in duties:
                for example in duty.examples:
                    host = first_type(example.hcl, (t for t, found in known.items() if found.role == role.id))
                    yield _case("roles.yaml", role.id, duty, example, host, decommission)


def _of_duties(file: str, name: str, duties: Iterable[TypeDuty], decommission: bool) -> Iterator[CatalogExample]:
    for duty in duties:
        for example in duty.examples:
            yield _case(file, name, duty, example, name, decommission)


def _of_settles(file: str, name: str, settled: Settles, known: dict[str, ResourceType]) -> Iterator[CatalogExample]:
    for example in settled.examples:
        yield _case(file, name, settled, example, _host(settled, example, name, known), decommission=False)


def _host(settled: Settles, example: Example, companion: str, known: dict[str, ResourceType]) -> str:
    """The host type that the example holds; the companion itself where its host is not in the example."""
    if settled.of == "account":
        return ""
    wanted = [settled.of] if isinstance(settled.of, str) else settled.of
    roles = {w.removeprefix("role:") for w in wanted if w.startswith("role:")}
    hosts = (t for t, found in known.items() if t in wanted or found.role in roles)
    return first_type(example.hcl, hosts) or companion


def _case(
    file: str, about: str, piece: TypeDuty | Settles, example: Example, host: str, decommission: bool
) -> CatalogExample:
    name = f"{file}::{about}::{piece.control}::{example.verdict}::{example.title}"
    return CatalogExample(name, piece.rule, host, piece.control, decommission, example)


def first_type(hcl: str, types: Iterable[str]) -> str:
    """The first of ``types`` that a resource block of the text has; empty: none."""
    wanted = set(types)
    return next((t for t in _RESOURCE.findall(hcl) if t in wanted), "")


# The form of a plan ---------------------------------------------------------------------------------------------------


def as_plan(source: Input, schema: ProviderSchema | None = None) -> Input:
    """The same world as a plan would show it before apply.

    What nobody set is unknown where AWS may choose it, null or an empty block where not; values have the provider's types.
    """
    schema = schema or provider_schema()
    return structs.replace(source, after=planned(source.after, schema))


def planned(world: World, schema: ProviderSchema) -> World:
    """Every AWS resource of the world as a plan shows it."""
    return structs.replace(world, resources=tuple(_planned(r, schema) for r in world.resources))


def _planned(resource: Resource, schema: ProviderSchema) -> Resource:
    if not resource.is_aws or resource.type not in schema:
        return resource
    values, unknown = _decoded(resource.values), _decoded(resource.unknown)
    if unknown is True:
        return resource
    filled = frozenset(schema.filled(resource.type))
    values, mask = _block(schema.block(resource.type), values or {}, unknown or {}, "", filled)
    return structs.replace(resource, values=values, unknown=mask)


def _decoded(tree: Tree) -> Any:
    return msgspec.json.decode(tree) if isinstance(tree, msgspec.Raw) else tree


def _block(block: Any, values: Any, mask: Any, prefix: str, filled: frozenset[str]) -> tuple[dict[str, Any], Any]:
    attributes, blocks = block
    values, mask = dict(values), dict(mask) if isinstance(mask, dict) else {}
    for name, (flags, kind) in attributes.items():
        if mask.get(name):
            continue
        if values.get(name) is not None:
            values[name] = as_type(values[name], kind)
        elif "c" in flags:
            values.pop(name, None)
            mask[name] = True
        else:
            values[name] = None
    for name, (nesting, inner) in blocks.items():
        if mask.get(name) is True:
            continue
        path = f"{prefix}{name}"
        if not values.get(name) and not mask.get(name):
            _unwritten(values, mask, name, nesting, unknown=path in filled)
        else:
            values[name], mask[name] = _nested(inner, values.get(name), mask.get(name), path, filled)
    return values, mask


def _unwritten(values: dict[str, Any], mask: dict[str, Any], name: str, nesting: str, unknown: bool) -> None:
    if unknown:
        values.pop(name, None)
        mask[name] = True
    else:
        values[name] = [] if nesting in ("list", "set") else None


def _nested(block: Any, value: Any, mask: Any, path: str, filled: frozenset[str]) -> tuple[Any, Any]:
    if not isinstance(value, list):
        return _block(block, value or {}, mask or {}, f"{path}.", filled)
    masks = mask if isinstance(mask, list) else []
    pairs = [
        _block(block, v or {}, masks[i] if i < len(masks) else {}, f"{path}.", filled) for i, v in enumerate(value)
    ]
    return [v for v, _ in pairs], [m for _, m in pairs]


def as_type(value: Any, kind: Any) -> Any:
    """A literal of HCL as Terraform converts it to the attribute's type: ``true`` for a text is ``"true"``."""
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, int | float):
        return str(value)
    if kind == "bool" and value in ("true", "false"):
        return value == "true"
    if kind == "number" and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    if isinstance(kind, list) and kind[0] in ("list", "set") and isinstance(value, list):
        return [as_type(v, kind[1]) for v in value]
    if isinstance(kind, list) and kind[0] == "map" and isinstance(value, dict):
        return {k: as_type(v, kind[1]) for k, v in value.items()}
    return value
