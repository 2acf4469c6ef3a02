"""CSV as Go reads it: a quote inside of an unquoted field is an error, empty lines do not count."""

from __future__ import annotations

import re

from tfsrm.sources.hcl.values import EvaluationError

_FIELD = re.compile(r'"((?:[^"]|"")*)"(,|\n|\Z)|([^",\n][^",\n]*)?(,|\n|\Z)')


def table(text: str) -> list[list[str]]:
    """Rows of fields; EvaluationError where the text is no CSV."""
    text = text.replace("\r\n", "\n").removesuffix("\n")
    rows: list[list[str]] = []
    row: list[str] = []
    position = 0
    while position <= len(text):
        match = _FIELD.match(text, position)
        if match is None:
            raise EvaluationError("a quote in the wrong place")
        end = match[2] if match[1] is not None else match[4]
        row.append(match[1].replace('""', '"') if match[1] is not None else match[3] or "")
        position = match.end() + (not end)
        if end != ",":
            if row != [""] or match[1] is not None:
                rows.append(row)
            row = []
    return rows
