"""What an earlier run read, where all that it depends on is unchanged: then nothing is parsed or evaluated.

Two entries of the store. One says what was asked of the disk when this directory was last read with these options; it is
named after both. The other is the input, named after (and sealed with) all those questions and their answers of today.
Where values are given on the command line or in the environment, nothing is kept: they lie in no file.
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
    """One directory with its options."""

    def __init__(self, store: Store, path: str, options: Options) -> None:
        self._store = store
        self._options = b""
        self._at: Key | None = None
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

    def found(self) -> Input | None:
        """The input, as a run over the files of now would read it; None where that is not at hand."""
        content = self._store.read(self._at)
        if content is None:
            return None
        try:
            questions = msgspec.msgpack.decode(content, type=list[Question])
            content = self._store.read(self._input_at(Disk.asked(questions)))
            if content is None:
                return None
            with paused():
                return msgspec.msgpack.decode(content, type=Input)
        except (msgspec.MsgspecError, RecursionError):
            return None

    def keep(self, found: Input, disk: Disk) -> None:
        """For later runs."""
        if self._at is None or not disk.is_steady:
            return
        try:
            content = msgspec.msgpack.encode(found)
            questions = msgspec.msgpack.encode(disk.questions)
        except (RecursionError, OverflowError, ValueError):
            return  # a number or a text that has no such form
        self._store.write(self._input_at(disk), content)
        self._store.write(self._at, questions)

    def _input_at(self, disk: Disk) -> Key | None:
        return key(b"input", self._options, disk.digest())
