"""What runs keep for later ones: sealed entries in the user's own cache directory.

An entry is named after what it was made of, and sealed with it: who has not the very bytes that it follows from cannot
read it, so it tells nobody a thing that he does not have in clear, not even when the files that it was made of are gone.
Others may not write there: a directory that is not ours alone is not used. Nothing in an entry can run. Any failure, any
doubt is a miss; a run never depends on it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import zlib
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from tfsrm.model.digest import keyed, stream
from tfsrm.sources.hcl.shipped import edition

MAX_TOTAL = 128 * 1024**2
"""Bytes of all entries; the oldest go first."""

MAX_ENTRY = 32 * 1024**2
"""Bytes of one entry."""

MAX_CONTENT = 8 * MAX_ENTRY
"""Bytes that one entry may stand for."""

_CHECK = 32
_NONCE = 16
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Key(NamedTuple):
    """Where an entry lies, and what opens it."""

    name: str
    secret: bytes


def key(*parts: bytes) -> Key | None:
    """The key of what follows from these parts and from nothing else; None where this tool cannot be told from another."""
    tool = edition()
    if tool is None:
        return None
    whole = keyed(b"tfsrm: a key", size=64)
    for part in (tool, *parts):
        whole.update(len(part).to_bytes(8, "big") + part)
    digest = whole.digest()
    return Key(digest[:32].hex(), digest[32:])


class Store:
    """Entries of one directory, reached through its descriptor, so that nobody can put another in its place."""

    def __init__(self, directory: int | None) -> None:
        """``directory`` None: nothing is kept."""
        self.directory = directory
        self._room: int | None = None

    @classmethod
    def open(cls) -> Store:
        """The user's store; one that keeps nothing where there is no safe place for it."""
        place = _place()
        if place is None or not hasattr(os, "geteuid"):
            return cls(None)
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                place.mkdir(mode=0o700)
            directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
            if _ours(os.fstat(directory)):
                return cls(directory)
            os.close(directory)
        return cls(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self.directory is not None:
            os.close(self.directory)
            self.directory = None

    def read(self, at: Key | None) -> bytes | None:
        """What was kept; None for a miss."""
        if at is None or self.directory is None:
            return None
        try:
            file = os.open(at.name, os.O_RDONLY | _FLAGS, dir_fd=self.directory)
        except OSError:
            return None
        with contextlib.suppress(OSError), open(file, "rb") as entry:
            found = os.fstat(file)
            if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_size <= MAX_ENTRY:
                return _opened(entry.read(MAX_ENTRY + 1), at.secret)
        return None

    def write(self, at: Key | None, content: bytes) -> None:
        """Keep this, if that can be done."""
        if at is None or self.directory is None or len(content) > MAX_CONTENT:
            return
        entry = _sealed(content, at.secret)
        if len(entry) > MAX_ENTRY:
            return
        temporary = f".{at.name}.{os.urandom(8).hex()}"
        with contextlib.suppress(OSError):
            self._make_room(len(entry))
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600, dir_fd=self.directory)
            try:
                with open(file, "wb") as out:
                    out.write(entry)
                os.replace(temporary, at.name, src_dir_fd=self.directory, dst_dir_fd=self.directory)
            except OSError:
                os.unlink(temporary, dir_fd=self.directory)

    def _make_room(self, size: int) -> None:
        """Remove the oldest entries until a quarter is free, if there is no room; the directory is looked at once a run."""
        if self._room is not None and self._room >= size:
            self._room -= size
            return
        entries = []
        with os.scandir(self.directory) as found:
            for entry in found:
                status = entry.stat(follow_symlinks=False)
                entries.append((status.st_mtime_ns, entry.name, status.st_size))
        total = sum(entry[2] for entry in entries)
        if total + size > MAX_TOTAL:
            for _, name, length in sorted(entries):
                with contextlib.suppress(OSError):
                    os.unlink(name, dir_fd=self.directory)
                total -= length
                if total + size <= MAX_TOTAL * 3 // 4:
                    break
        self._room = MAX_TOTAL - total - size


def _sealed(content: bytes, secret: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    body = nonce + _crossed(zlib.compress(content, 1), secret + nonce)
    return bytes(keyed(secret, body, _CHECK).digest()) + body


def _opened(entry: bytes, secret: bytes) -> bytes | None:
    body = entry[_CHECK:]
    if len(body) < _NONCE or keyed(secret, body, _CHECK).digest() != entry[:_CHECK]:
        return None
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(_crossed(body[_NONCE:], secret + body[:_NONCE]), MAX_CONTENT)
    except zlib.error:
        return None
    return content if unpacking.eof else None


def _crossed(data: bytes, secret: bytes) -> bytes:
    """Data and a stream that only this secret gives, bit by bit; crossed again it is the data."""
    with_it = int.from_bytes(stream(secret, len(data)), "little")
    return (int.from_bytes(data, "little") ^ with_it).to_bytes(len(data), "little")


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
