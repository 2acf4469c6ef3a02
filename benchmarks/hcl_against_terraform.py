"""How far HCL mode agrees with Terraform's own plans of the same directories.

    python benchmarks/hcl_against_terraform.py FOLDER [--lookups-given] [--show N] [--only NAME]

FOLDER holds one folder for each root module: ``plan.json.gz``, ``meta.json`` (``{"root": "w/examples/complete", "vars":
["name=value"]}``) and the work tree ``w`` with its installed modules. Prints the shares that docs/hcl.md quotes, and every
disagreement.

With ``--lookups-given``, HCL mode is told (``--set-data``) what the plan's data sources answered, policy documents left out: what
is not known then is not for want of AWS.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tfsrm import api
from tfsrm.assess.compose import checklist
from tfsrm.model.checklist import Checklist, ToolInfo
from tfsrm.model.world import Input
from tfsrm.sources import read_bytes
from tfsrm.sources.hcl import Options, read_directory

DECIDED = ("met", "unmet")
TOOL = ToolInfo(name="tfsrm", version="0")


class Comparison:
    """Counts over all roots, on duties and on facets."""

    def __init__(self, lookups_given: bool) -> None:
        self.lookups_given = lookups_given
        self.addresses: Counter[str] = Counter()
        self.duties: Counter[str] = Counter()
        self.facets: Counter[str] = Counter()
        self.disagreements: list[str] = []
        self.undecided: Counter[str] = Counter()
        self.as_one: Counter[str] = Counter()
        """Addresses again, where all that an ``aws_x.y[*]`` of HCL stands for count as this one."""
        self.seconds = 0.0

    def add(self, name: str, folder: Path, show_addresses: bool) -> None:
        meta = json.loads((folder / "meta.json").read_text())
        raw = gzip.decompress((folder / "plan.json.gz").read_bytes())
        plan = read_bytes(raw)[0]
        data = tuple(_lookups(json.loads(raw))) if self.lookups_given else ()
        start = time.process_time()
        options = Options(variables=tuple(meta["vars"]), project=str(folder / meta["root"].split("/")[0]), data=data)
        hcl = read_directory(str(folder / meta["root"]), options)
        self.seconds += time.process_time() - start
        mine, theirs = _addresses(hcl), _addresses(plan)
        self.addresses.update(_compared(theirs, mine))
        self.as_one.update(_compared(_as_one(theirs, mine), mine))
        if show_addresses:
            for address in sorted(theirs - mine)[:8]:
                self.disagreements.append(f"{name}: only in the plan: {address}")
            for address in sorted(mine - theirs)[:8]:
                self.disagreements.append(f"{name}: only in HCL: {address}")
        self._verdicts(name, _checklist(plan), _checklist(hcl), mine & theirs)

    def _verdicts(self, name: str, plan: Checklist, hcl: Checklist, common: set[str]) -> None:
        mine = {_key(d): d for d in hcl.duties if d.verdict}
        for duty in plan.duties:
            other = mine.get(_key(duty))
            if duty.verdict is None or (duty.address and "." in duty.address and duty.address not in common):
                continue
            got = other.verdict if other else None
            self._count(self.duties, duty.verdict, got, f"{name}: {duty.control} {duty.address}")
            facets = {f.id: f for f in other.facets} if other else {}
            for facet in duty.facets:
                same = facets.get(facet.id)
                text = f"{name}: {duty.control}/{facet.id} {duty.address}"
                if same is not None:
                    text += f"\n      plan: {facet.because}\n      hcl:  {same.because}"
                self._count(self.facets, facet.verdict, same.verdict if same else None, text)
                if facet.verdict in DECIDED and same is not None and same.verdict not in DECIDED:
                    self.undecided[f"{duty.resource_type} {duty.control}/{facet.id}: {same.because[:90]}"] += 1

    def _count(self, counts: Counter[str], plan: str | None, hcl: str | None, text: str) -> None:
        if plan in DECIDED:
            counts["decided by the plan"] += 1
            counts["decided by both"] += hcl in DECIDED
            if hcl in DECIDED and hcl != plan:
                counts["judged otherwise"] += 1
                self.disagreements.append(f"plan {plan}, HCL {hcl}: {text}")
            if hcl is None:
                counts["not there in HCL"] += 1
        elif plan == "unknown":
            counts["unknown in the plan"] += 1
            if hcl == "met":
                counts["unknown in the plan, met in HCL"] += 1
                self.disagreements.append(f"plan unknown, HCL met: {text}")


def _addresses(source: Input) -> set[str]:
    return {r.address for r in source.after.resources if r.is_aws}


def _compared(plan: set[str], hcl: set[str]) -> dict[str, int]:
    return {"both": len(plan & hcl), "only_plan": len(plan - hcl), "only_hcl": len(hcl - plan)}


_KEY = r'"(?:[^"\\]|\\.)*"'


def _as_one(plan: set[str], hcl: set[str]) -> set[str]:
    """The plan's addresses, those that a ``[*]`` of HCL stands for replaced by it."""
    symbols = {a for a in hcl if "[*]" in re.sub(_KEY, "", a)}
    patterns = [(s, re.escape(s).replace(re.escape("[*]"), rf"\[(?:\d+|{_KEY})\]")) for s in sorted(symbols)]
    return {next((s for s, pattern in patterns if re.fullmatch(pattern, a)), a) for a in plan}


