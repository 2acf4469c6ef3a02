"""The crosswalks: ids of the official lists, every control of the customer in each, and a source behind what is stated."""

from __future__ import annotations

import csv
import hashlib
import re
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml

from tfsrm.model.catalog import ControlFile, Framework

ROOT = Path(__file__).parents[2]
MAPPINGS = ROOT / "mappings"
CONTRACTS = ROOT / "tests" / "contracts"
TITLE_LIMIT = 10
OFFICIAL = ("nist-800-53-r5", "nist-csf-2.0")
"""Frameworks whose whole list of ids is here."""
AWS_ONLY = ("aws-fsbp", "cis-aws-6.0")
"""Frameworks of single settings of AWS: most controls have no check there."""

CCM_LAST = {
    "A&A": 6,
    "AIS": 7,
    "BCR": 11,
    "CCC": 9,
    "CEK": 21,
    "DCS": 15,
    "DSP": 19,
    "GRC": 8,
    "HRS": 13,
    "IAM": 16,
    "IPY": 4,
    "IVS": 9,
    "LOG": 13,
    "SEF": 8,
    "STA": 14,
    "TVM": 10,
    "UEM": 14,
}
ISO_LAST = {5: 37, 6: 8, 7: 14, 8: 34}
PCI_LAST = {1: 5, 2: 3, 3: 7, 4: 2, 5: 4, 6: 5, 7: 3, 8: 6, 9: 5, 10: 7, 11: 6, 12: 10}
"""Requirement -> number of its last section."""
SOC_LAST = {
    "CC1": 5,
    "CC2": 3,
    "CC3": 4,
    "CC4": 2,
    "CC5": 3,
    "CC6": 8,
    "CC7": 5,
    "CC8": 1,
    "CC9": 2,
    "A1": 3,
    "C1": 2,
    "PI1": 5,
    "P1": 1,
    "P2": 1,
    "P3": 2,
    "P4": 3,
    "P5": 2,
    "P6": 7,
    "P7": 1,
    "P8": 1,
}

NO_MAIL = "The matrix asks nothing about the authentication of mail."
NO_NAMES = "The matrix asks nothing about domain names."
NO_AVAILABILITY = "The standard guards card data; it asks nothing about availability."
UNSERVED = {
    ("csa-ccm-4.0", "authenticate-email"): NO_MAIL,
    ("csa-ccm-4.0", "keep-domain-and-dns"): NO_NAMES,
    ("csa-ccm-4.0", "remove-leftover-names"): NO_NAMES,
    ("pci-dss-4.0", "choose-data-location"): "The standard is the same in every country.",
    ("pci-dss-4.0", "keep-last-copy"): NO_AVAILABILITY,
    ("pci-dss-4.0", "plan-capacity"): NO_AVAILABILITY,
    ("pci-dss-4.0", "prevent-deletion"): NO_AVAILABILITY,
    ("pci-dss-4.0", "test-restore"): NO_AVAILABILITY,
    ("pci-dss-4.0", "use-multiple-zones"): NO_AVAILABILITY,
    ("pci-dss-4.0", "withstand-ddos"): NO_AVAILABILITY,
}
"""Controls of the customer that no requirement of a framework asks for, and why."""


@cache
def frameworks() -> dict[str, Framework]:
    found = [
        msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Framework)
        for path in sorted((MAPPINGS / "frameworks").glob("*.yaml"))
    ]
    return {framework.id: framework for framework in found}


@cache
def customer_controls() -> frozenset[str]:
    files = [
        msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), ControlFile)
        for path in sorted((MAPPINGS / "controls").glob("*.yaml"))
    ]
    return frozenset(c.id for file in files for c in file.controls if c.control_class != "inherited")


def ids_of(framework: str) -> list[str]:
    return [requirement.id for requirement in frameworks()[framework].requirements]


def official(framework: str) -> list[str]:
    return (CONTRACTS / f"{framework}-ids.txt").read_text(encoding="utf-8").split()


def served(framework: str) -> set[str]:
    return {control for requirement in frameworks()[framework].requirements for control in requirement.controls}


