"""IN: a file, a directory or a stream -> worlds. One file per kind of input; ``READERS`` lists them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from tfsrm.errors import InputError, UsageError
from tfsrm.model.digest import sha256
from tfsrm.model.world import Input, NotSeen
from tfsrm.sources.documents import Document, documents
from tfsrm.sources.kinds import is_other_json, kind_of
from tfsrm.sources.stream import MAX_BYTES, Buffer, Loaded, load, utf8

if TYPE_CHECKING:
    from tfsrm.sources.hcl import Earlier, Options

READERS = {
    "plan": "tfsrm.sources.plan_json",
    "state": "tfsrm.sources.state",
    "tfstate": "tfsrm.sources.tfstate",
    "hcl": "tfsrm.sources.hcl",
}
"""Kind -> the module whose ``read(document)`` reads it; imported when first needed."""
_ONLY_DIRECTORIES = "Leave out --var, --var-file, --workspace, --set-data, --tf-var-env and --project-root."


def read_all(paths: Sequence[str], options: Options | None = None) -> list[Input]:
    """Read several inputs; a file that is named twice (or lies in a directory that is named) is read once. Raises InputError."""
    found: dict[str, Input] = {}
    for path in paths:
        for source in read(path, options=options):
            found.setdefault(os.path.realpath(source.path) if path != "-" else source.path, source)
    return list(found.values())


def read(
    path: str,
    *,
    stdin: BinaryIO | None = None,
    max_bytes: int = MAX_BYTES,
    terraform: str = "auto",
    options: Options | None = None,
    earlier: Earlier | None = None,
) -> list[Input]:
    """Read a plan, a state, a directory of configuration or of plans, or ``-`` for standard input. Raises InputError.

    The kind is told from the content. Several JSON documents in one stream are several inputs. A saved binary plan is
    shown by ``terraform`` (``auto``: the one on the PATH; ``never``; or a command). ``options`` are for directories;
    UsageError where another input comes with them. ``earlier`` is what earlier runs made of the directory.
    """
    if path != "-" and _is_directory(path):
        return _read_directory(path, max_bytes, options, earlier)
    if options is not None:
        raise UsageError(f"{path}: no directory of configuration, which alone takes variables\n  {_ONLY_DIRECTORIES}")
    loaded = load(path, stdin, max_bytes)
    if _is_binary_plan(loaded.data):
        from tfsrm.sources.terraform_cli import show

        loaded = msgspec.structs.replace(loaded, data=utf8(show(path, terraform), loaded.where))
    return read_loaded(loaded)


def _read_directory(path: str, max_bytes: int, options: Options | None, earlier: Earlier | None) -> list[Input]:
    from tfsrm.sources.directories import plans_below

    found: list[Input] = []
    others: list[NotSeen] = []
    for file in plans_below(path) if options is None else ():
        loaded = load(file, max_bytes=max_bytes)
        try:
            found += read_loaded(loaded)
        except InputError as error:
            if not is_other_json(loaded):
                raise
            others.append(NotSeen(what=file, because=error.what))
    if found:
        found[0] = msgspec.structs.replace(found[0], not_seen=(*found[0].not_seen, *others))
        return found
    from tfsrm.sources.hcl import read_directory

    return [read_directory(path, options, earlier)]


def read_bytes(data: Buffer, where: str = "input") -> list[Input]:
    """Read a document at hand. Raises InputError."""
    return read_loaded(Loaded(where, utf8(data, where), "sha256:" + sha256(data)))


def read_loaded(loaded: Loaded) -> list[Input]:
    """Read every document of an input. Raises InputError."""
    return [_read(document) for document in documents(loaded)]


def _read(document: Document) -> Input:
    kind = kind_of(document)
    reader: Callable[[Document], Input] = import_module(READERS[kind]).read
    try:
        return reader(document)
    except RecursionError:
        raise InputError(document.where, "nested too deeply", "No plan or state is; make the file anew.") from None


def _is_directory(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def _is_binary_plan(data: Buffer) -> bool:
    return bytes(data[:4]) == b"PK\x03\x04"
