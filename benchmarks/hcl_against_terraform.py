"""How far HCL mode agrees with Terraform's own plans of the same directories.

    python benchmarks/hcl_against_terraform.py FOLDER [--show N] [--only NAME]

FOLDER holds one folder for each root module: ``plan.json.gz``, ``meta.json`` (``{"root": "w/examples/complete", "vars":
["name=value"]}``) and the work tree ``w`` with its installed modules. Prints the shares that docs/hcl.md quotes, and every
disagreement.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
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

    def __init__(self) -> None:
        self.addresses: Counter[str] = Counter()
        self.duties: Counter[str] = Counter()
        self.facets: Counter[str] = Counter()
        self.disagreements: list[str] = []
        self.undecided: Counter[str] = Counter()
        self.seconds = 0.0

    def add(self, name: str, folder: Path, show_addresses: bool) -> None:
        meta = json.loads((folder / "meta.json").read_text())
        plan = read_bytes(gzip.decompress((folder / "plan.json.gz").read_bytes()))[0]
        start = time.process_time()
        options = Options(variables=tuple(meta["vars"]), project=str(folder / meta["root"].split("/")[0]))
        hcl = read_directory(str(folder / meta["root"]), options)
        self.seconds += time.process_time() - start
        mine, theirs = _addresses(hcl), _addresses(plan)
        self.addresses.update(both=len(mine & theirs), only_plan=len(theirs - mine), only_hcl=len(mine - theirs))
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
    arguments = parser.parse_args()
    total = Comparison()
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
    there = total.addresses["both"] + total.addresses["only_plan"]
    either = there + total.addresses["only_hcl"]
    print(f"{len(roots)} roots; reading took {total.seconds:.1f} s CPU")
    print(f"addresses: {dict(total.addresses)}; in both {total.addresses['both'] / max(either, 1):.2%} of either")
    for what, counts in (("duties", total.duties), ("facets", total.facets)):
        decided = max(counts["decided by the plan"], 1)
        print(f"{what}: {dict(counts)}; HCL decides {counts['decided by both'] / decided:.1%}")
        print(f"   judged otherwise: {counts['judged otherwise'] / max(counts['decided by both'], 1):.2%}")


if __name__ == "__main__":
    main()
