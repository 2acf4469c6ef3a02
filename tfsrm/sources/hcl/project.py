"""Where configuration lies: the files of a module's directory, and the directories that module calls lead to.

Nothing outside of the project is read, symlinks resolved: the work tree of version control that the root module lies in, or
the root module's own directory.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from tfsrm.errors import InputError
from tfsrm.model.world import NotSeen
from tfsrm.sources.addresses import shown
from tfsrm.sources.hcl import cache, front
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.json_syntax import parse_json
from tfsrm.sources.hcl.module import File, Module, gather
from tfsrm.sources.hcl.nodes import Body, Diagnostic, Parsed
from tfsrm.sources.hcl.store import Store

NEXT = "Give the directory of a root module, or the JSON of a plan."
VALIDATE = "Check the file with: terraform validate"
MANIFEST = os.path.join(".terraform", "modules", "modules.json")
_EMPTY = Body((), ())
_BOUNDS = (".git", ".hg", ".svn")
MAX_FILES = 10_000
"""Of a run."""


class Installed(msgspec.Struct):
    """What ``terraform init`` notes of a module."""

    key: str = msgspec.field(default="", name="Key")
    source: str = msgspec.field(default="", name="Source")
    version: str = msgspec.field(default="", name="Version")
    directory: str = msgspec.field(default="", name="Dir")


class _Manifest(msgspec.Struct):
    modules: list[Installed] = msgspec.field(default_factory=list, name="Modules")


class Project:
    """The directories of one run; each file is read and parsed once."""

    def __init__(self, path: str, project: str | None, disk: Disk, store: Store) -> None:
        """``path``: the root module as the user writes it; ``project``: where its local modules may lie."""
        self.path = path
        self.disk = disk
        self.root = self._real(path)
        self.bounds = (self._real(project) if project else self._work_tree(),)
        self.not_seen: list[NotSeen] = []
        self._modules: dict[Path, Module] = {}
        self._digests: dict[str, bytes] = {}
        self._store = store
        self.installed = self._manifest()

    def _real(self, path: str | Path) -> Path:
        return Path(self.disk.real(str(path)))

    def _work_tree(self) -> Path:
        """The nearest directory above that is under version control, else the root module's own."""
        for directory in (self.root, *self.root.parents):
            if directory.parent != directory and any(self.disk.kind(str(directory / name)) for name in _BOUNDS):
                return directory
        return self.root

    def _manifest(self) -> dict[str, Installed]:
        try:
            data = self.bytes_of(self.root / MANIFEST, MANIFEST)
            found = msgspec.json.decode(data, type=_Manifest) if data else _Manifest()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.not_seen.append(NotSeen(what=MANIFEST, because="cannot be read; make it anew with: terraform init"))
            return {}
        return {m.key: m for m in found.modules}

    def is_inside(self, real: Path) -> bool:
        """Whether a real path may be read."""
        return any(real == bound or bound in real.parents for bound in self.bounds)

    def bytes_of(self, path: Path, label: str) -> bytes | None:
        """What a file holds; None where there is none, or where it leads out of the project. Raises OSError."""
        real = self._real(path)
        if not self.is_inside(real):
            if self.disk.kind(str(path)):
                self.not_seen.append(NotSeen(what=shown(label), because="a link that leads out of the project"))
            return None
        try:
            data = self.disk.read(str(real), 4 * front.MAX_SIZE + 1)
        except FileNotFoundError:
            return None
        if data is None:
            return None
        self._digests[os.path.relpath(path, self.root).replace(os.sep, "/")] = hashlib.sha256(data).digest()
        return data

    def digest(self) -> str:
        """Of all that was read, whatever the order."""
        found = hashlib.sha256()
        for name in sorted(self._digests):
            found.update(name.encode("utf-8", "surrogateescape") + b"\0" + self._digests[name])
        return f"sha256:{found.hexdigest()}"

    def root_module(self) -> Module:
        """The module of the root directory. Raises InputError where nothing of it can be read."""
        entries = self._entries(self.root, self.path)
        names = configuration_files(entries)
        if not names:
            raise InputError(self.path, "a directory without .tf files", NEXT)
        files = self._files(self.root, names, "")
        broken = [f for f in files if f.parsed.diagnostics]
        if len(broken) == len(files) and not any(f.parsed.body.blocks for f in files):
            first = broken[0].parsed.diagnostics[0]
            raise InputError(place(broken[0].label, first), first.message, VALIDATE)
        return self._gathered(files)

    def root_files(self) -> list[str]:
        """Names of the files beside the root module's configuration."""
        return self._entries(self.root, self.path)

    def module(self, directory: str) -> Module | None:
        """The module of a directory relative to the root; None where there is none that may be read."""
        try:
            real = self._real(self.root / directory)
            names = configuration_files(self.disk.names(str(real))) if self.is_inside(real) else []
        except OSError:
            return None
        if real not in self._modules:
            if not names:
                return None
            self._modules[real] = self._gathered(self._files(self.root / directory, names, directory))
        return self._modules[real]

    def _entries(self, directory: Path, label: str) -> list[str]:
        try:
            return self.disk.names(str(directory))
        except OSError as error:
            raise InputError(label, f"cannot be read: {error.strerror or error}", NEXT) from None

    def _files(self, directory: Path, names: list[str], relative: str) -> list[File]:
        out = []
        for name in names:
            if len(self._digests) > MAX_FILES:
                self.not_seen.append(NotSeen(what=name, because=f"more than {MAX_FILES} files are not read"))
                break
            label = os.path.normpath(os.path.join(self.path, relative, name))
            try:
                data = self.bytes_of(directory / name, label)
            except OSError as error:
                parsed = _broken(f"cannot be read: {error.strerror or error}")
            else:
                if data is None:
                    continue
                parsed = self._parsed(data, name)
            out.append(File(name, label, parsed))
        return out

    def _parsed(self, data: bytes, name: str) -> Parsed:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return _broken("not valid UTF-8 text; save the file as UTF-8", error.object[: error.start].count(10) + 1)
        return cache.parsed(text, parser_of(name), self._store)

    def _gathered(self, files: list[File]) -> Module:
        module = gather(files)
        self.not_seen += notes(files, module)
        return module


