"""Parsed files by the digest of their text, in the user's own cache directory.

An entry is a digest and msgpack: nothing in it can run. Others may neither write there nor read it (texts of a configuration
may be secret): a directory that is not ours alone is not used. Any failure, any doubt is a miss; a run never depends on it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec

from tfsrm import __version__
from tfsrm.sources.hcl.front import paused, tables_digest
from tfsrm.sources.hcl.nodes import Parsed

MAX_TOTAL = 128 * 1024**2
"""Bytes of all entries; the oldest go first."""

MAX_ENTRY = 32 * 1024**2
"""Bytes of one entry."""

_CHECK = 32
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Cache:
    """Entries of one directory, reached through its descriptor, so that nobody can put another in its place."""

    def __init__(self, directory: int) -> None:
        self._directory = directory
        self._room: int | None = None

    @classmethod
    def open(cls) -> Cache | None:
        """The user's cache; None where there is no safe place for it."""
        place = _place()
        if place is None or not hasattr(os, "geteuid"):
            return None
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                place.mkdir(mode=0o700)
            directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
            if _ours(os.fstat(directory)):
                return cls(directory)
            os.close(directory)
        return None

    def close(self) -> None:
        """Give the directory back; the cache is not used any more."""
        os.close(self._directory)

    def parsed(self, text: str, parse: Callable[[str], Parsed]) -> Parsed:
        """What ``parse`` says of this text, from an earlier run where there is one."""
        name = _key(text, parse.__name__)
        if name is None:
            return parse(text)
        found = self._read(name)
        if found is None:
            found = parse(text)
            self._write(name, found)
        return found

    def _read(self, name: str) -> Parsed | None:
        try:
            file = os.open(name, os.O_RDONLY | _FLAGS, dir_fd=self._directory)
        except OSError:
            return None
        with contextlib.suppress(OSError, msgspec.MsgspecError, RecursionError), open(file, "rb") as stream:
            found = os.fstat(file)
            if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_size <= MAX_ENTRY:
                content = stream.read(MAX_ENTRY + 1)
                if hashlib.sha256(content[_CHECK:]).digest() == content[:_CHECK]:
                    with paused():
                        return _decoder().decode(content[_CHECK:])
        return None

    def _write(self, name: str, parsed: Parsed) -> None:
        try:
            content = msgspec.msgpack.encode(parsed)
        except (RecursionError, ValueError):
            return
        size = len(content) + _CHECK
        if size > MAX_ENTRY:
            return
        temporary = f".{name}.{secrets.token_hex(8)}"
        with contextlib.suppress(OSError):
            self._make_room(size)
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600, dir_fd=self._directory)
            try:
                with open(file, "wb") as stream:
                    stream.write(hashlib.sha256(content).digest() + content)
                os.replace(temporary, name, src_dir_fd=self._directory, dst_dir_fd=self._directory)
            except OSError:
                os.unlink(temporary, dir_fd=self._directory)

    def _make_room(self, size: int) -> None:
        """Remove the oldest entries until a quarter is free, if there is no room; the directory is looked at once a run."""
        if self._room is not None and self._room >= size:
            self._room -= size
            return
        entries = []
        with os.scandir(self._directory) as found:
            for entry in found:
                status = entry.stat(follow_symlinks=False)
                entries.append((status.st_mtime_ns, entry.name, status.st_size))
        total = sum(entry[2] for entry in entries)
        if total + size > MAX_TOTAL:
            for _, name, length in sorted(entries):
                with contextlib.suppress(OSError):
                    os.unlink(name, dir_fd=self._directory)
                total -= length
                if total + size <= MAX_TOTAL * 3 // 4:
                    break
        self._room = MAX_TOTAL - total - size


def _place() -> Path | None:
    """Where the entries lie, by the user's environment."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        home = os.environ.get("HOME", "")
        if not os.path.isabs(home):
            return None
        base = os.path.join(home, ".cache")
    return Path(base, "tfsrm")


def _ours(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _key(text: str, parse: str) -> str | None:
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return None
    return hashlib.sha256(f"{__version__}\n{tables_digest()}\n{parse}\n".encode() + content).hexdigest()


@lru_cache(maxsize=1)
def _decoder() -> msgspec.msgpack.Decoder[Parsed]:
    return msgspec.msgpack.Decoder(Parsed)
