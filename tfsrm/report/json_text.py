"""JSON as all machine formats write it."""

from __future__ import annotations

from typing import Any

import msgspec


def json_text(report: Any) -> str:
    """Indented JSON, one final newline, inert in a CI log."""
    text = msgspec.json.format(msgspec.json.encode(report), indent=2)
    # A CI runner reads ``##[`` anywhere in a log line as a command; in JSON it can only stand inside a text.
    return text.replace(b"##[", b"#\\u0023[").decode() + "\n"
