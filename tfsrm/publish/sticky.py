"""One comment of ours for each project on a pull request: what is done with the one that is there."""

from __future__ import annotations

import msgspec

from tfsrm.errors import PublishError, UsageError
from tfsrm.publish.http import NotFoundError, RefusedError, UncertainError
from tfsrm.publish.marker import first_line, is_marked, same, slug
from tfsrm.publish.platform import Comment, Platform
from tfsrm.publish.ticks import carry, ticked

BEHAVIORS = ("update", "new", "hide-and-new", "delete-and-new")
_TRIES = 3
"""Times that a comment is sent which may or may not have arrived."""


class Outcome(msgspec.Struct, frozen=True):
    """What was done."""

    did: str
    """``created``, ``updated``, ``unchanged`` or ``refused``."""
    says: str
    """A sentence for the log."""
    body: str
    """What was (or would have been) posted."""


class Wish(msgspec.Struct, frozen=True):
    """What the user wants."""

    project: str = ""
    behavior: str = "update"
    skip_when_unchanged: bool = False


def known_behavior(platform: Platform, behavior: str) -> None:
    """Raises UsageError for a behaviour that is none, or that the platform does not have."""
    if behavior not in BEHAVIORS:
        raise UsageError(f"--behavior {behavior}: not a behaviour\n  Known are {', '.join(BEHAVIORS)}.")
    if behavior == "hide-and-new" and not platform.can_hide:
        raise UsageError(
            f"--behavior hide-and-new: {platform.name} cannot hide a comment\n  Take delete-and-new there."
        )


def publish(platform: Platform, body: str, wish: Wish) -> Outcome:
    """Bring ``body`` to the pull request. A token that may only read gives the outcome ``refused``. Raises PublishError."""
    known_behavior(platform, wish.behavior)
    line = first_line(slug(wish.project), platform.hides_html)
    text = f"{line}\n{body}"
    try:
        return _publish(platform, line, text, wish)
    except RefusedError as refusal:
        why = "as for changes from a fork" if platform.from_fork else "does the job lack the right to write comments?"
        said = str(refusal).partition("\n")[0]
        return Outcome("refused", f"{platform.name} takes no comment with this token ({said}; {why})", body)


def _publish(platform: Platform, line: str, text: str, wish: Wish) -> Outcome:
    ours = _ours(platform, line)
    latest = ours[-1] if ours else None
    if latest is not None:
        text = carry(latest.body, text, platform.longest)
    _fits(platform, text)
    kept = f", {n} ticked boxes kept" if (n := ticked(text)) else ""
    if latest is not None and wish.skip_when_unchanged and same(latest.body, text):
        return Outcome("unchanged", "the comment says the same already; nothing was sent", text)
    if latest is not None and wish.behavior == "update":
        try:
            platform.update(latest, text)
        except NotFoundError:
            _create(platform, line, text, ours)  # somebody deleted it meanwhile
            return Outcome("created", f"comment created{kept}", text)
        return Outcome("updated", f"comment updated{kept}", text)
    _create(platform, line, text, ours)
    _put_away(platform, ours, wish.behavior)
    return Outcome("created", f"comment created{kept}", text)


def _ours(platform: Platform, line: str) -> list[Comment]:
    """Our comments for this project, oldest first: marked on their first line, and written by us."""
    marked = [c for c in platform.comments() if is_marked(c.body, line)]
    if not marked:
        return []
    authors = platform.authors()
    return [c for c in marked if c.author in authors]


def _create(platform: Platform, line: str, text: str, before: list[Comment]) -> None:
    """Post once: where no answer comes, look whether it arrived before it is sent again."""
    known = {c.id for c in before}
    for attempt in range(_TRIES):
        try:
            platform.create(text)
        except UncertainError:
            if any(c.id not in known for c in _ours(platform, line)):
                return
            if attempt + 1 == _TRIES:
                raise
        else:
            return


def _put_away(platform: Platform, old: list[Comment], behavior: str) -> None:
    if behavior == "hide-and-new" and old:
        platform.hide(old)
    if behavior == "delete-and-new":
        for comment in old:
            try:
                platform.delete(comment)
            except NotFoundError:
                continue


def _fits(platform: Platform, text: str) -> None:
    if len(text) > platform.longest:
        raise PublishError(
            f"the comment has {len(text):,} characters; {platform.name} takes {platform.longest:,}\n"
            "  Render it with tfsrm analyze --format markdown, which keeps to --room."
        )
