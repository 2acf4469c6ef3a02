"""Every attribute whose name speaks of security is used in a condition, or docs/attributes/ says why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tfsrm.catalog.load import load
from tfsrm.catalog.provider_schema import provider_schema
from tfsrm.model.catalog import ByTag, ResourceType, Settles
from tfsrm.model.condition import Condition, Part

FOLDER = Path(__file__).parents[2] / "docs" / "attributes"
WORDS = (
    "audit", "auth", "backup", "deletion_protection", "encrypt", "expire", "force_delete", "force_destroy", "kms", "log",
    "logging", "logs", "mfa", "monitoring", "multi_az", "password", "policy", "public", "recovery_window", "retention",
    "rotation", "secret", "security_group", "skip_final_snapshot", "ssl", "subnet", "tls", "token", "user_data", "version",
)  # fmt: skip
INSIDE = (
    "audit", "backup", "deletion_protection", "encrypt", "kms", "logging", "monitoring", "password", "polic", "public",
    "retention", "rotation", "secret", "security_group", "subnet", "token",
)  # fmt: skip
"""Words that speak wherever they stand in a name; the others only where a word of the name begins with them."""
SPEAKS = re.compile(rf"(^|_)({'|'.join(WORDS)})|{'|'.join(INSIDE)}")
ROW = re.compile(r"^\| `(aws_\w+)` \| `([^`]+)` \| (.+) \|$", re.MULTILINE)
LEAST_REASON = 6
"""Letters of the shortest reason that says anything."""


def speaking(resource_type: str) -> Iterator[str]:
    """Paths of the attributes that somebody can set and whose name, or whose block's name, speaks of security."""
    for path, attribute in provider_schema().paths(resource_type):
        settable = attribute.required or "o" in attribute.flags
        if settable and not path.startswith("timeouts") and any(SPEAKS.search(step) for step in path.split(".")):
            yield path


def used(piece: Part) -> Iterator[str]:
    """Attribute paths, without indexes, that a type's conditions and links name."""
    named = []
    if isinstance(piece, Condition):
        named = [piece.attribute, piece.by, piece.linked_by]
    elif isinstance(piece, Settles):
        named = [piece.by]
    elif isinstance(piece, ByTag):
        named = [piece.key, piece.value]
    yield from (re.sub(r"\[[^\]]*\]", "", n) for n in named if n)
    for name in piece.__struct_fields__:
        value = getattr(piece, name)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, Part):
                yield from used(child)


@cache
def explained() -> dict[str, dict[str, str]]:
    """type -> path (or the block that holds it, or ``*_ending``) -> why no condition judges it."""
    out: dict[str, dict[str, str]] = {}
    for page in sorted(FOLDER.glob("*.md")):
        for kind, path, reason in ROW.findall(page.read_text()):
            out.setdefault(kind, {})[path] = reason
    return out


def answered(path: str, names: set[str], reasons: dict[str, str]) -> bool:
    last = {name.rsplit(".", 1)[-1] for name in names}
    return path.rsplit(".", 1)[-1] in last or any(
        path == n or path.startswith(f"{n}.") or (n.startswith("*") and path.endswith(n[1:]))
        for n in (*names, *reasons)
    )


@cache
def types() -> list[tuple[str, ResourceType]]:
    return [(stem, kind) for stem, service in load().services().items() for kind in service.resources]


def test_every_attribute_that_speaks_of_security_is_used_or_explained() -> None:
    left, seen = [], 0
    for stem, kind in types():
        names = set(used(kind))
        for path in speaking(kind.type):
            seen += 1
            if not answered(path, names, explained().get(kind.type, {})):
                left.append(f"{stem}: {kind.type} {path}")
    assert seen > 2000
    assert left == []


def test_reasons_say_something_of_types_and_attributes_that_there_are() -> None:
    schema = provider_schema()
    wrong = []
    for kind, rows in explained().items():
        paths = [path for path, _ in schema.paths(kind)] if kind in schema else []
        for path, reason in rows.items():
            there = any(
                p == path or p.startswith(f"{path}.") or (path[0] == "*" and p.endswith(path[1:])) for p in paths
            )
            if not there or len(reason) < LEAST_REASON:
                wrong.append(f"{kind} {path}: {reason}")
    assert wrong == []


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda p: p.stem)
def test_a_page_is_of_a_mapping_file_and_only_of_its_types(page: Path) -> None:
    own = {kind.type for stem, kind in types() if stem == page.stem}
    assert own, page.stem
    assert {kind for kind, _, _ in ROW.findall(page.read_text())} <= own
