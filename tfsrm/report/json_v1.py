"""The machine-readable report, schema version 1. A copy of our types, not a dump of them: its fields are a promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tfsrm.model.checklist import SCHEMA_VERSION, Checklist, DutyResult
from tfsrm.report.json_text import json_text
from tfsrm.report.view import View, chosen, is_standing, shown_lines

_LINE = ("service", "addresses", "model_before", "model_after", "before", "after", "moved", "because")
_INHERITED = ("control", "services", "aws_does", "sources")


def render(checklist: Checklist, view: View) -> str:
    """The report as indented JSON, one final newline."""
    duties = chosen(checklist, view)
    about = {d.about for d in (*duties, *checklist.drift)}
    everything = view.everything or is_standing(checklist)
    several = len(checklist.inputs) > 1
    report = {
        "schema_version": SCHEMA_VERSION,
        "tool": checklist.tool,
        "catalog": checklist.catalog,
        "assessed_on": checklist.assessed_on,
        "inputs": checklist.inputs,
        "summary": checklist.summary,
        "lines": [_fields(line, (*_LINE, "input") if several else _LINE) for line in shown_lines(checklist, view)],
        "inherited": [_fields(i, _INHERITED) for i in checklist.inherited],
        "duties": [_duty(d, several) for d in duties],
        "drift": [_duty(d, several) for d in checklist.drift],
        "about": {key: words for key, words in checklist.about.items() if key in about},
        "no_duty": _pieces(checklist.no_duty, several) if everything else [],
        "gaps": _pieces(checklist.gaps, several),
        "notes": _pieces(checklist.notes, several),
        "tripped": checklist.tripped,
    }
    return json_text(report)


def _fields(piece: msgspec.Struct, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(piece, name) for name in names}


def _pieces(pieces: Sequence[msgspec.Struct], several: bool) -> list[dict[str, Any]]:
    """Pieces with the input that they are of, where there are several."""
    return [_fields(p, tuple(n for n in p.__struct_fields__ if several or n != "input")) for p in pieces]


def _duty(duty: DutyResult, several: bool) -> dict[str, Any]:
    out = msgspec.to_builtins(duty)
    del out["role"]  # helps to fold what people read; the report's promise does not have it
    if not several:
        del out["inputs"]
    for facet in out["facets"]:
        for evidence in facet["evidence"]:
            # Either the value or why it is withheld, never both.
            del evidence["value" if evidence["withheld"] is not None else "withheld"]
    return dict(out)
