"""A why.md: the duties that a case must create, change and retire, each with the rule that it follows.

The table has one row for all duties of one control on one block:
``| change | control | occasion | of | count | verdict | rule |``.
``verdict`` is ``met``, ``unmet`` ... for a created duty, ``unmet -> met`` for one that changed, ``-`` for one that is retired.
The control ``*`` stands for all others of that change on that block; its verdict lists what they may be, its count the instances.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.golden import ROOT

Plan = dict[str, Any]
Report = dict[str, Any]
_MOVED = ("created", "changed", "retired")
_OTHERS = "*"


class Row(msgspec.Struct, frozen=True):
    """One row of the table, or what one duty of a report would be there."""

    change: str
    control: str
    occasion: str
    block: str
    verdict: str


def rules() -> set[str]:
    """The rules that fixtures/README.md names, one list entry each: ``- **name**: ...``."""
    lines = (ROOT / "fixtures" / "README.md").read_text().splitlines()
    return {line.split("**")[1] for line in lines if line.startswith("- **")}


def problems(path: Path, report: Report, plan: Plan) -> list[str]:
    """What a report moves and the why.md at ``path`` does not expect, and the other way round; one line each."""
    wanted = _rows(path)
    found = _moved(report, plan)
    out = []
    for row in wanted:
        if row.control != _OTHERS:
            got = len(found.pop(row, []))
            if got != wanted[row]:
                out.append(f"expected {wanted[row]}, found {got}: {_words(row)}")
    for row in wanted:
        if row.control == _OTHERS:
            addresses = {a for other in list(found) if _covers(row, other) for a in found.pop(other)}
            if len(addresses) != wanted[row]:
                out.append(f"expected {wanted[row]} instances, found {len(addresses)}: {_words(row)}")
    return out + [f"not expected: {len(addresses)} x {_words(row)}" for row, addresses in found.items()]


def _rows(path: Path) -> dict[Row, int]:
    """The table. Fails on a row that cannot be read and on a rule that is not one."""
    out: dict[Row, int] = {}
    known = rules()
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or cells[0] in ("change", "---"):
            continue
        change, control, occasion, block, count, verdict, rule = cells
        assert rule in known, f"{path}: no rule {rule}"
        row = Row(change, control, occasion, block, verdict)
        assert row not in out, f"{path}: twice {_words(row)}"
        out[row] = int(count)
    return out


def _moved(report: Report, plan: Plan) -> dict[Row, list[str]]:
    """The same of a report, with the addresses."""
    names = blocks(plan)
    out: dict[Row, list[str]] = {}
    for duty in report["duties"]:
        if duty["change"] in _MOVED:
            where = names.get(duty["address"], duty["address"])
            row = Row(duty["change"], duty["control"], duty["occasion"], where, _verdict(duty))
            out.setdefault(row, []).append(duty["address"])
    return out


def _verdict(duty: dict[str, Any]) -> str:
    if duty["change"] == "changed":
        return f"{duty['previous_verdict']} -> {duty['verdict']}"
    return duty["verdict"] or "-"


def _covers(row: Row, other: Row) -> bool:
    same = (row.change, row.occasion, row.block) == (other.change, other.occasion, other.block)
    return same and other.verdict in row.verdict.split(", ")


def _words(row: Row) -> str:
    return f"{row.change} {row.occasion} {row.control} of {row.block}, {row.verdict}"


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
