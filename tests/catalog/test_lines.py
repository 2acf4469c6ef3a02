"""Whose each part of a layer is: the research cell by cell, and no duty where AWS does the work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tfsrm.assess.knowledge import Knowledge, Known
from tfsrm.catalog.load import load
from tfsrm.model.catalog import TypeDuty, Variant

ROWS = {
    "facilities, hardware, host OS, hypervisor": ("aws-software", "aws-infrastructure"),
    "guest OS patching": ("guest-os",),
    "packages in the customer's image": ("image-packages",),
    "container runtime, agent": ("container-runtime",),
    "runtime or engine, minor versions": ("engine-minor",),
    "runtime or engine, major versions": ("engine-major",),
    "own code and libraries": ("own-code",),
    "network and firewall settings": ("network-config",),
    "identity and access": ("identity",),
    "server-side encryption": ("server-side-encryption",),
    "client-side encryption": ("client-side-encryption",),
    "traffic protection": ("traffic-protection",),
    "availability across zones": ("availability",),
    "backup and recovery of data": ("backup",),
    "customer data, classification, location": ("customer-data",),
}
OWNERS = {"A": "aws", "S": "shared", "C": "customer", "-": "none"}


@cache
def _knowledge() -> Knowledge:
    return Knowledge(load())


def test_the_lines_equal_the_research_cell_by_cell(shared: Path) -> None:
    text = (shared / "research" / "domain.md").read_text()
    table = text[text.index("### 1.3") : text.index("RDS table (")]
    head = re.search(r"^\| layer \|(.*)\| read in \|$", table, re.MULTILINE)
    assert head is not None
    columns = [c.strip() for c in head[1].split("|")]
    models = {m.column: m for m in _knowledge().models.values() if m.column}
    assert set(columns) == set(models)
    compared = 0
    for row in table.splitlines():
        cells = [c.strip() for c in row.strip("|").split("|")]
        for part in ROWS.get(cells[0], ()):
            for column, cell in zip(columns, cells[1:], strict=False):
                compared += 1
                assert models[column].line[part] == OWNERS[cell], f"{column} {part}"
    assert compared == sum(map(len, ROWS.values())) * len(columns)


def _everywhere() -> Iterator[tuple[Known, Variant | None, TypeDuty]]:
    """Every duty of every type in every variant to which it applies."""
    knowledge = _knowledge()
    for name in knowledge.catalog.index.types:
        known = knowledge.of(name)
        assert known is not None
        if known.type.no_duty:
            continue
        variants: list[Variant | None] = [*known.type.variants] or [None]
        for variant in variants:
            for duty in (*known.duties, *known.on_delete):
                if variant is None or not duty.variants or variant.title in duty.variants:
                    yield known, variant, duty


def test_no_duty_lies_on_a_part_that_is_awss() -> None:
    """No duty lies on a layer whose owner in that resource's line is ``aws``."""
    knowledge = _knowledge()
    wrong, seen = [], 0
    for known, variant, duty in _everywhere():
        seen += 1
        owner = knowledge.owner(knowledge.controls[duty.control], knowledge.line(known, variant))
        explicit = bool(duty.variants) or variant is None
        if owner in ("aws", "none") and explicit:
            wrong.append(f"{known.type.type} ({variant.title if variant else '-'}): {duty.control} is {owner}'s")
    assert seen > 1000
    assert wrong == []


NEVER_PATCHED = (
    "aws_s3_bucket", "aws_dynamodb_table", "aws_sqs_queue", "aws_sns_topic", "aws_elasticache_serverless_cache",
    "aws_elasticache_replication_group", "aws_rds_cluster", "aws_rds_cluster_instance", "aws_lambda_function",
    "aws_efs_file_system", "aws_ecs_task_definition", "aws_lb", "aws_kms_key", "aws_redshift_cluster",
    "aws_msk_cluster", "aws_dax_cluster", "aws_fsx_windows_file_system", "aws_opensearch_domain", "aws_mq_broker",
    "aws_docdb_cluster", "aws_neptune_cluster", "aws_memorydb_cluster", "aws_dms_replication_instance",
    "aws_sfn_state_machine", "aws_kinesis_stream", "aws_athena_workgroup", "aws_glue_job",
)  # fmt: skip


def test_the_operating_system_of_managed_things_is_nobodys_duty_but_awss() -> None:
    knowledge = _knowledge()
    for name in NEVER_PATCHED:
        known = knowledge.of(name)
        assert known is not None, name
        assert "patch-guest-os" not in {d.control for d in known.duties}, name


def test_only_rds_custom_for_oracle_leaves_its_operating_system_to_the_customer() -> None:
    known = _knowledge().of("aws_db_instance")
    assert known is not None
    patched = [d for d in known.duties if d.control == "patch-guest-os"]
    assert [d.variants for d in patched] == [["RDS Custom for Oracle"]]


def test_inherited_controls_are_no_duty() -> None:
    inherited = {c.id for c in _knowledge().controls.values() if c.control_class == "inherited"}
    assert inherited
    assert [d.control for _, _, d in _everywhere() if d.control in inherited] == []