def notes(files: list[File], module: Module) -> list[NotSeen]:
    """What of a module could not be read, and what is there twice."""
    out = [
        NotSeen(what=shown(place(file.label, found), 200), because=shown(found.message, 200))
        for file in files
        for found in file.parsed.diagnostics
    ]
    for where, name in module.twice:
        out.append(NotSeen(what=shown(where, 200), because=f"{shown(name)} is there twice; the first one is analysed"))
    return out


def place(label: str, found: Diagnostic) -> str:
    """``file:line:column``."""
    return f"{label}:{found.line}:{found.column}" if found.line else label


def parser_of(name: str) -> Callable[[str], Parsed]:
    """What reads a file of this name."""
    return parse_json if name.endswith(".json") else front.parse


def _broken(message: str, line: int = 0) -> Parsed:
    return Parsed(_EMPTY, (Diagnostic(message, line, 1 if line else 0),))


_KINDS = (".tf", ".tf.json", ".tofu", ".tofu.json")


def configuration_files(names: list[str]) -> list[str]:
    """The files of a directory that make its module; where ``x.tofu`` is there, ``x.tf`` does not count."""
    there = set(names)
    out = []
    for name in sorted(names):
        if not name.endswith(_KINDS) or name.startswith((".", "#")) or name.endswith("~"):
            continue
        tofu = name.removesuffix(".json")
        other = tofu.removesuffix(".tf") + ".tofu" + name[len(tofu) :] if tofu.endswith(".tf") else ""
        if other not in there:
            out.append(name)
    return out
