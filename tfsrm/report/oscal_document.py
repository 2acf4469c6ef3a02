"""What every OSCAL document of ours shares: version, names, UUIDs that the same plan gives again, metadata, AWS's own ids."""

from __future__ import annotations

import re
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from tfsrm.model.checklist import Checklist, DutyResult
from tfsrm.report.plain import clean

OSCAL_VERSION = "1.2.1"
NS = "urn:tfsrm:oscal"
"""The namespace of our properties."""
AWS_NS = "http://aws.amazon.com/ns/oscal"
NIST = "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json"
SECURITY_HUB = (
    "https://raw.githubusercontent.com/awslabs/oscal-content-for-aws-services/main/catalogs/aws_security-hub.oscal.json"
)
OWN = "urn:tfsrm:controls"
"""The source of our own controls, under which every duty stands once."""

_ROOT = uuid.UUID("9b1d0a6e-6f6f-5c7e-9d0e-3f5a8a1c2b40")
CUSTOMER, AWS = "customer", "aws"


def uuid_of(*names: str) -> str:
    """The UUID (version 5) of a thing that has these names."""
    return str(uuid.uuid5(_ROOT, "\x1f".join(clean(name) for name in names)))


def prop(name: str, value: str, **more: str) -> dict[str, str]:
    """A property of ours; its value holds no control character and no blank at its ends, and is never empty."""
    return {"name": name, "ns": NS, "value": clean(value).strip() or "-", **more}


_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&@])")


def markup(text: str) -> str:
    """Text of a plan for a field that holds Markdown: nothing in it means anything."""
    return _MARKUP.sub(r"\\\1", clean(text)).strip() or "-"


def metadata(checklist: Checklist, title: str) -> dict[str, Any]:
    """Title, day, versions and the two parties."""
    digests = ", ".join(source.digest for source in checklist.inputs)
    return {
        "title": title,
        "last-modified": f"{checklist.assessed_on}T00:00:00Z",
        "version": checklist.assessed_on,
        "oscal-version": OSCAL_VERSION,
        "props": [
            prop("tool-version", f"{checklist.tool.name} {checklist.tool.version}"),
            prop("catalog-version", checklist.catalog.version),
            prop("catalog-digest", checklist.catalog.digest),
            prop("input-digest", digests),
        ],
        "roles": [
            {"id": CUSTOMER, "title": "The customer of AWS who applies the change"},
            {"id": AWS, "title": "Amazon Web Services"},
        ],
        "parties": [{"uuid": uuid_of("party", AWS), "type": "organization", "name": "Amazon Web Services"}],
        "responsible-parties": [{"role-id": AWS, "party-uuids": [uuid_of("party", AWS)]}],
    }


def document_uuid(kind: str, checklist: Checklist) -> str:
    """Another one for another input, catalogue, tool or day, and the same for the same."""
    digests = (source.digest for source in checklist.inputs)
    return uuid_of(kind, checklist.tool.version, checklist.catalog.digest, checklist.assessed_on, *digests)


def responsible(duty: DutyResult) -> list[dict[str, str]]:
    """Who has a half of a duty."""
    roles = [CUSTOMER, AWS] if duty.owner == "shared" else [CUSTOMER]
    return [{"role-id": role} for role in roles]


def nist_id(requirement: str) -> str:
    """``AC-2(1)`` as NIST's OSCAL catalogue has it: ``ac-2.1``."""
    return requirement.lower().replace("(", ".").replace(")", "")


class AwsIds(msgspec.Struct, frozen=True):
    """The ids of AWS's own OSCAL content (aws_oscal.json says of which version)."""

    source: str
    services: dict[str, str]
    """Name of our service -> AWS's ``service-id``."""
    controls: frozenset[str]
    """Controls of AWS's catalogue of Security Hub controls."""


@cache
def aws_ids() -> AwsIds:
    """What our services and Security Hub ids are called there."""
    return msgspec.json.decode(Path(__file__).with_name("aws_oscal.json").read_bytes(), type=AwsIds)
