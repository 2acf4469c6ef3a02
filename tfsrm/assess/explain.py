"""Where the line runs for a resource type with given settings, without any plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from tfsrm.assess.engine import context
from tfsrm.assess.knowledge import Knowledge, Known
from tfsrm.assess.paths import segments
from tfsrm.assess.variants import Choice, choose, line_of
from tfsrm.assess.worlds import WorldIndex
from tfsrm.errors import UsageError
from tfsrm.model.condition import Owner
from tfsrm.model.world import Resource, World


def standing(known: Known, knowledge: Knowledge, settings: tuple[str, ...]) -> tuple[Choice, dict[str, Owner], str]:
    """(variant, layer -> owner, service model) of a type with ``attribute=value`` settings.

    Raises UsageError for a setting that is not ``attribute=value``.
    """
    values: dict[str, Any] = {}
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: not a setting\n  Write it as attribute=value.")
        _put(values, path, text)
    resource = Resource(address=f"{known.type.type}.this", type=known.type.type, name="this", values=values)
    world = WorldIndex(World(resources=(resource,)), _nothing, None)
    choice = choose(known, world.subjects[resource.address], context(world, knowledge, date.max))
    line = line_of(known, choice, knowledge)
    models = [knowledge.model_of(known, v) for v in choice.candidates or (None,)]
    return choice, knowledge.layered(line), " or ".join(dict.fromkeys(models))


def _nothing(_: str) -> frozenset[str]:
    """No plan, so nothing was filled in."""
    return frozenset()


def _put(values: dict[str, Any], path: str, text: str) -> None:
    try:
        names = [s for s in segments(path) if isinstance(s, str)]
    except ValueError as error:
        raise UsageError(f"--set {path}={text}: {error}\n  Write it as attribute=value.") from None
    if not names:
        raise UsageError(f"--set {path}={text}: no attribute\n  Write it as attribute=value.")
    for name in names[:-1]:
        values = values.setdefault(name, {})
        if not isinstance(values, dict):
            raise UsageError(f"--set {path}={text}: {name} already has a value\n  Set it once.")
    values[names[-1]] = _value(text)


def _value(text: str) -> str | bool | int:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdecimal() and len(text) < 10 else text
