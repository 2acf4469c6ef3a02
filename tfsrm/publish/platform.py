"""What every platform can do with the comments of one pull request, and how it is told where that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from tfsrm.errors import UsageError


class Given(msgspec.Struct, frozen=True):
    """What the user said of the place; what is empty comes from the CI's environment."""

    repository: str = ""
    number: str = ""
    """Of the pull request."""
    api_url: str = ""
    author: str = ""
    """Whose comments are ours, where a token cannot say whose it is."""


class Tempo(msgspec.Struct, frozen=True):
    """How long to wait, in seconds."""

    timeout: float = 15.0
    """For a connection, and for an answer."""
    attempts: int = 4
    pause: float = 1.0
    """Before the second attempt; doubled before each further one."""
    longest: float = 60.0
    """All waiting of a run together, what a server asks for included."""


class Comment(msgspec.Struct, frozen=True):
    """A comment on the pull request."""

    id: str
    body: str
    author: str
    node: str = ""
    """A second id that some calls of the platform want."""


class Platform(Protocol):
    """The comments of one pull request. Every method raises PublishError."""

    @property
    def name(self) -> str:
        """As its makers write it."""

    @property
    def longest(self) -> int:
        """Characters that a comment may have."""

    @property
    def hides_html(self) -> bool:
        """Whether an HTML comment is out of sight, and a task box a box."""

    @property
    def can_hide(self) -> bool:
        """Whether a comment can be folded away as outdated."""

    @property
    def from_fork(self) -> bool:
        """Whether the change comes from elsewhere, so that its token may only read."""

    def authors(self) -> frozenset[str]:
        """Who we are."""

    def comments(self) -> Iterable[Comment]:
        """All comments, oldest first."""

    def create(self, body: str) -> Comment: ...

    def update(self, comment: Comment, body: str) -> None: ...

    def delete(self, comment: Comment) -> None: ...

    def hide(self, comments: list[Comment]) -> None: ...


def token(environ: Mapping[str, str], names: Iterable[str]) -> tuple[str, str]:
    """The first token that is set, and the name of its variable. Raises UsageError, which never shows it."""
    names = tuple(names)
    for name in names:
        value = environ.get(name, "").strip()
        if value:
            if not (value.isascii() and value.isprintable()) or " " in value:
                raise UsageError(
                    f"{name}: holds characters that no token has\n  Set it to the token alone, without a line break."
                )
            return value, name
    raise UsageError(
        f"no token: none of {', '.join(names)} is set\n"
        "  Set one, or only render: tfsrm analyze PLAN --format markdown --output comment.md."
    )


def needed(value: str, what: str, option: str, variable: str) -> str:
    """A value that must be there. Raises UsageError."""
    if not value:
        raise UsageError(
            f"{what} is not known: {variable} is not set\n  Run in the CI of a pull request, or give {option}."
        )
    return value
