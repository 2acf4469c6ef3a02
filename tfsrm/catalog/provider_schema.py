"""The schema of the AWS provider, kept compactly: which attributes a resource type has, of what kind, who may set them.

Used by lint, compile and the examples, never by an analysis. The file is made from the output of
``terraform providers schema -json`` (or a schema already reduced to ``resources``) by ``tfsrm catalog provider-schema FILE``.

Its shape: ``{"version": "6.25.0", "resources": {TYPE: BLOCK}}``. BLOCK is ``[ATTRIBUTES, BLOCKS]``: attribute name ->
``[flags, type]`` (flags of ``r`` required, ``o`` optional, ``c`` computed, ``s`` sensitive; type as Terraform writes it),
block name -> ``[nesting, BLOCK]``.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from tfsrm.catalog.location import filled_blocks_file, provider_file
from tfsrm.errors import InputError

_PROVIDER = "registry.terraform.io/hashicorp/aws"
_SEGMENT = re.compile(r'\.?([A-Za-z_][\w-]*)|(\[\*\]|\[\d+\])|\["((?:[^"\\]|\\.)*)"\]')
_MANY = ("list", "set")

_SECRET_NAMES = frozenset(
    {
        "access_key", "access_token", "account_password", "api_key", "api_secret_key", "api_token", "auth_code",
        "auth_token", "authorization_api_key_value", "basic_auth", "basic_auth_credentials", "bgp_auth_key",
        "connection_properties", "connection_string", "container_environment_variables", "credential", "credentials",
        "credentials_map", "encrypted_password", "encrypted_private_key", "encrypted_secret",
        "encrypted_ses_smtp_password_v4", "environment_variables", "grafana_token", "hsm_partition_password", "id_token",
        "jwt_token", "key_material_base64", "key_store_password", "master_password", "oauth_token", "password",
        "password_data", "preshared_key", "private_key", "raw_secret_access_key", "refresh_token",
        "runtime_environment_secrets", "runtime_environment_variables", "secret", "secret_access_key", "secret_binary",
        "secret_key", "secret_string", "secret_token", "service_credential_secret", "shared_secret", "token",
        "trust_password", "user_data", "user_data_base64", "verification_token",
    }
)  # fmt: skip
_SECRET_ENDINGS = ("_password", "_private_key", "_client_secret", "_passphrase", "_auth_token", "_connection_string")
_SECRET_PATHS = {
    "aws_ssm_parameter": ("value", "insecure_value"),
    "aws_lambda_function": ("environment.variables",),
    "aws_codebuild_project": ("environment.environment_variable.value",),
    "aws_elastic_beanstalk_environment": ("setting.value",),
    "aws_elastic_beanstalk_configuration_template": ("setting.value",),
    "aws_amplify_app": ("auto_branch_creation_config.environment_variables",),
    "aws_batch_job_definition": ("parameters",),
    "aws_glue_job": ("default_arguments", "non_overridable_arguments"),
    "aws_dms_endpoint": ("extra_connection_attributes",),
    "aws_spot_instance_request": ("user_data_base64",),
}  # fmt: skip
"""Where people put secrets although the schema does not say so."""
_SETTINGS = frozenset(
    {
        ("aws_elastic_beanstalk_environment", "setting.value"),
        ("aws_elastic_beanstalk_configuration_template", "setting.value"),
    }
)
"""Never printed, and yet to be asked: what it holds, the setting's name beside it says."""


class Attribute(NamedTuple):
    """What a path leads to."""

    kind: str
    """``string``, ``number``, ``bool``, ``dynamic``, ``list``, ``set``, ``map``, ``object``; ``block`` for elements of a
    block and for one that stands alone."""
    flags: str
    type: Any
    """Terraform's type, or ``[nesting, BLOCK]`` for blocks."""

    @property
    def required(self) -> bool:
        return "r" in self.flags

    @property
    def fills(self) -> bool:
        """Optional and computed: AWS may choose a value where nobody sets one."""
        return "o" in self.flags and "c" in self.flags


