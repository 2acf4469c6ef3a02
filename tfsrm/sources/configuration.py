"""The ``configuration`` part of a plan: modules, their resources, calls, variables and outputs.

Annotations are real objects here: msgspec would evaluate text ones at every start.
"""

import re
from typing import Any

import msgspec
from msgspec import Raw

from tfsrm.model.world import ModuleCall, ModuleConfig, ResourceConfig, Tree, Variable

NULL = b"null"


class ConfigResource(msgspec.Struct):
    """A resource block."""

    mode: str = "managed"
    type: str = ""
    name: str = ""
    provider_config_key: str = ""
    expressions: Raw = Raw()
    count_expression: Raw = Raw()
    for_each_expression: Raw = Raw()


class ConfigVariable(msgspec.Struct):
    """A variable block."""

    default: Raw = Raw()


class ConfigOutput(msgspec.Struct):
    """An output block."""

    expression: Raw = Raw()


class ConfigModule(msgspec.Struct):
    """A module."""

    resources: list[ConfigResource] = []
    module_calls: dict[str, "ConfigCall"] = {}
    variables: dict[str, ConfigVariable] = {}
    outputs: dict[str, ConfigOutput] = {}


class ConfigCall(msgspec.Struct):
    """A module block."""

    source: str = ""
    version_constraint: str = ""
    expressions: Raw = Raw()
    count_expression: Raw = Raw()
    for_each_expression: Raw = Raw()
    module: ConfigModule | None = None


class ConfigProvider(msgspec.Struct):
    """A provider block."""

    module_address: str = ""
    expressions: dict[str, Raw] = {}


class Configuration(msgspec.Struct):
    """The whole ``configuration``."""

    provider_config: dict[str, ConfigProvider] = {}
    root_module: ConfigModule | None = None


def tree(raw: Raw) -> Tree:
    """An attribute tree that stays undecoded; None for ``null``, for nothing at all, and for a mask of nothing."""
    view = memoryview(raw)
    if len(view) > 5:
        return raw
    text = bytes(view)
    return None if text in (b"", NULL, b"{}", b"false") else raw


def values(raw: Raw) -> Tree:
    """Like ``tree``, but an empty object stays one."""
    return tree(raw) if bytes(memoryview(raw)[:3]) != b"{}" else raw


def module(config: ConfigModule | None) -> ModuleConfig:
    """A module as the model knows it."""
    if config is None:
        return ModuleConfig()
    return ModuleConfig(
        resources={_name(r): _resource(r) for r in config.resources},
        calls={name: _call(call) for name, call in config.module_calls.items()},
        variables={
            name: Variable(has_default=bytes(v.default) != b"", default_is_null=bytes(v.default) == NULL)
            for name, v in config.variables.items()
        },
        outputs={name: tree(output.expression) for name, output in config.outputs.items()},
    )


def _name(resource: ConfigResource) -> str:
    prefix = "" if resource.mode == "managed" else f"{resource.mode}."
    return f"{prefix}{resource.type}.{resource.name}"


def _resource(resource: ConfigResource) -> ResourceConfig:
    return ResourceConfig(
        expressions=tree(resource.expressions),
        count_expression=tree(resource.count_expression),
        for_each_expression=tree(resource.for_each_expression),
        provider_config=resource.provider_config_key,
    )


def _call(call: ConfigCall) -> ModuleCall:
    return ModuleCall(
        source=call.source,
        version=call.version_constraint,
        expressions=tree(call.expressions),
        count_expression=tree(call.count_expression),
        for_each_expression=tree(call.for_each_expression),
        module=module(call.module),
    )


_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-\d+"


def regions(configuration: Configuration, variables: dict[str, Raw]) -> dict[str, str]:
    """provider_config -> Region, where a constant or a root variable gives it."""
    found = {}
    for key, config in configuration.provider_config.items():
        region = _region(config, variables)
        if region:
            found[key] = region
    return found


class _Expression(msgspec.Struct):
    constant_value: Any = None
    references: list[str] = []


class _Value(msgspec.Struct):
    value: Any = None


def _region(config: ConfigProvider, variables: dict[str, Raw]) -> str | None:
    try:
        expression = msgspec.json.decode(config.expressions.get("region", b"{}"), type=_Expression)
        value = expression.constant_value
        if expression.references and not config.module_address:
            name = expression.references[0].removeprefix("var.")
            if expression.references == [f"var.{name}"] and name in variables:
                value = msgspec.json.decode(variables[name], type=_Value).value
                value = value if isinstance(value, str) and re.compile(_REGION).fullmatch(value) else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if isinstance(value, str) and value else None
