"""What an input is, told from its content; and in words what it is where tfsrm cannot read it."""

from __future__ import annotations

import re
from typing import NoReturn

import msgspec

from tfsrm.errors import InputError
from tfsrm.sources.documents import SHOW_AGAIN, Document, documents, refuse
from tfsrm.sources.stream import Buffer, Loaded

_PLAN_HEAD = (
    rb'\{\s*"format_version"\s*:\s*"[^"]*"\s*,(?:\s*"terraform_version"\s*:\s*"[^"]*"\s*,)?'
    rb'\s*"(?:variables|planned_values|resource_changes)"\s*:'
)
_USUAL = (b'{"format_version":"1.2","terraform_version":"1.', b'{"format_version":"0.')
"""How Terraform's own output begins; the pattern is for what was laid out anew."""
_HCL = (
    rb'(?:(?:resource|data|ephemeral)[ \t]+"?[\w-]+"?[ \t]+"?[\w-]+"?|(?:module|provider|variable|output)[ \t]+"?[\w-]+"?'
    rb"|locals|terraform|moved|import|removed)[ \t]*\{"
)
_ANSI = rb"\x1b\[[0-9;]*m"
_READABLE_PLAN = (rb"Terraform will perform|OpenTofu will perform|Terraform used the selected providers|"
                            rb"No changes\. Your infrastructure|Refreshing state\.\.\.")  # fmt: skip
_BLANKS_AND_COMMENTS = rb"(?s)(?:\s+|#[^\n]*|//[^\n]*|/\*.*?\*/)*"

_PLAN_KEYS = frozenset(("resource_changes", "planned_values", "prior_state", "configuration", "output_changes"))


def kind_of(document: Document) -> str:
    """``plan``, ``state``, ``tfstate`` or ``hcl``. Raises InputError that says what the input looks like."""
    head = bytes(document.data[:4096])
    if head.startswith(_USUAL) or re.compile(_PLAN_HEAD).match(head):
        return "plan"
    if head[:1] != b"{":
        if is_hcl(document.data):
            return "hcl"
        refuse_text(document)
    keys = _header(document)
    if _PLAN_KEYS & keys.keys() and "schema_version" not in keys:
        return "plan"
    if "values" in keys or (keys.keys() <= {"format_version", "terraform_version", "checks"} and keys):
        return "state"
    if "version" in keys and {"serial", "lineage", "modules", "resources", "terraform_version"} & keys.keys():
        return "tfstate"
    what, next_step = _looks_like(keys)
    raise InputError(document.where, what, next_step)


def is_hcl(data: Buffer) -> bool:
    """Whether a text is Terraform configuration."""
    head = bytes(data[: 256 * 1024])
    start = re.compile(_BLANKS_AND_COMMENTS).match(head)
    return bool(re.compile(_HCL).match(head, start.end() if start else 0))


def is_other_json(loaded: Loaded) -> bool:
    """Whether an input is sound JSON, but nothing that is read here: a package file, a report."""
    try:
        msgspec.json.decode(loaded.data)
        kind_of(documents(loaded)[0])
    except InputError:
        return True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return False


def _header(document: Document) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(document.data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        refuse(document, error)


_FROM_PLAN = "Save the plan with: terraform plan -out=tfplan && terraform show -json tfplan > plan.json"

_BY_KEYS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset(("@level",)), "the log lines of `terraform plan -json`, which do not hold the plan itself", _FROM_PLAN),
    (frozenset(("provider_schemas",)), "the output of `terraform providers schema -json`, not a plan", _FROM_PLAN),
    (frozenset(("valid", "diagnostics")), "the output of `terraform validate -json`, not a plan", _FROM_PLAN),
    (frozenset(("provider_selections",)), "the output of `terraform version -json`, not a plan", _FROM_PLAN),
    (frozenset(("function_signatures",)), "the output of `terraform metadata functions -json`, not a plan", _FROM_PLAN),
    (
        frozenset(("encrypted_data",)),
        "an encrypted OpenTofu state or plan",
        "Decrypt it with: tofu show -json > state.json",
    ),
    (frozenset(("runs", "version")), "a SARIF report, not a plan", _FROM_PLAN),
    (frozenset(("bomFormat",)), "a CycloneDX bill of materials, not a plan", _FROM_PLAN),
    (frozenset(("AWSTemplateFormatVersion",)), "a CloudFormation template, not a Terraform plan", _FROM_PLAN),
    (
        frozenset(("schema_version", "tool", "duties")),
        "a report of tfsrm, not a plan",
        "Give the plan that the report was made of.",
    ),
    (frozenset(("resource_changes", "schema_version")), "a report of another tool, not a plan", _FROM_PLAN),
)
_CONFIGURATION_KEYS = frozenset(("resource", "data", "provider", "module", "variable", "output", "locals", "terraform"))


def _looks_like(keys: dict[str, msgspec.Raw]) -> tuple[str, str]:
    for wanted, what, next_step in _BY_KEYS:
        if wanted <= keys.keys():
            return f"this is {what}", next_step
    if keys and keys.keys() <= _CONFIGURATION_KEYS | {"//"}:
        return "this is Terraform configuration in JSON syntax (.tf.json), which tfsrm does not read", _FROM_PLAN
    if keys and all(_is_output(value) for value in keys.values()):
        return "this is the output of `terraform output -json`, not a plan", _FROM_PLAN
    return "a JSON object, but neither a plan nor a state of Terraform", _FROM_PLAN


def _is_output(raw: msgspec.Raw) -> bool:
    try:
        value = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return {"sensitive", "type", "value"}.issubset(value)


_BY_BEGINNING: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive, not JSON", _FROM_PLAN),
    (b"\x1f\x8b", "compressed twice", "Decompress it once."),
    (b"\xfd7zXZ", "compressed with xz", "Decompress it first: xz -d"),
    (b"BZh", "compressed with bzip2", "Decompress it first: bzip2 -d"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "Decompress it first: zstd -d"),
    (b"<", "an HTML or XML page, not JSON", "Was the download answered by a log-in page? " + SHOW_AGAIN),
    (b"[", "a JSON list, where a plan is an object", SHOW_AGAIN),
    (b'"', "a JSON text, where a plan is an object", SHOW_AGAIN),
    (b"null", "the JSON value null, where a plan is an object", SHOW_AGAIN),
    (b"\0", "binary data, not JSON", SHOW_AGAIN),
)


def refuse_text(document: Document) -> NoReturn:
    """Say what a text that is no JSON object looks like. Raises InputError."""
    head = bytes(document.data[: 64 * 1024])
    if not head.strip(b" \t\r\n"):
        raise InputError(document.where, "empty", SHOW_AGAIN)
    for beginning, what, next_step in _BY_BEGINNING:
        if head.startswith(beginning):
            raise InputError(document.where, what, next_step)
    if re.compile(_READABLE_PLAN).search(re.compile(_ANSI).sub(b"", head)):
        raise InputError(document.where, "a plan as people read it, which cannot be read back", _FROM_PLAN)
    raise InputError(document.at(0), "neither JSON nor Terraform configuration", SHOW_AGAIN)
