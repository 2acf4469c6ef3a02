"""The file system, asked through one door: every question is noted with a digest of its answer.

A run depends on nothing else of the disk. So where the same questions have the same answers, an earlier run over them holds.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from tfsrm.model.digest import keyed

Question = tuple[str, str, int]
"""(what is asked, path, limit)."""

Answer = bytes | str | list[str] | None


class Disk:
    """The questions of one run."""

    def __init__(self) -> None:
        self._answers: dict[Question, bytes] = {}
        self._resolved: dict[str, str] = {}
        self.is_steady = True
        """Whether the same questions can be asked again: no pipe was read, no answer changed meanwhile."""

    def read(self, path: str, limit: int) -> bytes | None:
        """What a regular file holds, at most so many bytes; None for a pipe or a device. Raises OSError."""
        return self._ask("read", path, limit)  # type: ignore[no-any-return]

    def read_once(self, path: str) -> bytes:
        """What a pipe gives, or another thing that will not say it again. Raises OSError, ValueError."""
        self.is_steady = False
        return Path(path).read_bytes()

    def names(self, path: str) -> list[str]:
        """The files of a directory, links to files too, by name. Raises OSError."""
        return self._ask("names", path)  # type: ignore[no-any-return]

    def real(self, path: str) -> str:
        """The path without links; of what is not there too."""
        return self._ask("real", path)  # type: ignore[no-any-return]

    def kind(self, path: str) -> str:
        """``file``, ``directory``, ``other``, or ``""`` where there is nothing (or nothing that may be looked at)."""
        return self._ask("kind", path)  # type: ignore[no-any-return]

    def walk(self, path: str, limit: int) -> list[str]:
        """At most so many files below a directory, relative to it with ``/``, in a fixed order; links to directories are
        not followed."""
        return self._ask("walk", path, limit)  # type: ignore[no-any-return]

    @property
    def questions(self) -> list[Question]:
        """All that was asked, in order."""
        return list(self._answers)

    def digest(self) -> bytes:
        """Of all questions and answers."""
        found = keyed(_SECRET)
        for (what, path, limit), answer in self._answers.items():
            found.update(f"{what}\0{path}\0{limit}\0".encode("utf-8", "surrogateescape") + answer)
        return bytes(found.digest())

    @classmethod
    def asked(cls, questions: Iterable[Question]) -> Disk:
        """The same questions, asked now."""
        disk = cls()
        for what, path, limit in questions:
            if what in _ANSWERS:
                try:
                    disk._ask(what, path, limit)
                except OSError:
                    continue  # noted, too
        return disk

    def _ask(self, what: str, path: str, limit: int = 0) -> Any:
        if not os.path.isabs(path):
            path = os.path.join(os.getcwd(), path)
        try:
            answer = _ANSWERS[what](self, path, limit)
        except ValueError:
            raise OSError(errno.EINVAL, "not a path") from None
        except OSError as error:
            self._note((what, path, limit), b"e%d" % (error.errno or 0))
            raise
        self._note((what, path, limit), _bytes(answer))
        return answer

    def _note(self, question: Question, answer: bytes) -> None:
        found = keyed(_SECRET, answer).digest()
        if self._answers.setdefault(question, found) != found:
            self.is_steady = False

    def _real(self, path: str, _: int = 0) -> str:
        """As ``os.path.realpath``, but what is no link is looked at once, and its parents once for all."""
        found = self._resolved.get(path)
        if found is not None:
            return found
        parent, name = os.path.split(path)
        plain = name not in ("", ".", "..") and path.count(os.sep) < _DEEP and parent != path
        if plain and not _is_link(path):
            above = self._real(parent)
            found = above + name if above.endswith(os.sep) else above + os.sep + name
        else:
            found = os.path.realpath(path)
        self._resolved[path] = found
        return found


def _is_link(path: str) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:
        return False  # it is not there: nothing leads on


_DEEP = 100
_SECRET = b"tfsrm: what the disk said"
"""So that no digest is one that anybody publishes of a file."""


def _read(_: Disk, path: str, limit: int) -> bytes | None:
    file = os.open(path, os.O_RDONLY | _WITHOUT_WAITING)
    try:
        status = os.fstat(file)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            return None
        data = os.read(file, min(limit, status.st_size + 1))
        while len(data) < limit and len(data) != status.st_size:  # it grows, or is of a kind that tells no size
            more = os.read(file, min(limit - len(data), _PART))
            if not more:
                break
            data += more
        return data
    finally:
        os.close(file)


_PART = 1024**2
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""A pipe in the place of a file must not stop the run."""


def _names(_: Disk, path: str, __: int) -> list[str]:
    with os.scandir(path) as found:
        return sorted(entry.name for entry in found if _is_file(entry))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _kind(_: Disk, path: str, __: int) -> str:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return ""
    return "file" if stat.S_ISREG(mode) else "directory" if stat.S_ISDIR(mode) else "other"


def _walk(_: Disk, path: str, limit: int) -> list[str]:
    return list(islice(_below(path), limit))


def _below(top: str) -> Iterable[str]:
    for directory, below, names in os.walk(top):
        below.sort()
        relative = directory[len(top) :].replace(os.sep, "/").strip("/")
        prefix = f"{relative}/" if relative else ""
        yield from (prefix + name for name in sorted(names))


_ANSWERS: dict[str, Callable[[Disk, str, int], Answer]] = {
    "read": _read,
    "names": _names,
    "real": Disk._real,  # noqa: SLF001 (its own)
    "kind": _kind,
    "walk": _walk,
}


def _bytes(answer: Answer) -> bytes:
    if isinstance(answer, bytes):
        return b"b" + answer
    if answer is None:
        return b"n"
    return b"s" + os.fsencode(answer) if isinstance(answer, str) else b"l" + os.fsencode("\0".join(answer))
