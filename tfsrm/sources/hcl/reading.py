"""Configuration to one world: a root module with the modules that it calls, a file, or text at hand."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from tfsrm.errors import InputError
from tfsrm.model.world import Input, NotSeen
from tfsrm.sources.addresses import shown
from tfsrm.sources.documents import Document
from tfsrm.sources.hcl import variables
from tfsrm.sources.hcl.collector import paused
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.module import File, Module, gather
from tfsrm.sources.hcl.options import Options
from tfsrm.sources.hcl.project import VALIDATE, Project, configuration_files, notes, parser_of, place
from tfsrm.sources.hcl.run import project_run, text_run
from tfsrm.sources.hcl.scope import Scope
from tfsrm.sources.hcl.store import Store
from tfsrm.sources.hcl.values import Value
from tfsrm.sources.hcl.world import Builder

_DEEP = 12_000
"""Python's recursion limit while expressions are evaluated: a chain of locals through modules is deep, and bounded."""


def read_hcl_text(files: dict[str, str], path: str = "configuration") -> Input:
    """Read configuration from text: file name -> content. Raises InputError."""
    return _read_text(files, path, dict.fromkeys(files, ""))


def read_directory(path: str, options: Options, disk: Disk, store: Store) -> Input:
    """Read a root module and the modules that it calls. Raises InputError, UsageError."""
    with paused():
        project = Project(path, options.project, disk, store)
        module = project.root_module()
        given = _given(project, module, options)
        root = project_run(project, module, given, variables.data_values(options.data), options.workspace)
        source = _input(root, path)
    not_seen = (*project.not_seen, *source.not_seen, *_without_value(module, given))
    unasked = [name for name in root.run.data if name not in root.run.asked]
    caveats = tuple(_caveats(project.not_seen, source.not_seen, unasked))
    return msgspec.structs.replace(source, digest=project.digest(), not_seen=not_seen, caveats=caveats)


def _caveats(unread: Sequence[NotSeen], unknown: Sequence[NotSeen], unasked: Sequence[str]) -> Iterator[str]:
    """What a reader must hear before the checklist: a part of the configuration is not in it, or an answer was for nothing."""
    if unread:
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        yield f"A part of the configuration could not be read and is not in this report: {unread[0].what}{more}."
    modules = [n for n in unknown if n.what.rsplit(".", 1)[0].endswith("module")]
    if modules:
        calls = "1 module call was" if len(modules) == 1 else f"{len(modules)} module calls were"
        others = "".join(f", {n.what}" for n in modules[1:3]) + (", ..." if len(modules) > 3 else "")
        yield f"{calls} not analysed: {modules[0].what} ({modules[0].because}){others}."
    if unasked:
        names = ", ".join(shown(name) for name in unasked[:3]) + (", ..." if len(unasked) > 3 else "")
        yield f"--set-data answers what nothing asks: {names}."


def read(document: Document) -> Input:
    """Read a single file of configuration. Raises InputError."""
    source = _read_text({"main.tf": str(document.data, "utf-8")}, document.where, {"main.tf": document.where})
    return msgspec.structs.replace(
        source,
        digest=document.digest,
        caveats=("One file of configuration: what other files of its directory define is not seen.",),
    )


def _read_text(texts: dict[str, str], path: str, labels: dict[str, str]) -> Input:
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\0{texts[name]}\0".encode("utf-8", "surrogatepass"))
    with paused():
        files = [File(n, labels[n] or n, parser_of(n)(texts[n])) for n in configuration_files(list(texts))]
        for file in files:
            if file.parsed.diagnostics and not file.parsed.body.blocks and len(files) == 1:
                found = file.parsed.diagnostics[0]
                raise InputError(place(file.label, found), found.message, VALIDATE)
        module = gather(files)
        given: dict[str, Value] = {}
        for name in sorted((n for n in texts if variables.is_tfvars(n)), key=variables.tfvars_order):
            given.update(variables.tfvars(texts[name].encode("utf-8", "surrogatepass"), name, labels[name] or name))
        source = _input(text_run(module, given), path)
    return msgspec.structs.replace(
        source, digest=f"sha256:{digest.hexdigest()}", not_seen=(*notes(files, module), *source.not_seen)
    )


def _given(project: Project, module: Module, options: Options) -> dict[str, Value]:
    """The values of root variables, in Terraform's order: what comes later wins."""
    given: dict[str, Value] = dict(variables.from_environment(options.environment, module.variables))
    beside = sorted((n for n in project.root_files() if variables.is_tfvars(n)), key=variables.tfvars_order)
    for name in beside:
        label = os.path.normpath(os.path.join(project.path, name))
        try:
            data = project.bytes_of(project.root / name, label)
        except OSError as error:
            raise InputError(label, f"cannot be read: {error.strerror or error}", "Make it readable.") from None
        if data is not None:
            given.update(variables.tfvars(data, name, label))
    for path in options.variable_files:
        given.update(variables.tfvars(_given_file(path, project.disk), path, path))
    given.update(variables.from_command(options.variables, module.variables))
    return given


def _given_file(path: str, disk: Disk) -> bytes:
    """A file of variables; a pipe will do too."""
    try:
        data = disk.read(path, sys.maxsize)
        return disk.read_once(path) if data is None else data
    except (OSError, ValueError) as error:
        because = getattr(error, "strerror", None) or "not a path"
        raise InputError(path, f"cannot be read: {because}", "Give --var-file a file of variables.") from None


def _input(root: Scope, path: str) -> Input:
    builder = Builder(root)
    try:
        with _deep():
            world = builder.world()
    except RecursionError:  # values that hold each other, each within what one expression may do
        raise InputError(path, "nested too deeply to be evaluated", "Check it with: terraform validate") from None
    return Input(kind="hcl", path=path, digest="", not_seen=tuple(builder.not_seen), after=world)


def _without_value(module: Module, given: dict[str, Value]) -> list[NotSeen]:
    missing = [name for name, d in module.variables.items() if name not in given and "default" not in d.attributes]
    if not missing:
        return []
    names = ", ".join(f"var.{shown(n)}" for n in missing[:5]) + (", ..." if len(missing) > 5 else "")
    because = "no value is given, so what depends on it is unknown; give one with --var or --var-file"
    return [NotSeen(what=names, because=because)]


@contextmanager
def _deep() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