@cache
def proofs() -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    """framework and requirement -> control -> the Security Hub check, and the NIST control between (or nothing)."""
    out: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    with (CONTRACTS / "stated.tsv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            found = out.setdefault((row["framework"], row["requirement"]), {})
            found[row["control"]] = (row["security_hub"], row["nist_800_53_r5"])
    return out


def test_the_crosswalks_are_these() -> None:
    assert set(frameworks()) == {*OFFICIAL, *AWS_ONLY, "csa-ccm-4.0", "iso-27001-2022", "pci-dss-4.0", "soc-2"}


@pytest.mark.parametrize("framework", OFFICIAL)
def test_every_id_is_in_the_official_list(framework: str) -> None:
    assert [i for i in ids_of(framework) if i not in official(framework)] == []


@pytest.mark.parametrize("framework", OFFICIAL)
def test_the_official_list_is_the_one_that_the_readme_describes(framework: str) -> None:
    content = (CONTRACTS / f"{framework}-ids.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() in (CONTRACTS / "README.md").read_text(encoding="utf-8")
    assert len(official(framework)) == len(set(official(framework)))


def test_ccm_ids_are_in_the_domains() -> None:
    for found in ids_of("csa-ccm-4.0"):
        match = re.fullmatch(r"([A-Z]&A|[A-Z]{3})-(\d\d)", found)
        assert match is not None, found
        assert 1 <= int(match[2]) <= CCM_LAST[match[1]], found


def test_iso_ids_are_in_annex_a() -> None:
    for found in ids_of("iso-27001-2022"):
        match = re.fullmatch(r"A\.([5-8])\.([1-9]\d?)", found)
        assert match is not None, found
        assert int(match[2]) <= ISO_LAST[int(match[1])], found


def test_pci_ids_are_in_the_twelve_requirements() -> None:
    for found in ids_of("pci-dss-4.0"):
        match = re.fullmatch(r"([1-9]|1[0-2])\.([1-9]\d?)\.[1-9]\d?(\.[1-9]\d?)?", found)
        assert match is not None, found
        assert int(match[2]) <= PCI_LAST[int(match[1])], found


def test_soc_2_ids_are_criteria() -> None:
    for found in ids_of("soc-2"):
        match = re.fullmatch(r"([A-Z]{1,2}\d)\.([1-9])", found)
        assert match is not None, found
        assert int(match[2]) <= SOC_LAST[match[1]], found


@pytest.mark.parametrize("framework", [f for f in sorted(frameworks()) if f not in AWS_ONLY])
def test_every_control_of_the_customer_serves_a_requirement_or_the_reason_is_here(framework: str) -> None:
    excused = {control for of, control in UNSERVED if of == framework}
    assert served(framework) | excused == customer_controls()
    assert served(framework) & excused == set()


@pytest.mark.parametrize("framework", sorted(frameworks()))
def test_titles_are_short(framework: str) -> None:
    long = [r.title for r in frameworks()[framework].requirements if len(r.title.split()) > TITLE_LIMIT]
    assert long == []


@pytest.mark.parametrize("framework", [f for f in sorted(frameworks()) if f not in AWS_ONLY])
def test_what_is_stated_has_a_published_relation_for_each_control(framework: str) -> None:
    stated = {r.id: set(r.controls) for r in frameworks()[framework].requirements if r.how_sure == "stated"}
    proved = {requirement: set(found) for (of, requirement), found in proofs().items() if of == framework}
    assert stated == proved


def test_a_proof_leads_over_a_check_of_that_control_whose_page_is_a_source() -> None:
    checks = {requirement.id: requirement.controls for requirement in frameworks()["aws-fsbp"].requirements}
    nist = {requirement.id: requirement.controls for requirement in frameworks()["nist-800-53-r5"].requirements}
    for (framework, requirement), found in proofs().items():
        urls = " ".join(source.url for source in frameworks()[framework].sources)
        for control, (check, between) in found.items():
            where = (framework, requirement, control, check)
            assert control in checks[check], where
            assert f"/{check.split('.')[0].lower()}-controls.html" in urls, where
            assert not between or control in nist[between], where
