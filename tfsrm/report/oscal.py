"""An OSCAL component definition: a component per service, and under each whose every duty is.

A duty stands once, under our own control; the requirements of NIST SP 800-53 and of AWS Security Hub that it serves point there.
AWS publishes components with the same ``service-id`` and the same Security Hub ids, without saying whose a control is.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report.json_text import json_text
from tfsrm.report.matrices import natural
from tfsrm.report.oscal_document import (
    AWS_NS,
    NIST,
    OWN,
    SECURITY_HUB,
    aws_ids,
    document_uuid,
    markup,
    metadata,
    nist_id,
    prop,
    responsible,
    uuid_of,
)
from tfsrm.report.places import Places, reasons
from tfsrm.report.view import View, standing

_VERDICTS = ("unmet", "unknown", "attest", "met")


class _Group(NamedTuple):
    """The duties of one service that share their words."""

    uuid: str
    about: str
    duties: list[DutyResult]


def render(checklist: Checklist, view: View) -> str:
    """Of all that stands after the change, whatever moved."""
    services: dict[str, list[DutyResult]] = {}
    for duty in standing(checklist, view):
        services.setdefault(duty.service, []).append(duty)
    definition: dict[str, Any] = {
        "uuid": document_uuid("component-definition", checklist),
        "metadata": metadata(checklist, "Duties under AWS's shared responsibility model"),
    }
    places = Places(checklist)
    components = [_component(name, services[name], checklist, places) for name in sorted(services)]
    if components:
        definition["components"] = components
    return json_text({"component-definition": definition})


def _component(service: str, duties: list[DutyResult], checklist: Checklist, places: Places) -> dict[str, Any]:
    grouped: dict[str, list[DutyResult]] = {}
    for duty in duties:
        grouped.setdefault(duty.about, []).append(duty)
    groups = [_Group(uuid_of("requirement", OWN, service, about), about, grouped[about]) for about in sorted(grouped)]
    known = aws_ids().services.get(service)
    join = [{"name": "service-id", "ns": AWS_NS, "value": known}] if known else []
    resources = len({d.address for d in duties if d.scope == "resource"})
    return {
        "uuid": uuid_of("component", service),
        "type": "process-procedure" if duties[0].scope == "account" else "service",
        "title": service,
        "description": f"{service} as the configuration uses it: {resources} resources with a duty.",
        "props": [*join, prop("duties", str(len(duties))), *_counts(duties)],
        "control-implementations": [
            _implementation(
                service, OWN, "Every duty, under the control of tfsrm that it is.", _own(groups, checklist, places)
            ),
            *_served(service, groups, checklist),
        ],
    }


def _implementation(service: str, source: str, says: str, requirements: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "uuid": uuid_of("implementation", source, service),
        "source": source,
        "description": says,
        "implemented-requirements": requirements,
    }


def _own(groups: list[_Group], checklist: Checklist, places: Places) -> list[dict[str, Any]]:
    return [
        {
            "uuid": group.uuid,
            "control-id": group.duties[0].control,
            "description": checklist.about[group.about].customer_does,
            "props": [*_words(group, checklist), *_counts(group.duties), *(_duty(d, places) for d in group.duties)],
            "responsible-roles": responsible(group.duties[0]),
            "remarks": f"AWS: {checklist.about[group.about].aws_does}",
        }
        for group in groups
    ]


def _words(group: _Group, checklist: Checklist) -> list[dict[str, str]]:
    first, about = group.duties[0], checklist.about[group.about]
    found = [
        prop("title", first.title),
        prop("owner", first.owner),
        prop("layer", first.layer),
        prop("rule", first.rule or "mappings/model.yaml"),
    ]
    found += [prop("resource-type", about.resource_type)] if about.resource_type else []
    found += [prop("variant", about.variant)] if about.variant else []
    return found + [prop("source", source.url) for source in about.sources]


def _counts(duties: list[DutyResult]) -> list[dict[str, str]]:
    counts: Counter[str | None] = Counter(d.verdict for d in duties)
    return [prop(verdict, str(counts[verdict])) for verdict in _VERDICTS if counts[verdict]]


def _duty(duty: DutyResult, places: Places) -> dict[str, str]:
    """One duty: its address, with its verdict as class and its fingerprint as group."""
    where, why = places.input_names(duty), reasons(duty)
    remarks = f"{duty.change}, {duty.severity}" + (f", in {where}" if where else "") + (f": {why}" if why else "")
    return prop(
        "duty",
        duty.address,
        **{"class": duty.verdict or "met"},
        group=f"d-{places.identity(duty)}",
        remarks=markup(remarks),
    )


def _served(service: str, groups: list[_Group], checklist: Checklist) -> list[dict[str, Any]]:
    """The requirements of frameworks that NIST and AWS publish as OSCAL catalogues."""
    nist: dict[str, list[_Group]] = {}
    hub: dict[str, list[_Group]] = {}
    published = aws_ids().controls
    for group in groups:
        for requirement in checklist.about[group.about].requirements:
            if requirement.framework == "nist-800-53-r5":
                nist.setdefault(nist_id(requirement.id), []).append(group)
            elif requirement.framework == "aws-fsbp" and requirement.id in published:
                hub.setdefault(requirement.id, []).append(group)
    found = []
    for source, says, served in ((NIST, "Controls of NIST SP 800-53 that these duties serve.", nist),
                                 (SECURITY_HUB, "Controls of AWS Security Hub that these duties serve.", hub)):  # fmt: skip
        if served:
            requirements = [
                _requirement(source, service, name, served[name], checklist) for name in sorted(served, key=natural)
            ]
            found.append(_implementation(service, source, says, requirements))
    return found


def _requirement(source: str, service: str, name: str, groups: list[_Group], checklist: Checklist) -> dict[str, Any]:
    duties = [d for group in groups for d in group.duties]
    shared = next((d for d in duties if d.owner == "shared"), duties[0])
    return {
        "uuid": uuid_of("requirement", source, service, name),
        "control-id": name,
        "description": " ".join(dict.fromkeys(checklist.about[group.about].customer_does for group in groups)),
        "props": [
            *(prop("control", g.duties[0].control, remarks=f"Implemented requirement {g.uuid}.") for g in groups),
            *_counts(duties),
        ],
        "responsible-roles": responsible(shared),
    }
