"""One question to one attribute, and the words that all pieces of the catalogue share.

Annotations are real, not text (no ``from __future__ import annotations``): see model/catalog.py.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Scalar = str | bool | int | float


def form(pattern: str, description: str | None = None) -> Meta:
    """The form of a text in a mapping file. The loader holds files to it; the compiled catalogue is not asked again."""
    return Meta(extra_json_schema={"pattern": pattern}, description=description)


Id = Annotated[str, form("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "kebab-case; permanent once published")]
Url = Annotated[str, form("^https://")]
Owner = Literal["aws", "shared", "customer", "none"]
ControlClass = Literal["inherited", "shared", "customer-specific"]
Severity = Literal["critical", "high", "medium", "low"]
Scope = Literal["resource", "service", "account"]
Across = Literal["all", "any"]
Verdict = Literal["met", "unmet", "unknown", "attest"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The common, strict base of every piece of the catalogue."""


class Source(Part, frozen=True, kw_only=True):
    """A page that was read, and when."""

    url: Url
    read: date


class Default(Part, frozen=True, kw_only=True):
    """The value that AWS or the provider gives an attribute that nobody sets."""

    value: Scalar | None = None
    """``null``: nothing (``absent`` holds)."""
    source: Url
    since: date | None = None
    """AWS changed the default on this day: it holds for objects that this plan creates, and decides nothing for older ones."""


class PolicyQuestion(Part, frozen=True, kw_only=True):
    """One question to an IAM policy document (JSON text in an attribute)."""

    question: Literal[
        "allows-public",  # an Allow for Principal "*" without a condition that limits who
        "allows-other-account",  # an Allow for a principal of a named account
        "allows-all-actions",  # an Allow with Action "*" (or service:* on Resource "*": see allows-service-wildcard)
        "allows-administration",  # Action "*" on Resource "*"
        "allows-service-wildcard",  # an Allow with an action such as s3:*
        "allows-passing-any-role",  # iam:PassRole on every role, to whatever service
        "allows-decryption-with-any-key",  # kms:Decrypt or kms:ReEncryptFrom on keys of any Region and account
        "allows-service-without-source",  # an AWS service principal without aws:SourceArn/SourceAccount/SourceOrgID
        "allows-federation-without-subject",  # an OIDC provider without a condition on the subject (sub) of its tokens
        "allows-any-github-repository",  # GitHub's OIDC provider without a condition that names owner or repository
        "denies-insecure-transport",  # a Deny for everybody when aws:SecureTransport is false
        "requires-mfa",  # every Allow has aws:MultiFactorAuthPresent
    ]
    services: list[str] = []
    """For allows-service-wildcard: only these service prefixes."""


POLICY_WORDS = {
    "allows-public": ("lets anybody in", "does not let everybody in"),
    "allows-other-account": ("lets another account in", "lets no other account in"),
    "allows-all-actions": ("allows every action", "does not allow every action"),
    "allows-administration": ("allows every action on everything", "does not allow every action on everything"),
    "allows-service-wildcard": ("allows every action of a service", "does not allow every action of a service"),
    "allows-passing-any-role": (
        "allows passing any role to any service",
        "does not allow passing any role to any service",
    ),
    "allows-decryption-with-any-key": ("allows decryption with any key", "does not allow decryption with any key"),
    "allows-service-without-source": (
        "lets an AWS service in without naming the source",
        "lets no AWS service in without naming the source",
    ),
    "allows-federation-without-subject": (
        "lets in whoever an identity provider knows",
        "lets in no identity provider without naming subjects",
    ),
    "allows-any-github-repository": (
        "lets in every repository of GitHub",
        "does not let in every repository of GitHub",
    ),
    "denies-insecure-transport": ("denies requests without TLS", "does not deny requests without TLS"),
    "requires-mfa": ("asks for multi-factor authentication", "does not ask for multi-factor authentication"),
}
"""What the answers yes and no to each policy question say of a document."""


class Condition(Part, frozen=True, kw_only=True):
    """One question with three answers: yes, no, not yet known.

    A leaf names an ``attribute`` and one operator; a ``companion`` leaf asks a linked resource instead; ``any_of``,
    ``all_of`` and ``none_of`` join. Path syntax: ``a.b``, ``block[*].c`` (each element), ``map["k.ey"]``.
    """

    any_of: "list[Condition] | None" = None
    all_of: "list[Condition] | None" = None
    none_of: "list[Condition] | None" = None

    attribute: str | None = None
    equals: Scalar | None = None
    one_of: list[Scalar] | None = None
    present: Literal[True] | None = None
    """Somebody set it, to something not empty (a value that AWS filled in by itself is not *present*)."""
    absent: Literal[True] | None = None
    """The opposite of ``present``."""
    at_least: int | float | None = None
    at_most: int | float | None = None
    matches: str | None = None
    """Regular expression, searched, case-sensitive; anchor it yourself."""
    starts_with: list[str] | None = None
    contains: Scalar | None = None
    """A list holds this element; a text holds this part."""
    open_cidr: Literal[True] | None = None
    """A CIDR block (or one of a list) is 0.0.0.0/0 or ::/0."""
    cidr_wider_than: int | None = None
    """A CIDR block (or one of a list) has a shorter prefix than this (IPv4; IPv6 counts at four times the number)."""
    own_region: Literal[True] | None = None
    """A Region, or that of an ARN, is the one that the resource is in."""
    policy: PolicyQuestion | None = None
    supported_on: str | None = None
    """Id of a ``lifecycle/`` file: the version is supported on the day of the assessment. Not listed: unknown."""
    json_path: str | None = None
    """With ``attribute`` holding JSON text: the path inside (``[*].privileged``), before the operator is asked."""
    each: "Condition | None" = None
    """Every element of the list or set at ``attribute`` satisfies this (paths inside are relative). Of none: yes."""
    some: "Condition | None" = None
    """At least one element does. Of none: no."""
    default: Default | None = None
    """What holds where nobody set the attribute. A facet's own ``default`` is the same for its only leaf.

    Of a ``companion`` with ``linked_by`` and without an attribute of its own: what AWS does where no such resource is."""

    companion: str | None = None
    """Resource type to ask. With ``by`` (this resource's attribute names it) or ``linked_by`` (its attribute names this one).

    With ``absent: true`` and no attribute: none is here (one that is named but not in this plan is not here)."""
    by: str | None = None
    linked_by: str | None = None
    across: Across | None = None
    """Several companions: ``any`` (default) or ``all`` of them must say yes."""
    distinct_at_least: int | None = None
    """The companions that are here have together at least so many different values of ``attribute``. Fewer is *no* only where
    each of them is named by this resource and none is elsewhere."""
    where: "Condition | None" = None
    """Compound question to the companion, where one leaf is not enough."""

    named_by_survivor: list[str] | None = None
    """``on_delete`` only: a resource of these types (``["*"]``: of any) that is still there names this one's id, arn or
    another of its ``identity`` attributes."""
