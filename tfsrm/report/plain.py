"""Text from a plan is hostile: what it may not do to a terminal, a CI log or a page."""

from __future__ import annotations

import re

_CONTROLS = (
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)

_IN_JSON = _CONTROLS.replace("\x00-\x1f", "")
"""JSON has escaped the others already; what is left of them is its own layout."""


def json_escaped(text: str) -> str:
    """JSON in which every such character stands as ``\\uXXXX``: the same values, and nothing that acts on who prints them."""
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(_IN_JSON, lambda match: "".join(f"\\u{unit:04x}" for unit in _utf16(match[0])), text)


def _utf16(character: str) -> list[int]:
    data = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]


def clean(text: str) -> str:
    """Text that cannot move a cursor, hide or reorder characters, or hold a command of a CI runner (``##[``, ``##vso[``)."""
    if not (text.isascii() and text.isprintable()):
        text = re.sub(_CONTROLS, "\ufffd", text)
    if "##" in text:
        text = re.sub(r"##(?=\w*\[)", "# #", text)
    return text


def log_line(line: str) -> str:
    """A line of output that a CI runner cannot take for a command (``::error ...`` at its start)."""
    start = line.lstrip()
    return line.replace("::", ": :", 1) if start.startswith("::") else line


def one_line(text: str, width: int) -> str:
    """Clean text cut to ``width`` columns, with an ellipsis where it was longer."""
    text = clean(text)
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"


def plural(count: int, noun: str) -> str:
    """``1 duty``, ``2 duties``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"
