"""CSV as RFC 4180 has it, in which no cell is a formula to the spreadsheet that opens it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from tfsrm.report.plain import clean

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""What begins a formula; its wide forms count in spreadsheets of East Asian languages."""
_FORMULA = re.compile(f"\\s*[{_SIGNS}]")
_NEXT_CELL = re.compile(f"([;\\t|]\\s*)(?=[{_SIGNS}])")
"""Where the list separator of the reader's language is not a comma, a cell may end in the middle of ours."""


Cell = str | tuple[str, ...]
"""A text, or the lines of one: a line break inside a text is none of ours and does not survive."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Every cell in quotes, lines end in CR LF, UTF-8 without a mark."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    known = _Made()
    writer.writerows([known[text] for text in row] for row in rows)
    return out.getvalue()


class _Made(dict[Cell, str]):
    """The cells made so far: most texts stand in many rows."""

    def __missing__(self, text: Cell) -> str:
        self[text] = made = cell(text)
        return made


def cell(text: Cell) -> str:
    """Text that a spreadsheet takes for text: an apostrophe stands before what could be a formula, blanks before it or not."""
    return _inert(text) if isinstance(text, str) else "\n".join(_inert(line) for line in text)


def _inert(line: str) -> str:
    line = clean(line)
    if _FORMULA.match(line):
        line = "'" + line
    return _NEXT_CELL.sub(r"\1'", line) if ";" in line or "|" in line else line
