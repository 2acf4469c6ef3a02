"""A small catalogue with a small provider, sound in every respect; tests spoil one thing at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tfsrm.catalog.folder import Loaded, load_folder
from tfsrm.catalog.lint import Report, examine
from tfsrm.catalog.provider_schema import ProviderSchema

TODAY = date(2026, 11, 24)

_RULE: Any = [{"cidr": ["o", "string"], "port": ["r", "number"], "ports": ["oc", "number"]}, {}]
SCHEMA = ProviderSchema(
    "1.0.0",
    {
        "aws_box": [
            {
                "name": ["r", "string"],
                "arn": ["c", "string"],
                "encrypted": ["o", "bool"],
                "mode": ["oc", "string"],
                "size": ["o", "number"],
                "tags": ["o", ["map", "string"]],
                "names": ["o", ["list", "string"]],
                "policy": ["o", "string"],
                "password": ["os", "string"],
                "parts": ["oc", ["list", ["object", {"label": "string"}]]],
                "user_data": ["o", "string"],
            },
            {"rule": ["list", _RULE], "log": ["single", [{"on": ["o", "bool"]}, {}]], "logging": ["list", _RULE]},
        ],
        "aws_box_lock": [{"box": ["r", "string"], "locked": ["o", "bool"]}, {}],
        "aws_crate": [{"name": ["o", "string"]}, {}],
    },
    {"aws_box": ["logging"]},
)

MODEL = """\
# yaml-language-server: $schema=schema/model.schema.json
layers:
  - {id: data, title: Data, short: Data, aws_diagram: true, parts: [{id: data, title: Data}]}
  - id: platform
    title: Platform
    short: Platform
    aws_diagram: true
    parts: [{id: engine, title: Engine}, {id: guest-os, title: Guest operating system}]
  - {id: hardware, title: Hardware, short: Hardware, aws_diagram: true, parts: [{id: hardware, title: Hardware}]}
models:
  - id: abstracted
    title: Abstracted
    says: AWS runs it.
    line: {data: customer, engine: shared, guest-os: aws, hardware: aws}
    inherited: [aws-hardware]
    sources: [{url: "https://docs.aws.amazon.com/a", read: 2026-11-01}]
  - id: own-hosts
    title: Own hosts
    says: You run it.
    line: {data: customer, engine: customer, guest-os: customer, hardware: aws}
    inherited: [aws-hardware]
    sources: [{url: "https://docs.aws.amazon.com/a", read: 2026-11-01}]
severities:
  - {id: high, says: Bad.}
account_duties:
  - {control: train-staff, id: trained, ask: Who is trained?}
"""

CONTROLS = """\
# yaml-language-server: $schema=../schema/controls.schema.json
theme: all
controls:
  - &
    id: encrypt-at-rest
    title: Encrypt data at rest
    class: shared
    layer: data
    severity: high
    severity_because: Data leaks otherwise.
    customer_does: Turn on encryption.
    aws_does: Offers encryption.
    sources: [{url: "https://docs.aws.amazon.com/a", read: 2026-11-01}]
"""

ROLES = """\
# yaml-language-server: $schema=schema/roles.schema.json
roles:
  - id: store
    says: A store.
    holds_data: true
    duties:
      - {control: review-access, id: reviewed, ask: Who reviewed access to this store?}
  - {id: companion, says: Settles something of another.}
"""

SERVICE = """\
# yaml-language-server: $schema=../schema/service.schema.json
service: Amazon Box
model: abstracted
aws_does: Keeps boxes.
inherited: [aws-hardware]
sources: [{url: "https://docs.aws.amazon.com/box", read: 2026-11-24}]
duties:
  - {control: plan-capacity, id: planned, ask: Who plans capacity?}