class PathError(Exception):
    """A path that leads nowhere; the text says why, in a writer's words. ``near``: names that exist there."""

    def __init__(self, text: str, name: str = "", near: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.name, self.near = name, near


class ProviderSchema:
    """The compact schema; types are found by name, attributes by path."""

    def __init__(self, version: str, resources: dict[str, Any], filled: dict[str, list[str]] | None = None) -> None:
        self.version = version
        self._resources = resources
        self._filled = filled or {}

    def __contains__(self, resource_type: object) -> bool:
        return resource_type in self._resources

    def types(self) -> list[str]:
        return sorted(self._resources)

    def root(self, resource_type: str) -> Attribute:
        """The type's own block: where its paths start. Raises KeyError."""
        return Attribute("block", "", ["single", self._resources[resource_type]])

    def block(self, resource_type: str) -> Any:
        """``[ATTRIBUTES, BLOCKS]`` of a type. Raises KeyError."""
        return self._resources[resource_type]

    def find(self, resource_type: str, path: str) -> Attribute:
        """Follow ``path`` from the type. Raises PathError, KeyError for a type that is not there."""
        return follow(self.root(resource_type), path)

    def paths(self, resource_type: str) -> Iterator[tuple[str, Attribute]]:
        """Every attribute as (path without indexes, attribute)."""
        yield from _paths(self._resources[resource_type], "")

    def computed(self, resource_type: str) -> list[str]:
        """Paths without indexes of the attributes and blocks that AWS may fill in where nobody sets them."""
        found = {path for path, attribute in self.paths(resource_type) if attribute.fills}
        return sorted({*found, *self.filled(resource_type)})

    def filled(self, resource_type: str) -> list[str]:
        """Paths of the blocks that AWS may fill in (the schema has no flag for them)."""
        return self._filled.get(resource_type, [])

    def secrets(self, resource_type: str) -> list[str]:
        """Names of the attributes whose values are never to be printed: last segments, safe to hide wherever they stand."""
        found = (path for path, attribute in self.paths(resource_type) if is_secret(resource_type, path, attribute))
        return sorted({path.rsplit(".", 1)[-1] for path in found})


def may_be_asked(resource_type: str, path: str, attribute: Attribute) -> bool:
    """Whether a condition may ask more of the value at ``path`` than whether it is set."""
    plain = re.sub(r"\[[^\]]*\]", "", path)
    return (resource_type, plain) in _SETTINGS or not is_secret(resource_type, path, attribute)


def is_secret(resource_type: str, path: str, attribute: Attribute) -> bool:
    """Whether the schema, or our own list, says that the value at ``path`` is a secret."""
    if "s" in attribute.flags:
        return True
    plain = re.sub(r"\[[^\]]*\]", "", path)
    name = plain.rsplit(".", 1)[-1]
    holds_text = attribute.kind in ("string", "map", "dynamic", "list", "set")
    listed = name in _SECRET_NAMES or name.endswith(_SECRET_ENDINGS)
    return (listed and holds_text) or plain in _SECRET_PATHS.get(resource_type, ())


def _paths(block: Any, prefix: str) -> Iterator[tuple[str, Attribute]]:
    attributes, blocks = block
    for name, (flags, kind) in attributes.items():
        yield prefix + name, Attribute(_kind(kind), flags, kind)
    for name, (_, inner) in blocks.items():
        yield from _paths(inner, f"{prefix}{name}.")


def _kind(kind: Any) -> str:
    return kind if isinstance(kind, str) else str(kind[0])


def follow(start: Attribute, path: str) -> Attribute:
    """Where ``path`` leads from ``start``; the empty path leads to ``start``. Raises PathError."""
    here, position, walked = start, 0, ""
    while position < len(path):
        match = _SEGMENT.match(path, position)
        if match is None or (position == 0 and path[0] == "."):
            raise PathError(f"{path!r} is not an attribute path")
        name, index, key = match.groups()
        here = _into(here, index) if index else _child(here, name if name is not None else key, walked)
        walked, position = path[: match.end()], match.end()
    return here


def _into(here: Attribute, index: str) -> Attribute:
    if here.kind not in _MANY and not (here.kind == "block" and here.type[0] == "single"):
        raise PathError(f"{index} asks for elements, but this is {_a(here)}")
    if here.kind == "block":
        return here
    if isinstance(here.type[1], list) and len(here.type[1]) == 2 and here.flags == "B":
        return Attribute("block", "", ["single", here.type[1]])
    return Attribute(_kind(here.type[1]), here.flags, here.type[1])


def _child(here: Attribute, name: str, walked: str) -> Attribute:
    if here.kind == "map":
        return Attribute(_kind(here.type[1]), here.flags.replace("r", "o"), here.type[1])
    if here.kind in _MANY:
        raise PathError(f"{walked} is {_a(here)}: write {walked}[*].{name}")
    if here.kind == "dynamic":
        return Attribute("dynamic", here.flags, "dynamic")
    if here.kind == "object":
        return _member(here, name, walked)
    if here.kind != "block":
        raise PathError(f"{walked} is {_a(here)}: it has no {name}")
    attributes, blocks = here.type[1]
    if name in attributes:
        flags, kind = attributes[name]
        return Attribute(_kind(kind), flags, kind)
    if name in blocks:
        nesting, inner = blocks[name]
        if nesting in _MANY:
            return Attribute(nesting, "B", [nesting, inner])
        return (
            Attribute("map", "B", ["map", "dynamic"])
            if nesting == "map"
            else Attribute("block", "B", ["single", inner])
        )
    raise PathError(f"no attribute {name!r}{f' in {walked}' if walked else ''}", name, (*attributes, *blocks))


def _member(here: Attribute, name: str, walked: str) -> Attribute:
    members: dict[str, Any] = here.type[1]
    if name not in members:
        raise PathError(f"no attribute {name!r} in {walked or 'the element'}", name, tuple(members))
    return Attribute(_kind(members[name]), here.flags.replace("r", "o"), members[name])


def _a(here: Attribute) -> str:
    words = {
        "list": "a list",
        "set": "a set",
        "string": "one text",
        "number": "one number",
        "bool": "one true or false",
    }
    return words.get(here.kind, f"a {here.kind}")


@lru_cache(maxsize=1)
def provider_schema() -> ProviderSchema:
    """The shipped schema."""
    with gzip.open(provider_file(), "rb") as handle:
        found = msgspec.json.decode(handle.read())
    with open(filled_blocks_file(), "rb") as handle:
        filled = msgspec.json.decode(handle.read())
    return ProviderSchema(found["version"], found["resources"], filled["blocks"])


# Making the file ------------------------------------------------------------------------------------------------------


def compact(data: bytes, version: str = "") -> bytes:
    """The bytes of the compact file, from a provider schema (gzip or not). ``version`` where the input does not say it.

    Raises InputError where the input is not such a schema.
    """
    try:
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        found = msgspec.json.decode(text)
    except (OSError, EOFError, msgspec.DecodeError) as error:
        raise _not_a_schema(f"cannot be read: {error}") from error
    resources = _resources(found)
    version = version or str(found.get("provider_version") or "")
    if not version:
        raise _not_a_schema("the version of the provider is not in it; give it as an option")
    body = {"version": version, "resources": {name: _compact_block(resources[name]) for name in sorted(resources)}}
    return gzip.compress(msgspec.json.encode(body), 9, mtime=0)


def _not_a_schema(what: str) -> InputError:
    return InputError(
        "provider schema", what, "Make it with `terraform providers schema -json` in a folder that uses aws."
    )


def _resources(found: Any) -> dict[str, Any]:
    try:
        if "resources" in found:
            return dict(found["resources"])
        full = found["provider_schemas"][_PROVIDER]["resource_schemas"]
        return {name: schema["block"] for name, schema in full.items()}
    except (TypeError, KeyError, ValueError) as error:
        raise _not_a_schema(f"has no resource schemas of {_PROVIDER}") from error


def _compact_block(block: dict[str, Any]) -> list[Any]:
    attributes = {name: _compact_attribute(a) for name, a in sorted(block.get("attributes", {}).items())}
    nested = block.get("blocks") or block.get("block_types") or {}
    blocks = {
        name: [inner.get("nesting") or inner["nesting_mode"], _compact_block(inner.get("block", inner))]
        for name, inner in sorted(nested.items())
        if name != "timeouts"
    }
    return [attributes, blocks]


def _compact_attribute(attribute: dict[str, Any]) -> list[Any]:
    flags = "".join(name[0] for name in ("required", "optional", "computed", "sensitive") if attribute.get(name))
    return [flags, attribute["type"] if "type" in attribute else _nested_type(attribute["nested_type"])]


def _nested_type(nested: dict[str, Any]) -> Any:
    members = {
        name: a["type"] if "type" in a else _nested_type(a["nested_type"]) for name, a in nested["attributes"].items()
    }
    mode = nested["nesting_mode"]
    return ["object", members] if mode == "single" else [mode, ["object", members]]


def write_provider_file(path: str, version: str = "") -> str:
    """Make the shipped file from a schema at ``path``; says what it wrote. Raises InputError."""
    try:
        with open(path, "rb") as handle:
            data = handle.read()
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}", "Give the path of a provider schema.") from error
    made = compact(data, version)
    with open(provider_file(), "wb") as handle:
        handle.write(made)
    provider_schema.cache_clear()
    schema = provider_schema()
    return f"mappings/provider: AWS provider {schema.version}, {len(schema.types())} resource types, {len(made) // 1024} KiB."
