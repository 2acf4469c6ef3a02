"""Every error that tfsrm raises on purpose, and the exit code of each branch.

    TfsrmError                70  a defect of tfsrm itself when nothing below fits
    ├── UsageError             2  wrong usage: an option, an argument, a configuration file
    │   ├── MappingError       2  mapping files that do not hold; carries all problems at once
    │   └── OutputError        2  the report could not be written
    │       └── PublishError   2  or not be sent
    ├── InputError             3  an input that could not be read
    └── PartialInputError      4  an input read in part only, with --strict

A message says where (path, line and column where there is one), what is wrong and what to do next.
Only the command line turns an error into an exit code.
"""

from __future__ import annotations


class TfsrmError(Exception):
    """The root of the tree; ``exit_code`` is what the process ends with."""

    exit_code = 70


class UsageError(TfsrmError):
    """A wrong option, argument or configuration file."""

    exit_code = 2


class MappingError(UsageError):
    """Mapping files with problems; ``problems`` holds one ``file:line: text`` each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class OutputError(UsageError):
    """A report that could not be written (full disk, no permission)."""


class PublishError(OutputError):
    """A report that a platform did not take: refused, not reached, not there. ``status`` is the answer's, 0 without one."""

    def __init__(self, message: str, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


class InputError(TfsrmError):
    """An input that could not be read.

    ``where`` is the path (``path:line:column`` where known), ``what`` the problem, ``next_step`` what to do about it.
    """

    exit_code = 3

    def __init__(self, where: str, what: str, next_step: str) -> None:
        self.where, self.what, self.next_step = where, what, next_step
        super().__init__(f"{where}: {what}\n  {next_step}")


class PartialInputError(InputError):
    """An input of which only a part was read, where ``--strict`` asked for all."""

    exit_code = 4
