"""A comment as GitHub shows it: a GFM parser, an allow-list of tags, and the filters that run on the text behind them.

After GitHub's documentation and the sources named in the research: mentions, issue and commit references, emoji codes act on text
that is in no ``code``, ``pre`` or ``a``.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.tasklists import tasklists_plugin

_TAGS = set(
    "h1 h2 h3 h4 h5 h6 b i em strong del ins sup sub code pre kbd samp var tt blockquote p br hr ul ol li dl dt dd table thead "  # noqa: SIM905
    "tbody tfoot tr th td details summary div span a img picture source ruby rp rt q s strike input".split()
)
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "input": {"type", "checked", "disabled"},
    "td": {"align"},
    "th": {"align"},
}
_ACTS = re.compile(
    r"(?<![\w/&])@[A-Za-z0-9][\w-]*|(?<![\w&])#\d+|\bGH-\d+|[\w-]+/[\w-]+#\d+|\b[0-9a-f]{7,40}\b|:[a-z_]+:"
    r"|(?<![\w&])[!$~%&](?:\d|bug)|https?://|www\.",
    re.IGNORECASE,
)


class Page(HTMLParser):
    """What a reader gets."""

    def __init__(self, markdown: str, html: bool = True) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: set[str] = set()
        self.acts: set[str] = set()
        """Text that a filter would turn into something."""
        self.text = ""
        self._inert = 0
        parser = MarkdownIt("gfm-like", {"html": html}).use(tasklists_plugin)
        self.feed(nh3.clean(parser.render(markdown), tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._inert += tag in ("code", "pre", "a")
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}

    def handle_endtag(self, tag: str) -> None:
        self._inert -= tag in ("code", "pre", "a")

    def handle_data(self, data: str) -> None:
        self.text += data
        if not self._inert:
            self.acts |= set(_ACTS.findall(data))