def _lookups(plan: dict[str, Any]) -> Iterator[str]:
    """What the data sources of a plan answered, as ``--set-data`` takes it."""
    modules = [plan.get("prior_state", {}).get("values", {}).get("root_module", {})]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", ())
        for resource in module.get("resources", ()):
            if resource["mode"] != "data" or resource["type"] == "aws_iam_policy_document":
                continue
            for name, value in resource["values"].items():
                if value is not None:
                    yield f"{resource['address']}.{name}={_expression(value)}"


def _expression(value: Any) -> str:
    """A value as an expression, of which no part is a template."""
    text = json.dumps(value, ensure_ascii=False)
    text = re.sub(r"\\.", lambda found: _UNKNOWN_TO_HCL.get(found[0], found[0]), text)
    return text.replace("${", "$${").replace("%{", "%%{")


_UNKNOWN_TO_HCL = {"\\b": "\\u0008", "\\f": "\\u000c"}


def _key(duty: Any) -> tuple[str, str, str]:
    return duty.control, duty.address or "", duty.occasion


def _checklist(source: Input) -> Checklist:
    return checklist([source], api.open_knowledge(), date(2026, 1, 1), TOOL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=1000, help="how many disagreements to print")
    parser.add_argument("--undecided", type=int, default=0, help="how many kinds of undecided facets to print")
    parser.add_argument("--only", default="")
    parser.add_argument("--lookups-given", action="store_true", help="tell HCL mode what data sources answered")
    arguments = parser.parse_args()
    total = Comparison(arguments.lookups_given)
    roots = [p.parent for p in sorted(arguments.folder.glob("*/meta.json")) if arguments.only in p.parent.name]
    for root in roots:
        before = Counter(total.addresses)
        total.add(root.name, root, show_addresses=True)
        moved = total.addresses - before
        if moved["only_plan"] or moved["only_hcl"]:
            print(f"{root.name}: {dict(moved)}")
    for line in total.disagreements[: arguments.show]:
        print(line)
    for text, count in total.undecided.most_common(arguments.undecided):
        print(f"{count:5} undecided: {text}")
    print(f"{len(roots)} roots; reading took {total.seconds:.1f} s CPU")
    for what, found in (("addresses", total.addresses), ("with what [*] stands for as one", total.as_one)):
        print(f"{what}: {dict(found)}; in both {found['both'] / max(found.total(), 1):.2%} of either")
    for what, counts in (("duties", total.duties), ("facets", total.facets)):
        decided = max(counts["decided by the plan"], 1)
        print(f"{what}: {dict(counts)}; HCL decides {counts['decided by both'] / decided:.1%}")
        print(f"   judged otherwise: {counts['judged otherwise'] / max(counts['decided by both'], 1):.2%}")


if __name__ == "__main__":
    main()