resources:
  - type: aws_box
    role: store
    identity: [name]
    variants:
      - name: Self-run box
        when: {attribute: mode, equals: self, default: {value: managed, source: "https://docs.aws.amazon.com/box"}}
        model: own-hosts
      - otherwise: Managed box
    duties:
      - control: encrypt-at-rest
        id: encrypted
        says: The box is encrypted.
        met_when: {attribute: encrypted, equals: true}
        default: {value: false, source: "https://docs.aws.amazon.com/box"}
        examples:
          - {title: said, facet: encrypted, verdict: met, hcl: 'resource "aws_box" "this" { encrypted = true }'}
          - {title: nothing said, facet: encrypted, verdict: unmet, hcl: 'resource "aws_box" "this" {}'}
      - control: lock-data
        facets:
          - id: locked
            says: The box is locked.
            ask: Who locks this box?
            met_when: {companion: aws_box_lock, linked_by: box, attribute: locked, equals: true,
                       default: {value: false, source: "https://docs.aws.amazon.com/box"}}
          - id: narrow
            says: No rule is open.
            unmet_when: {attribute: rule, some: {attribute: cidr, open_cidr: true}}
        examples:
          - {title: lock, facet: locked, verdict: met, hcl: "..."}
          - {title: no lock, facet: locked, verdict: attest, hcl: "..."}
          - {title: open, facet: narrow, verdict: unmet, hcl: "..."}
          - {title: no rule, facet: narrow, verdict: met, hcl: "..."}
      - control: patch-guest-os
        variants: [Self-run box]
        id: patched
        ask: Who patches the host of this box?
    on_delete:
      - control: keep-last-copy
        id: not-named
        says: Nothing names the box.
        unmet_when: {named_by_survivor: ["*"]}
  - type: aws_box_lock
    role: companion
    settles:
      - of: aws_box
        by: box
        control: lock-data
        facet: locked
        met_when: {attribute: locked, equals: true, default: {value: false, source: "https://docs.aws.amazon.com/box"}}
        examples:
          - {title: lock, facet: locked, verdict: met, hcl: "..."}
          - {title: open, facet: locked, verdict: attest, hcl: "..."}
"""

LIFECYCLE = """\
# yaml-language-server: $schema=../schema/lifecycle.schema.json
id: box-modes
title: Box modes
sources: [{url: "https://docs.aws.amazon.com/box", read: 2026-11-01}]
versions: [{version: "1", until: 2027-01-01}, {version: "2"}]
"""

FRAMEWORK = """\
# yaml-language-server: $schema=../schema/framework.schema.json
id: sp-1.0
title: Some practice
version: "1.0"
sources: [{url: "https://example.org/sp", read: 2026-11-01}]
requirements:
  - {id: "1.1", title: Encrypt, controls: [encrypt-at-rest]}
  - {id: "1.2", title: Lock boxes, controls: [lock-data], types: [aws_box]}
"""


def _control(name: str, layer: str = "data", more: str = "") -> str:
    return f"""\
  - id: {name}
    title: Do it
    class: shared
    layer: {layer}
    severity: high
    severity_because: It matters.
    customer_does: Do it.
    aws_does: Helps.
    sources: [{{url: "https://docs.aws.amazon.com/a", read: 2026-11-01}}]
{more}"""


def controls() -> str:
    """The controls that the small catalogue uses."""
    return CONTROLS.replace("  - &\n    id", "  - id") + "".join(
        (
            _control("review-access"),
            _control("lock-data"),
            _control("patch-guest-os", "platform", "    part: guest-os\n"),
            _control("keep-last-copy", more="    occasion: decommission\n"),
            _control("plan-capacity", more="    scope: service\n"),
            _control("train-staff", more="    scope: account\n"),
            _control("aws-hardware", "hardware").replace("class: shared", "class: inherited"),
        )
    )


def files() -> dict[str, str]:
    """path in the folder -> text"""
    return {
        "model.yaml": MODEL,
        "roles.yaml": ROLES,
        "controls/all.yaml": controls(),
        "aws/box.yaml": SERVICE,
        "lifecycle/box-modes.yaml": LIFECYCLE,
        "frameworks/sp-1.0.yaml": FRAMEWORK,
    }


def write(folder: Path, texts: dict[str, str]) -> Path:
    """Write the files below ``folder``."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def spoilt(folder: Path, file: str, old: str, new: str) -> Path:
    """The small catalogue with one text of one file changed; the text must be there."""
    texts = files()
    assert old in texts[file], f"{old!r} is not in {file}"
    texts[file] = texts[file].replace(old, new, 1)
    return write(folder, texts)


def load(folder: Path) -> Loaded:
    """The folder, shown as ``mappings``."""
    return load_folder(str(folder), "mappings")


def report(folder: Path) -> Report:
    """Every problem and warning of the folder, as if it were the shipped one."""
    return examine(load(folder), None, SCHEMA, TODAY)
