"""What Terraform says: resources, worlds and the changes between two worlds.

Every name is Terraform's own (its JSON output format); nothing here knows about AWS. Attribute trees stay undecoded
(``msgspec.Raw``) until somebody asks for an attribute, so a plan of 100 MB never becomes a tree of dicts.
"""

from __future__ import annotations

from typing import Any

import msgspec

Tree = msgspec.Raw | dict[str, Any] | bool | None
"""A JSON object, undecoded or decoded. A mask may also be ``True`` (the whole value) or ``False``/``None`` (nothing)."""


NOT_EVALUATED = "local.(not evaluated)"
"""A reference that no configuration can have: the value of the expression is not known although it may refer to nothing
that is unknown (a function that cannot be computed here, a variable without a value), so it does not pass for null."""


class Resource(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One instance of a resource (or data source) in one world.

    ``values`` is the attribute object; a leaf that is unknown is missing from it and ``True`` in ``unknown``.
    """

    address: str
    """Absolute, with instance keys; a deposed object ends in `` (deposed KEY)``, a forgotten one that has a successor of
    the same address in `` (forgotten)``."""
    module: str = ""
    """Absolute module address with instance keys; ``""`` is the root module."""
    mode: str = "managed"
    """``managed``, ``data`` or ``ephemeral``."""
    type: str
    name: str
    key: int | str | None = None
    """``count.index`` or ``each.key`` of the instance."""
    provider: str = "hashicorp/aws"
    """Namespace and type, without the host: ``hashicorp/aws``. Mirrors, ``-/aws`` and 0.12's bare ``aws`` are normalised."""
    provider_config: str = ""
    """``provider_config_key`` of the configuration, such as ``aws`` or ``aws.us_east_1``; ``""`` where not known."""
    values: Tree = None
    unknown: Tree = None
    sensitive: Tree = None
    positions: dict[str, tuple[str, int]] | None = None
    """HCL only: attribute path -> (file, line); ``""`` is the block itself."""
    reasons: dict[str, str] | None = None
    """HCL only: attribute path -> why its value (or a part of it) is unknown."""
    possible: bool = False
    """HCL only: stands for instances of which not even the number is known; there may be none."""

    @property
    def is_aws(self) -> bool:
        """Whether the AWS provider (hashicorp/aws) manages it."""
        return self.provider == "hashicorp/aws"


class ResourceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A resource block of the configuration, before ``count`` and ``for_each``."""

    expressions: Tree = None
    """Terraform's own shape: attribute -> ``{"constant_value": ...}`` or ``{"references": [...]}``; block -> object or
    list of objects."""
    count_expression: Tree = None
    for_each_expression: Tree = None
    provider_config: str = ""


class ModuleCall(msgspec.Struct, frozen=True, kw_only=True):
    """A module block: its arguments and the module that it calls."""

    source: str = ""
    version: str = ""
    expressions: Tree = None
    count_expression: Tree = None
    for_each_expression: Tree = None
    module: ModuleConfig


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """An input variable; ``has_default`` tells a null default from none."""

    has_default: bool = False
    default_is_null: bool = False


class ModuleConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One module of the configuration."""

    resources: dict[str, ResourceConfig] = msgspec.field(default_factory=dict)
    """``type.name`` (``data.type.name`` for data sources) -> its block."""
    calls: dict[str, ModuleCall] = msgspec.field(default_factory=dict)
    variables: dict[str, Variable] = msgspec.field(default_factory=dict)
    outputs: dict[str, Tree] = msgspec.field(default_factory=dict)
    """name -> its expression."""
    locals: dict[str, Tree] | None = None
    """name -> its expression where the input tells it (HCL); ``None`` where it does not (plan JSON never does)."""


class World(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A set of resources with their configuration."""

    resources: tuple[Resource, ...] = ()
    """Managed resources of every provider."""
    data: tuple[Resource, ...] = ()
    """Data sources whose values are known at least in part."""
    configuration: ModuleConfig | None = None
    """``None``: the input does not carry one (a state)."""
    regions: dict[str, str] = msgspec.field(default_factory=dict)
    """provider_config -> Region, where it is written down."""


class ResourceChange(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What the plan does to one resource instance."""

    address: str
    previous_address: str | None = None
    actions: tuple[str, ...] = ()
    action_reason: str | None = None
    replace_paths: tuple[str, ...] = ()
    """As attribute paths: ``ami``, ``ebs_block_device[0].kms_key_id``."""
    importing: bool = False
    before: Resource | None = None
    after: Resource | None = None

    @property
    def is_replace(self) -> bool:
        return "create" in self.actions and "delete" in self.actions


class NotSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the input names and that could not be looked at."""

    what: str
    because: str


class Input(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One input, read: a plan (two worlds), a state or an HCL directory (one world, ``before`` is None)."""

    kind: str
    """``plan``, ``state`` or ``hcl``."""
    path: str
    digest: str
    """``sha256:`` and the hex digest of the bytes read."""
    terraform_version: str | None = None
    timestamp: str | None = None
    """The plan's own time, RFC 3339."""
    complete: bool | None = None
    errored: bool | None = None
    caveats: tuple[str, ...] = ()
    not_seen: tuple[NotSeen, ...] = ()
    changes: tuple[ResourceChange, ...] = ()
    """Managed rows only, no-op ones too."""
    before: World | None = None
    after: World
    drifted: World | None = None
    """The world before the drift that Terraform noticed (``resource_drift.before`` laid over ``before``); None: no drift."""
