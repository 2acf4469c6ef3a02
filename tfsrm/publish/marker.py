"""How a comment of ours is known again: by its first line, which names the project, and by its author."""

from __future__ import annotations

import re
from hashlib import sha256

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
DEFAULT_KEY = "default"


def slug(project: str) -> str:
    """A project key: lower-case letters, digits and hyphens, at most 64; two different projects never share one."""
    if not project:
        return DEFAULT_KEY
    if _SLUG.fullmatch(project) and "--" not in project:
        return project
    plain = re.sub(r"[^a-z0-9]+", "-", project.lower()).strip("-")[:48].strip("-")
    digest = sha256(project.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{plain}-{digest}" if plain else digest


def first_line(key: str, hides_html: bool) -> str:
    """The marker: out of sight, or (where HTML is shown as it stands) a line that does no harm."""
    return f"<!-- tfsrm:v1 key={key} -->" if hides_html else f"*tfsrm, project {key}*"


def is_marked(body: str, line: str) -> bool:
    """Whether a comment begins with that very line; the same words further down (or quoted) are somebody else's."""
    return body.split("\n", 1)[0].rstrip("\r ") == line


def same(one: str, other: str) -> bool:
    """Whether two bodies are one to a reader: an editor in a browser changes the ends of lines."""
    return one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()
