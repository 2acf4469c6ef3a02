"""The data sources whose answer can be told without AWS: policy documents, and what follows from a provider's Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfsrm.sources.hcl.policy_document import render
from tfsrm.sources.hcl.provider_schema import SchemaBlock
from tfsrm.sources.hcl.values import KNOWN_AFTER_APPLY, Unknown, Value

if TYPE_CHECKING:
    from tfsrm.sources.hcl.objects import Instance

POLICY = "aws_iam_policy_document"

_TEXTS = ["set", "string"]
_PRINCIPALS: SchemaBlock = ({"type": ("r", "string"), "identifiers": ("r", _TEXTS)}, {})
_CONDITION: SchemaBlock = (
    {"test": ("r", "string"), "variable": ("r", "string"), "values": ("r", ["list", "string"])},
    {},
)
_STATEMENT: SchemaBlock = (
    {
        **dict.fromkeys(("sid", "effect"), ("o", "string")),
        **dict.fromkeys(("actions", "not_actions", "resources", "not_resources"), ("o", _TEXTS)),
    },
    {
        "principals": ("set", _PRINCIPALS),
        "not_principals": ("set", _PRINCIPALS),
        "condition": ("set", _CONDITION),
    },
)
SCHEMAS: dict[str, SchemaBlock] = {
    POLICY: (
        {
            **dict.fromkeys(("policy_id", "version", "override_json", "source_json"), ("o", "string")),
            **dict.fromkeys(("source_policy_documents", "override_policy_documents"), ("o", ["list", "string"])),
            **dict.fromkeys(("id", "json", "minified_json"), ("c", "string")),
        },
        {"statement": ("list", _STATEMENT)},
    )
}

_PARTITIONS = {
    "aws": ("amazonaws.com", "com.amazonaws"),
    "aws-cn": ("amazonaws.com.cn", "cn.com.amazonaws"),
    "aws-us-gov": ("amazonaws.com", "com.amazonaws"),
}
"""Partition -> suffix of its domain names, prefix of its service names."""

_KINDS = {
    "aws_caller_identity": {"account_id": "string", "arn": "string", "id": "string", "user_id": "string"},
    "aws_region": {"name": "string", "region": "string", "id": "string", "description": "string", "endpoint": "string"},
    "aws_partition": {"partition": "string", "id": "string", "dns_suffix": "string", "reverse_dns_prefix": "string"},
    "aws_availability_zones": {"names": "list", "zone_ids": "list", "group_names": "set", "id": "string"},
}
"""Attributes that are surely there, and not empty."""
_ALWAYS = dict.fromkeys(("id", "arn", "zone_id"), "string")
"""The same of every data source: what it did not find would be an error."""


def attribute(instance: Instance, name: str) -> Value:
    """A computed attribute; None: nothing is known of it."""
    given = _given(instance, name)
    if given is not None:
        return given
    if instance.is_deferred:
        kind = "string" if name in ("json", "id", "arn") else ""
        return Unknown(KNOWN_AFTER_APPLY, of=f"{instance.address}.{name}", kind=kind)
    if instance.type == POLICY:
        return document(instance).get(name) if name != "id" else None
    by_region = _by_region(instance, name)
    if by_region is not None:
        return by_region
    known = _KINDS.get(instance.type, {}).get(name, _ALWAYS.get(name))
    if known is None:
        return None
    of = f"{instance.address}.{name}"
    return Unknown(f"{of} is looked up in a plan only", of=of, kind=known, not_null=True, not_empty=True)


def _given(instance: Instance, name: str) -> Value:
    """What the user says that it answers; None: nothing. The closest name holds."""
    data, scope = instance.scope.run.data, instance.scope
    if not data:
        return None
    kind, label = instance.definition.labels
    static = "".join(f"module.{call}." for call in scope.path)
    here = [f"{where}data.{kind}.{label}" for where in (scope.prefix, static, "")]
    names = (f"{address}.{name}" for address in (instance.address, *here, f"data.{kind}.*"))
    for each in names:
        if each in data:
            scope.run.asked.add(each)
            return data[each]
    return None


def _by_region(instance: Instance, name: str) -> str | None:
    if instance.type not in ("aws_region", "aws_partition"):
        return None
    asked = [instance.configured(n)[0] for n in ("name", "region", "endpoint") if n in instance.definition.attributes]
    region = instance.scope.region_of(instance.definition)
    if not region or any(value is not None for value in asked):
        return None
    if instance.type == "aws_region":
        return region if name in ("name", "region", "id") else None
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    if region.startswith(("us-iso", "eu-iso", "eusc-")):
        return None
    suffix, prefix = _PARTITIONS[partition]
    return {"partition": partition, "id": partition, "dns_suffix": suffix, "reverse_dns_prefix": prefix}.get(name)


def document(instance: Instance) -> dict[str, Value]:
    """The rendered policy document."""
    config: dict[str, Value] = {}
    for name in instance.definition.attributes:
        if name in SCHEMAS[POLICY][0] or name in SCHEMAS[POLICY][1]:
            config[name], marked = instance.configured(name)
            instance.scope.run.marked |= marked
    for name in instance.definition.blocks:
        found = instance.blocks(name)
        config[name] = [found] if isinstance(found, Unknown) else [e.values for e in found]
        instance.scope.run.marked |= not isinstance(found, Unknown) and any(e.sensitive for e in found)
    return render(config)
