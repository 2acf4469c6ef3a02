"""JSON as all machine formats write it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tfsrm.report.plain import json_escaped


def json_text(report: Any) -> str:
    """Indented JSON, one final newline, inert in a CI log."""
    text = msgspec.json.format(msgspec.json.encode(report), indent=2)
    if b"##" in text:
        # CI runners read ``##[`` and ``##vso[`` anywhere in a log line as a command; in JSON they can only stand inside a text.
        text = re.sub(rb"##(?=\w*\[)", rb"#\\u0023", text)
    return json_escaped(text.decode()) + "\n"
