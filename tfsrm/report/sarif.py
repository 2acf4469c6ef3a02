"""SARIF 2.1.0 for code scanning: what the plan contradicts, as results; with ``--all`` every duty, each with its kind.

GitHub closes an alert that the newest upload does not hold, so everything unmet that stands is in it, whatever moved.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tfsrm.model.checklist import About, Checklist, DutyResult
from tfsrm.report.json_text import json_text
from tfsrm.report.places import Places, reasons
from tfsrm.report.plain import clean
from tfsrm.report.view import View, standing

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS = 25_000
"""More of them GitHub refuses; it keeps the 5,000 gravest."""
TEXT = 1024
"""Characters of a rule's short and full description."""
TAGS = 20

SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""One figure inside each of GitHub's bands: above 9.0 critical, from 7.0 high, from 4.0 medium, above 0.0 low."""
_LEVEL = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_PROBLEM = {"critical": "error", "high": "error", "medium": "warning", "low": "recommendation"}
_KIND = {"met": "pass", "unmet": "fail", "unknown": "open", "attest": "review"}
_BASELINE = {"created": "new", "changed": "updated", "kept": "unchanged"}
_SEVERITY = tuple(SECURITY_SEVERITY)


def render(checklist: Checklist, view: View) -> str:
    """One run, the gravest first."""
    found = [d for d in standing(checklist, view) if view.everything or d.verdict == "unmet"]
    shown = found[:RESULTS]
    grouped: dict[str, list[DutyResult]] = {}
    for duty in shown:
        grouped.setdefault(duty.control, []).append(duty)
    controls = sorted(grouped)
    index = {control: number for number, control in enumerate(controls)}
    places = Places(checklist)
    driver = {
        "name": checklist.tool.name,
        "semanticVersion": checklist.tool.version,
        "rules": [_rule(control, grouped[control], checklist.about) for control in controls],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(len(found))],
        "results": [_result(d, index[d.control], places) for d in shown],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _invocation(found: int) -> dict[str, Any]:
    if found <= RESULTS:
        return {"executionSuccessful": True}
    text = f"{found - RESULTS} of {found} results are left out, the least grave; all of them are in --format json."
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}],
    }


def _rule(control: str, duties: list[DutyResult], about: dict[str, About]) -> dict[str, Any]:
    first = duties[0]
    severity = min((d.severity for d in duties), key=_SEVERITY.index)
    halves: dict[tuple[str, str], list[str]] = {}
    requirements: dict[str, None] = {}
    sources: dict[str, None] = {}
    for key in dict.fromkeys(d.about for d in duties):
        words = about[key]
        of_type = halves.setdefault((words.customer_does, words.aws_does), [])
        if words.resource_type and words.resource_type not in of_type:
            of_type.append(words.resource_type)
        requirements.update(dict.fromkeys(f"{r.framework} {r.id}" for r in words.requirements))
        sources.update(dict.fromkeys(s.url for s in words.sources))
    customer_does = "\n".join(dict.fromkeys(yours for yours, _ in halves))
    rule: dict[str, Any] = {
        "id": control,
        "name": "".join(word.capitalize() for word in control.split("-")),
        "shortDescription": {"text": _cut(first.title)},
        "fullDescription": {"text": _cut(customer_does)},
        "help": {
            "text": _help(halves, list(requirements), "{}"),
            "markdown": _help(halves, list(requirements), "**{}**"),
        },
        "defaultConfiguration": {"level": _LEVEL[severity]},
        "properties": {
            "tags": ["security", "shared-responsibility", first.layer, *requirements][:TAGS],
            "precision": "high",
            "problem.severity": _PROBLEM[severity],
            "security-severity": SECURITY_SEVERITY[severity],
        },
    }
    if sources:
        rule["helpUri"] = next(iter(sources))
    return rule


def _help(halves: dict[tuple[str, str], list[str]], requirements: list[str], strong: str) -> str:
    """Both halves for each kind of resource that shares them, and the requirements served. No word of it is from a plan."""
    lines = []
    for (yours, theirs), types in halves.items():
        if len(halves) > 1 and types:
            lines.append(strong.format(", ".join(types)))
        lines += [f"{strong.format('You:')} {yours}", f"{strong.format('AWS:')} {theirs}"]
    if requirements:
        lines.append(f"{strong.format('Serves:')} {', '.join(requirements)}")
    return "\n\n".join(clean(line) for line in lines)


def _result(duty: DutyResult, index: int, places: Places) -> dict[str, Any]:
    place = places.of(duty)
    identity = places.identity(duty)
    kind = _KIND[duty.verdict or "met"]
    address, why, where = clean(duty.address), reasons(duty), places.input_names(duty)
    text = f"{address}: {duty.title}" + (f" ({where})" if where else "") + (f": {why}" if why else "") + "."
    properties = {"change": duty.change, "layer": duty.layer, "owner": duty.owner, "severity": duty.severity,
                  "service": duty.service, "resourceType": duty.resource_type, "rule": clean(duty.rule)}  # fmt: skip
    return {
        "ruleId": duty.control,
        "ruleIndex": index,
        "kind": kind,
        "level": _LEVEL[duty.severity] if kind == "fail" else "none",
        # ``[text](target)`` in a message is a link.
        "message": {"text": text.replace("](", "] (")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(place.path)},
                    "region": {"startLine": place.line},
                },
                "logicalLocations": [{"fullyQualifiedName": address, "kind": "resource"}],
            }
        ],
        # GitHub reads only the first, and sets one of its own from the file where it is missing.
        "partialFingerprints": {"primaryLocationLineHash": f"{identity}:1", "duty/v1": identity},
        "baselineState": _BASELINE[duty.change],
        "properties": properties,
    }


def uri(path: str) -> str:
    """A path as a URI reference: relative as it was given, an absolute one with its scheme."""
    quoted = quote(path, safe="/-_.~")
    if path.startswith("/"):
        return f"file://{quoted}"
    if path[1:3] == ":/":
        return f"file:///{path[0]}:{quote(path[2:], safe='/-_.~')}"
    return quoted


def _cut(text: str) -> str:
    text = clean(text.replace("\n", " "))
    return text if len(text) <= TEXT else text[: TEXT - 1] + "…"
