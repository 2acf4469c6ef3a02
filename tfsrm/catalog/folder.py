"""A folder of mapping files -> Pieces, with every problem of every file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from tfsrm.catalog.location import mappings_folder
from tfsrm.catalog.normalise import Normaliser
from tfsrm.catalog.places import Places
from tfsrm.catalog.shapes import BAD, Shape
from tfsrm.catalog.yaml_tree import Problem, read_tree
from tfsrm.errors import MappingError
from tfsrm.model.catalog import (
    Control,
    ControlFile,
    Framework,
    Lifecycle,
    ModelFile,
    Role,
    RoleFile,
    Service,
)


class Kind(NamedTuple):
    """One kind of mapping file."""

    name: str
    struct: type[msgspec.Struct]
    pattern: str
    """Of its path in the folder."""


KINDS = (
    Kind("model", ModelFile, r"model\.yaml"),
    Kind("roles", RoleFile, r"roles\.yaml"),
    Kind("controls", ControlFile, r"controls/[^/]+\.yaml"),
    Kind("service", Service, r"aws/[^/]+\.yaml"),
    Kind("lifecycle", Lifecycle, r"lifecycle/[^/]+\.yaml"),
    Kind("framework", Framework, r"frameworks/[^/]+\.yaml"),
)
_GENERATED = ("compiled", "provider", "schema")


class File(NamedTuple):
    """A mapping file: its path on disk, in the folder, and as it is shown."""

    path: str
    inside: str
    shown: str
    kind: Kind | None

    @property
    def stem(self) -> str:
        return os.path.splitext(os.path.basename(self.inside))[0]


@dataclass
class Pieces:
    """What a folder says, before it is joined into a catalogue."""

    services: dict[str, Service] = field(default_factory=dict)
    """file stem -> Service"""
    controls: list[Control] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    model: ModelFile | None = None
    frameworks: list[Framework] = field(default_factory=list)
    lifecycles: list[Lifecycle] = field(default_factory=list)


@dataclass
class Loaded:
    """A folder, read. ``problems`` are sorted by file and line; pieces that have one are left out."""

    pieces: Pieces = field(default_factory=Pieces)
    places: Places = field(default_factory=Places)
    problems: list[str] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    """Ids of pieces that were left out."""
    files: list[File] = field(default_factory=list)


def load_folder(folder: str, shown: str) -> Loaded:
    """Read every mapping file below ``folder``; ``shown`` stands for the folder in every message and ``rule``."""
    loaded = Loaded()
    if not os.path.isdir(folder):
        loaded.problems.append(f"{shown}: not a folder of mapping files")
        return loaded
    loaded.files = list(mapping_files(folder, shown))
    for file in loaded.files:
        loaded.problems += [f"{file.shown}:{p.line}: {p.text}" for p in _read(file, loaded)]
    return loaded


def load_shipped() -> Loaded:
    """The mapping files that come with tfsrm. Raises MappingError."""
    return sound(load_folder(mappings_folder(), "mappings"))


def sound(loaded: Loaded) -> Loaded:
    """The same, or MappingError where it has problems."""
    if loaded.problems:
        raise MappingError(loaded.problems)
    return loaded


def mapping_files(folder: str, shown: str) -> Iterator[File]:
    """Every YAML file below ``folder`` in order, but for the generated folders and hidden ones."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not (root == folder and f in _GENERATED))
        for name in sorted(names):
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                path = os.path.join(root, name)
                inside = os.path.relpath(path, folder).replace(os.sep, "/")
                kind = next((k for k in KINDS if re.fullmatch(k.pattern, inside)), None)
                yield File(path, inside, f"{shown}/{inside}", kind)


def _read(file: File, loaded: Loaded) -> list[Problem]:
    if file.kind is None:
        known = "model.yaml, roles.yaml, controls/, aws/, lifecycle/ or frameworks/ and ends in .yaml"
        return [Problem(1, f"not a mapping file: a mapping file is {known}")]
    try:
        with open(file.path, encoding="utf-8") as handle:
            text = handle.read()
    except UnicodeDecodeError as error:
        return [Problem(1, f"not UTF-8 text (byte {error.start})")]
    except OSError as error:
        return [Problem(1, f"cannot be read: {error.strerror}")]
    tree, problems = read_tree(text)
    if tree is None:
        return problems
    shape = Shape()
    pruned = shape.prune(tree, file.kind.struct)
    loaded.dropped |= shape.dropped
    problems = sorted({*problems, *shape.problems})
    if pruned is BAD:
        loaded.dropped |= shape.names(tree)
        return problems
    value = msgspec.convert(pruned, file.kind.struct)
    loaded.places.record(value, pruned, file.shown)
    _add(loaded, file, value)
    return problems


def _add(loaded: Loaded, file: File, value: Any) -> None:
    pieces, places = loaded.pieces, loaded.places
    normaliser = Normaliser(places)
    match value:
        case Service():
            pieces.services[file.stem] = normaliser.service(value)
        case ControlFile():
            pieces.controls += [
                places.moved(c, structs.replace(c, theme=c.theme or value.theme)) for c in value.controls
            ]
        case RoleFile():
            pieces.roles += [normaliser.role(r) for r in value.roles]
        case ModelFile():
            duties = [normaliser.duty(d) for d in value.account_duties]
            pieces.model = places.moved(value, structs.replace(value, account_duties=duties))
        case Lifecycle():
            pieces.lifecycles.append(value)
        case Framework():
            pieces.frameworks.append(value)
