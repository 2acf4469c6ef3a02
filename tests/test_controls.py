"""The controls: their ids are permanent, their words short, their sources on the web; the frameworks point at them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml

from tfsrm.model.catalog import Control, ControlFile, Framework

ROOT = Path(__file__).parents[1]
MAPPINGS = ROOT / "mappings"
DOMAIN = Path(__file__).parents[2] / "shared" / "research" / "domain.md"
WORD_LIMIT = 30
TITLE_LIMIT = 10
ON_SITE = {"guest-os", "server-side-encryption", "traffic-protection", "resilience"}
"""Layers of the customer's side on which AWS holds a control alone for some services."""

CUSTOMER = {
    "apply-engine-updates",
    "authenticate-email",
    "authorize-api-calls",
    "back-up-data",
    "block-public-data",
    "choose-data-location",
    "classify-data",
    "configure-securely",
    "confirm-compliance-scope",
    "control-cross-account-sharing",
    "control-encryption-keys",
    "control-kubernetes-access",
    "detect-threats",
    "develop-secure-application",
    "encrypt-at-rest",
    "encrypt-client-side",
    "encrypt-in-transit",
    "federate-workforce",
    "filter-egress",
    "filter-web-requests",
    "govern-ai-use",
    "grant-least-privilege",
    "harden-container-runtime",
    "keep-custody-of-key-material",
    "keep-domain-and-dns",
    "keep-runtime-current",
    "leave-end-of-life-version",
    "limit-public-exposure",
    "limit-routes",
    "log-api-calls",
    "log-network-flows",
    "log-service-activity",
    "manage-certificates",
    "manage-database-accounts",
    "manage-devices",
    "manage-end-user-identity",
    "manage-iam-users",
    "monitor-and-alarm",
    "patch-application-dependencies",
    "patch-guest-os",
    "plan-capacity",
    "plan-disaster-recovery",
    "plan-maintenance-window",
    "prevent-deletion",
    "protect-and-retain-logs",
    "protect-data-integrity",
    "protect-instance-metadata",
    "protect-root-user",
    "rebuild-container-image",
    "require-mfa",
    "respond-to-incidents",
    "restrict-key-policy",
    "restrict-resource-policy",
    "restrict-role-trust",
    "restrict-security-groups",
    "retain-and-dispose",
    "roll-out-patched-image",
    "rotate-access-keys",
    "rotate-encryption-keys",
    "rotate-secrets",
    "scan-container-image",
    "scan-vulnerabilities",
    "secure-admin-access",
    "secure-hybrid-link",
    "secure-pipeline",
    "segment-network",
    "set-organisation-guardrails",
    "store-secrets-safely",
    "test-restore",
    "track-configuration",
    "train-staff",
    "upgrade-kubernetes",
    "use-multiple-zones",
    "use-private-endpoints",
    "use-workload-roles",
    "verify-artifact-integrity",
    "vet-machine-image",
    "vet-third-parties",
    "withstand-ddos",
    "zone-data-flows",
}
DECOMMISSION = {
    "keep-last-copy": "resilience",
    "remove-leftover-names": "network-config",
    "retire-key-safely": "server-side-encryption",
    "revoke-leftover-access": "identity",
}
AWS_SIDE = {
    "aws-control-plane",
    "aws-default-encryption",
    "aws-hardware-and-media",
    "aws-host-and-hypervisor",
    "aws-issued-certificate-renewal",
    "aws-managed-guest-os",
    "aws-network-backbone",
    "aws-physical-environmental",
    "aws-service-durability",
    "aws-service-software",
}
ACCOUNT_WIDE = {
    "detect-threats",
    "federate-workforce",
    "log-api-calls",
    "protect-root-user",
    "require-mfa",
    "respond-to-incidents",
    "set-organisation-guardrails",
    "track-configuration",
    "train-staff",
}


def control_files() -> list[Path]:
    return sorted((MAPPINGS / "controls").glob("*.yaml"))


def framework_files() -> list[Path]:
    return sorted((MAPPINGS / "frameworks").glob("*.yaml"))


@cache
def read_controls(path: Path) -> ControlFile:
    return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), ControlFile)


@cache
def read_framework(path: Path) -> Framework:
    return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Framework)


def every_control() -> list[Control]:
    return [control for path in control_files() for control in read_controls(path).controls]


def by_id() -> dict[str, Control]:
    return {control.id: control for control in every_control()}


def ids_of_class(*classes: str) -> set[str]:
    return {c.id for c in every_control() if c.control_class in classes and c.occasion == "standing"}


def test_the_eighty_customer_controls_are_there_exactly() -> None:
    assert len(CUSTOMER) == 80
    assert ids_of_class("shared", "customer-specific") == CUSTOMER


def test_the_four_decommission_controls_are_there_exactly() -> None:
    found = {c.id: c.layer for c in every_control() if c.occasion == "decommission"}
    assert found == DECOMMISSION


