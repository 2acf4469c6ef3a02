"""A why.md: the duties that a case must create, change and retire, each with the rule that it follows.

The table has one row for all duties of one control on one block: ``| change | control | occasion | of | count | verdict | rule |``.
``verdict`` is ``met``, ``unmet`` ... for a created duty, ``unmet -> met`` for one that changed, ``-`` for one that is retired.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.golden import ROOT

Row = tuple[str, str, str, str, str]
"""(change, control, occasion, block, verdict)."""

Plan = dict[str, Any]
Report = dict[str, Any]
_MOVED = ("created", "changed", "retired")
_COLUMNS = 7


def rules() -> set[str]:
    """The rules that fixtures/README.md names, one list entry each: ``- **name**: ...``."""
    lines = (ROOT / "fixtures" / "README.md").read_text().splitlines()
    return {line.split("**")[1] for line in lines if line.startswith("- **")}


def expected(path: Path, known: set[str]) -> Counter[Row]:
    """The rows of a why.md. Fails on a row that cannot be read and on a rule that is not one."""
    out: Counter[Row] = Counter()
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or cells[0] in ("change", "---"):
            continue
        assert len(cells) == _COLUMNS, line
        change, control, occasion, block, count, verdict, rule = cells
        assert rule in known, f"{path}: no rule {rule}"
        out[change, control, occasion, block, verdict] += int(count)
    return out


def moved(report: Report, plan: Plan) -> Counter[Row]:
    """The same of a report: what it says to be created, changed and retired."""
    names = blocks(plan)
    out: Counter[Row] = Counter()
    for duty in report["duties"]:
        if duty["change"] in _MOVED:
            where = names.get(duty["address"], duty["address"])
            out[duty["change"], duty["control"], duty["occasion"], where, _verdict(duty)] += 1
    return out


def _verdict(duty: dict[str, Any]) -> str:
    if duty["change"] == "changed":
        return f"{duty['previous_verdict']} -> {duty['verdict']}"
    return duty["verdict"] or "-"


def blocks(plan: Plan) -> dict[str, str]:
    """address -> the block that it is an instance of: ``module.a.aws_sqs_queue.b``, without any instance key."""
    out: dict[str, str] = {}
    for row in (*plan.get("resource_changes", []), *plan.get("resource_drift", []), *prior(plan)):
        name = f"{row['type']}.{row['name']}"
        for key in ("address", "previous_address"):
            if row.get(key):
                out[row[key]] = ".".join([*_modules(row[key]), name])
    return out


def _modules(address: str) -> list[str]:
    """``module.a["x"].module.b[0].t.n`` -> ``["module.a", "module.b"]``; a key may hold anything, a quote is escaped in it."""
    out, rest = [], address
    while rest.startswith("module."):
        name = rest[len("module.") :]
        end = min(i for i in (name.find("."), name.find("[")) if i >= 0)
        name, rest = name[:end], name[end:]
        if rest.startswith("["):
            rest = rest[_key_end(rest) :]
        out.append(f"module.{name}")
        rest = rest.removeprefix(".")
    return out


def _key_end(text: str) -> int:
    quoted, i = False, 1
    while text[i] != "]" or quoted:
        if text[i] == "\\":
            i += 1
        elif text[i] == '"':
            quoted = not quoted
        i += 1
    return i + 1


def prior(plan: Plan) -> list[dict[str, Any]]:
    """The resource instances of the prior state, data sources too."""
    out: list[dict[str, Any]] = []
    waiting = [plan.get("prior_state", {}).get("values", {}).get("root_module", {})]
    while waiting:
        module = waiting.pop()
        out += module.get("resources", [])
        waiting += module.get("child_modules", [])
    return out
