"""What an earlier run made of a directory, where all that it depends on is unchanged: then nothing is made anew.

One entry of the store says what was asked of the disk when this directory was last read with these options; it is named
after both. The others are the input, and what followed from it alone; they are named after (and sealed with) all those
questions and their answers of today. Where values are given on the command line or in the environment, nothing is kept:
they lie in no file.
"""

from __future__ import annotations

import os

import msgspec

from tfsrm.model.world import Input
from tfsrm.sources.hcl.collector import paused
from tfsrm.sources.hcl.disk import Disk, Question
from tfsrm.sources.hcl.options import Options
from tfsrm.sources.hcl.store import Key, Store, key


class Earlier:
    """One directory with its options, in one run."""

    def __init__(self, store: Store, path: str, options: Options) -> None:
        self.store = store
        self._options = b""
        self._at: Key | None = None
        self._asked = False
        self._disk: bytes | None = None
        if options.variables or options.data or options.environment:
            return
        try:
            project = None if options.project is None else os.path.realpath(options.project)
            base = os.getcwd() if options.variable_files else None
            named = (path, os.path.realpath(path), project, options.workspace, base, options.variable_files)
        except (OSError, ValueError):
            return  # the directory of the process is gone
        self._options = repr(named).encode("ascii", "backslashreplace")
        self._at = key(b"questions", self._options)

    def input(self) -> Input | None:
        """The input, as a run over the files of now would read it; None where that is not at hand."""
        content = self._read(b"input")
        try:
            with paused():
                return None if content is None else msgspec.msgpack.decode(content, type=Input)
        except (msgspec.MsgspecError, RecursionError):
            return None

    def result(self, of: bytes) -> bytes | None:
        """What was made of the input in this way; None where that is not at hand."""
        return self._read(b"result", of)

    def keep_result(self, of: bytes, content: bytes) -> None:
        """For later runs: what follows from the input of this run, from ``of`` and from nothing else."""
        self.store.write(self._key(b"result", of), content)

    def keep(self, found: Input, disk: Disk) -> None:
        """For later runs."""
        self._asked, self._disk = True, None
        if self._at is None or not disk.is_steady:
            return
        try:
            content = msgspec.msgpack.encode(found)
            questions = msgspec.msgpack.encode(disk.questions)
        except (RecursionError, OverflowError, ValueError):
            return  # a number or a text that has no such form
        self._disk = disk.digest()
        self.store.write(self._key(b"input"), content)
        self.store.write(self._at, questions)

    def _read(self, *what: bytes) -> bytes | None:
        if not self._asked:
            self._asked = True
            self._disk = self._answers_of_now()
        return self.store.read(self._key(*what))

    def _answers_of_now(self) -> bytes | None:
        content = self.store.read(self._at)
        try:
            questions = None if content is None else msgspec.msgpack.decode(content, type=list[Question])
        except (msgspec.MsgspecError, RecursionError):
            return None
        return None if questions is None else Disk.asked(questions).digest()

    def _key(self, *what: bytes) -> Key | None:
        return None if self._disk is None else key(self._options, self._disk, *what)
