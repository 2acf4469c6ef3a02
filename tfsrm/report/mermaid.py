"""The line as a mermaid block diagram, for pages that draw mermaid (10.9 and newer).

A node's text holds letters, digits and a few marks only: whatever else a name has becomes a blank, so no name can end its
text, open a directive or become HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfsrm.model.checklist import Checklist
from tfsrm.report.svg import SIGNS, WORDS, variants
from tfsrm.report.view import Column, View, columns, is_standing, owners, shown_lines

ACROSS = 6
"""Lines side by side; more stand below."""
_STYLES = {
    "you": "fill:#1f4e9e,stroke:#1f4e9e,color:#ffffff",
    "shared": "fill:#dfe8f7,stroke:#1f4e9e,color:#16294a,stroke-dasharray:4 3",
    "aws": "fill:#eceef1,stroke:#8a939d,color:#333c46",
    "moved": "fill:#ffffff,stroke:#1b2128,color:#1b2128,stroke-width:3px",
    "gone": "fill:#ffffff,stroke:#8a939d,color:#56606b,stroke-dasharray:3 3",
    "label": "fill:none,stroke:none",
}


def render(checklist: Checklist, view: View) -> str:
    """One diagram, without a fence."""
    shown = columns(shown_lines(checklist, view), is_standing(checklist))
    if not shown:
        return 'block-beta\n  nothing["No line moves"]\n'
    across = min(len(shown), ACROSS)
    lines = ["block-beta", f"  columns {across + 1}"]
    for start in range(0, len(shown), across):
        lines += _band(checklist, shown[start : start + across], start, across)
    lines += [f"  classDef {name} {style}" for name, style in _STYLES.items()]
    return "\n".join(lines) + "\n"


def _band(checklist: Checklist, shown: list[Column], start: int, across: int) -> Iterator[str]:
    """Lines side by side, a row for each layer; the last band is filled up with blanks."""
    blank = [f"space:{across - len(shown)}"] if len(shown) < across else []
    heads = [f'h{start + i}["{_heading(c)}"]' for i, c in enumerate(shown)]
    yield "  " + " ".join([f'h{start}x["Layer"]', *heads, *blank])
    for row, (layer, short, aws_diagram) in enumerate(checklist.layers):
        label = short if aws_diagram else f"{short}, not in the diagram of AWS"
        nodes = [f'l{start}x{row}["{plain(label)}"]']
        classes = [f"  class l{start}x{row} label"]
        for i, column in enumerate(shown, start=start):
            text, kind = _cell(*owners(column.line, layer), column.sign)
            nodes.append(f'c{i}x{row}["{text}"]' if text else "space")
            classes += [f"  class c{i}x{row} {kind}"] if text else []
        yield "  " + " ".join([*nodes, *blank])
        yield from classes


def _heading(column: Column) -> str:
    names = [s.removeprefix("Amazon ").removeprefix("AWS ") for s in column.services]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return plain(", ".join(names[:3]) + more + " - " + ", ".join([SIGNS[column.sign], *variants(column)]))


def _cell(before: str, after: str, sign: str) -> tuple[str, str]:
    if sign == "-":
        return (f"was {WORDS[before]}", "gone") if before else ("", "")
    if sign == "~" and before != after:
        return f"{WORDS.get(before, 'nobody')} to {WORDS.get(after, 'nobody')}", "moved"
    return (WORDS[after], {"customer": "you"}.get(after, after)) if after else ("", "")


def plain(text: str) -> str:
    """Text that means nothing to mermaid."""
    return re.sub(r"[^A-Za-z0-9 ,.()/+-]+", " ", text.replace("→", "to")).strip()