def test_the_ten_controls_of_aws_alone_are_there_exactly() -> None:
    assert ids_of_class("inherited") == AWS_SIDE


def test_no_id_is_written_twice() -> None:
    assert [i for i, times in Counter(c.id for c in every_control()).items() if times > 1] == []


def test_account_wide_and_service_wide_controls() -> None:
    assert {c.id for c in every_control() if c.scope == "account"} == ACCOUNT_WIDE
    assert {c.id for c in every_control() if c.scope == "service"} == {"confirm-compliance-scope"}


@pytest.mark.parametrize("path", control_files(), ids=lambda path: path.stem)
def test_a_file_is_named_after_its_theme_and_sorted(path: Path) -> None:
    file = read_controls(path)
    assert file.theme == path.stem
    assert [c.id for c in file.controls] == sorted(c.id for c in file.controls)


@pytest.mark.parametrize("control", every_control(), ids=lambda control: control.id)
def test_the_words_are_few(control: Control) -> None:
    assert len(control.title.split()) <= TITLE_LIMIT
    assert not control.title.endswith(".")
    for text in (control.customer_does, control.aws_does, control.severity_because):
        assert len(text.split()) <= WORD_LIMIT
        assert text.endswith(".")


@pytest.mark.parametrize("control", every_control(), ids=lambda control: control.id)
def test_every_source_is_a_page_on_the_web(control: Control) -> None:
    assert control.sources
    assert all(source.url.startswith("https://") for source in control.sources)


def test_a_control_of_aws_alone_asks_nothing_of_the_customer() -> None:
    for control_id in AWS_SIDE:
        control = by_id()[control_id]
        assert control.customer_does.startswith("Nothing")
        assert control.severity == "low"
        assert control.layer.startswith("aws-") or control.layer in ON_SITE


def test_layers_and_parts_are_those_of_the_model() -> None:
    layers = yaml.safe_load((MAPPINGS / "model.yaml").read_text(encoding="utf-8"))["layers"]
    parts = {layer["id"]: {part["id"] for part in layer["parts"]} for layer in layers}
    for control in every_control():
        assert control.layer in parts, control.id
        assert control.part is None or control.part in parts[control.layer], control.id


@pytest.mark.parametrize("path", framework_files(), ids=lambda path: path.stem)
def test_a_framework_names_known_controls_and_no_id_twice(path: Path) -> None:
    framework = read_framework(path)
    known = by_id()
    assert framework.id == path.stem
    assert len({r.id for r in framework.requirements}) == len(framework.requirements)
    for requirement in framework.requirements:
        assert requirement.controls, requirement.id
        assert [c for c in requirement.controls if c not in known] == [], requirement.id
        assert all(known[c].control_class != "inherited" for c in requirement.controls), requirement.id


def test_every_control_of_the_customer_serves_nist() -> None:
    nist = read_framework(MAPPINGS / "frameworks" / "nist-800-53-r5.yaml")
    served = {control for requirement in nist.requirements for control in requirement.controls}
    assert CUSTOMER | set(DECOMMISSION) == served


beside_the_research = pytest.mark.skipif(
    not DOMAIN.exists(), reason="the research notes (shared/research/domain.md) are not beside this repository"
)


def domain_rows() -> list[list[str]]:
    """Rows of the table of controls: id, title, class, layer, halves, NIST ids, CIS and Security Hub ids, source."""
    section = DOMAIN.read_text(encoding="utf-8").split("\n## 2.")[1].split("\n## 3.")[0]
    rows = [line.strip().strip("|").split(" | ") for line in section.splitlines() if re.match(r"\| [a-z]", line)]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip() != "id"]


@beside_the_research
def test_class_and_layer_are_those_of_the_research() -> None:
    classes = {"S": "shared", "C": "customer-specific"}
    wanted = {row[0]: (classes[row[2]], row[3]) for row in domain_rows()}
    found = {c.id: (c.control_class, c.layer) for c in every_control() if c.id in CUSTOMER}
    assert found == wanted


@beside_the_research
@pytest.mark.parametrize(
    ("framework", "column", "pattern"),
    [
        ("nist-800-53-r5", 5, r"[A-Z]{2}-\d+(?:\(\d+\))?"),
        ("cis-aws-6.0", 6, r"(?<![A-Za-z\d.])\d+(?:\.\d+)+"),
        ("aws-fsbp", 6, r"[A-Z][A-Za-z\d]*\.\d+"),
    ],
)
def test_every_requirement_of_the_research_is_mapped(framework: str, column: int, pattern: str) -> None:
    file = read_framework(MAPPINGS / "frameworks" / f"{framework}.yaml")
    mapped = {requirement.id: set(requirement.controls) for requirement in file.requirements}
    missing = [
        (requirement, row[0])
        for row in domain_rows()
        for requirement in re.findall(pattern, row[column])
        if row[0] not in mapped.get(requirement, set())
    ]
    assert missing == []
