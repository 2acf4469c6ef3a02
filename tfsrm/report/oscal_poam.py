"""An OSCAL plan of action and milestones: an item per duty that the plan contradicts; with ``--all`` per duty that is not met."""

from __future__ import annotations

from typing import Any

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report.json_text import json_text
from tfsrm.report.oscal_document import NS, document_uuid, markup, metadata, nist_id, prop, uuid_of
from tfsrm.report.places import Places, reasons
from tfsrm.report.view import View, standing


def render(checklist: Checklist, view: View) -> str:
    """Of all that stands after the change. Without an open duty there is no such plan to make, and one item says so."""
    open_duties = [
        d for d in standing(checklist, view) if d.verdict == "unmet" or (view.everything and d.verdict != "met")
    ]
    places = Places(checklist)
    items = [_item(d, checklist, places) for d in open_duties] or [_nothing()]
    plan = {
        "uuid": document_uuid("plan-of-action-and-milestones", checklist),
        "metadata": metadata(checklist, "Open duties under AWS's shared responsibility model"),
        "system-id": {"identifier-type": NS, "id": uuid_of("system", *(source.path for source in checklist.inputs))},
        "poam-items": items,
    }
    return json_text({"plan-of-action-and-milestones": plan})


def _item(duty: DutyResult, checklist: Checklist, places: Places) -> dict[str, Any]:
    about, where = checklist.about[duty.about], places.input_names(duty)
    props = [
        prop("duty", duty.address, **{"class": duty.verdict or "met"}, group=f"d-{places.identity(duty)}"),
        prop("control", duty.control),
        prop("owner", duty.owner),
        prop("severity", duty.severity),
        prop("change", duty.change),
    ]
    props += [prop("input", where)] if where else []
    props += [prop("control-id", nist_id(r.id)) for r in about.requirements if r.framework == "nist-800-53-r5"]
    return {
        "uuid": uuid_of("poam-item", places.identity(duty)),
        "title": f"{duty.title}: {markup(duty.address)}",
        "description": about.customer_does,
        "props": props,
        "remarks": markup(reasons(duty)),
    }


def _nothing() -> dict[str, Any]:
    return {
        "uuid": uuid_of("poam-item", "none"),
        "title": "No open duty",
        "description": "The plan contradicts no duty. OSCAL does not allow a plan of action without an item.",
    }
