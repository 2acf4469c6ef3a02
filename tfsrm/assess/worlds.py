"""A world made ready for questions: resources by address, by type and by the names that others know them by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from tfsrm.assess.paths import DEPENDS, UNDEFINED, UNKNOWN, Node, Origin, Reading, nodes, readings
from tfsrm.assess.references import Opaque, Place, Resolver, Target, references_of
from tfsrm.assess.trees import decoded
from tfsrm.model.world import NOT_EVALUATED, Resource, World

SHORT = 80
"""Longest text that evidence may show."""


class Subject:
    """A resource in its world, decoded when first asked."""

    __slots__ = ("_origin", "_root", "config_path", "created", "resource", "successor", "world")

    def __init__(self, resource: Resource, world: WorldIndex, created: bool) -> None:
        self.resource = resource
        self.world = world
        self.created = created
        """Made by this plan, so that today's defaults hold for it."""
        self.successor: Subject | None = None
        """The same resource in the world after."""
        self.config_path = static_module(resource.module)
        self._root: Node | None = None
        self._origin: Origin | None = None

    @property
    def root(self) -> Node:
        if self._root is None:
            r = self.resource
            self._root = Node("", decoded(r.values), decoded(r.unknown), decoded(r.sensitive), self._config())
        return self._root

    def _config(self) -> Any:
        config = self.world.expressions(self.config_path, self.config_name)
        if config is None or " (" in self.resource.address:
            return UNDEFINED  # deposed and forgotten objects are not what the configuration describes
        if self.successor is None:
            return config
        return self._still_valid(config)

    def _still_valid(self, config: dict[str, Any]) -> dict[str, Any]:
        """The configuration belongs to the world after: what differs there was set otherwise before."""
        later = self.successor.root if self.successor else None
        mine = decoded(self.resource.values) or {}
        theirs = later.value if later and isinstance(later.value, dict) else {}
        # What no expression sets then, nobody set before either, as far as can be told: an observation stays one.
        moved = {k: UNDEFINED for k in config if mine.get(k) != theirs.get(k)}
        return {**config, **moved} if moved else config

    @property
    def config_name(self) -> str:
        prefix = "data." if self.resource.mode == "data" else ""
        return f"{prefix}{self.resource.type}.{self.resource.name}"

    @property
    def place(self) -> Place:
        block = self.world.resolver.block(self.config_path, self.config_name)
        return Place(self.config_path, decoded(block.for_each_expression) if block else None)

    @property
    def origin(self) -> Origin:
        if self._origin is None:
            self._origin = self._make_origin()
        return self._origin

    def _make_origin(self) -> Origin:
        world = self.world
        return Origin(
            world.fills(self.resource.type),
            lambda expression: world.plan_known(expression, self.place),
            lambda expression: world.comes_from(expression, self.place),
        )

    def read(self, path: str) -> list[Reading]:
        """All values at an attribute path."""
        found = readings(self.root, path, self.origin)
        reasons = self.resource.reasons
        return found if reasons is None else [_explained(reading, reasons) for reading in found]

    def nodes(self, path: str) -> list[Node]:
        """All places that an attribute path leads to."""
        return nodes(self.root, path)

    def texts(self, path: str) -> list[str]:
        """The known texts at an attribute path, lists flattened."""
        out: list[str] = []
        for node in nodes(self.root, path):
            for value in node.value if isinstance(node.value, list) else [node.value]:
                if isinstance(value, str) and value:
                    out.append(value)
        return out

    def position(self, path: str) -> tuple[str | None, int | None]:
        """(file, line) of an attribute, where the input was HCL."""
        places = self.resource.positions
        if places is None:
            return None, None
        found = (
            places.get(path) or places.get(path.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0]) or places.get("")
        )
        return found or (None, None)

    @property
    def region(self) -> str:
        """The Region, where it is written down; else empty."""
        region = self.root.value.get("region") if isinstance(self.root.value, dict) else None
        if isinstance(region, str):
            return region
        return self.world.world.regions.get(self.resource.provider_config, "")


def _explained(reading: Reading, reasons: dict[str, str]) -> Reading:
    """The reading with the source's own reason, of the value or of the block that it stands in.

    What the configuration itself tells stays: it says that somebody surely set the value.
    """
    path = "" if reading.because.startswith(DEPENDS) else reading.path.replace("[*]", "")
    while path and reading.state == UNKNOWN:
        if path in reasons:
            return msgspec.structs.replace(reading, because=reasons[path])
        path = path.rpartition(".")[0] if not path.endswith("]") else path.rpartition("[")[0]
    return reading


Step = tuple[str, int | str | None]
"""(name of a module call, key of its instance)."""


@lru_cache(maxsize=8192)
def static_module(address: str) -> tuple[str, ...]:
    """``module.a["x"].module.b`` -> ``("a", "b")``."""
    return tuple(name for name, _ in module_steps(address))


@lru_cache(maxsize=8192)
def module_steps(address: str) -> tuple[Step, ...]:
    """``module.a["x"].module.b[0]`` -> ``[("a", "x"), ("b", 0)]``. Keys may hold dots, quotes and brackets."""
    out: list[Step] = []
    rest = address
    while rest.startswith("module."):
        rest = rest[len("module.") :]
        end = min((i for i in (rest.find("."), rest.find("[")) if i >= 0), default=len(rest))
        name, rest = rest[:end], rest[end:]
        key: int | str | None = None
        if rest.startswith("["):
            key, rest = _key(rest)
        out.append((name, key))
        rest = rest.removeprefix(".")
    return tuple(out)


def _shared_length(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """How many module calls two static paths have in common."""
    count = 0
    for mine, other in zip(a, b, strict=False):
        if mine != other:
            break
        count += 1
    return count


def _key(text: str) -> tuple[int | str, str]:
    """Read ``["k"]`` or ``[0]`` at the start of ``text``; returns the key and what follows."""
    if text.startswith('["'):
        end = 2
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        raw = text[1 : end + 1]
        try:
            key = msgspec.json.decode(raw.encode(), type=str)
        except (msgspec.DecodeError, UnicodeEncodeError):
            key = raw[1:-1]
        return key, text[end + 2 :]
    end = text.find("]")
    number = text[1:end]
    return (int(number) if number.isdecimal() else number), text[end + 1 :]


ADOPTED = "aws_default_"
"""Resource types whose creation takes over an object that is there already (the default VPC and what is in it)."""


class WorldIndex:
    """A world, its resolver, and look-ups over it."""

    def __init__(
        self,
        world: World,
        fills: Callable[[str], frozenset[str]],
        created: frozenset[str] | None = frozenset(),
    ) -> None:
        """``fills``: resource type -> attributes that AWS may fill in by itself.

        ``created``: addresses that this plan makes; None: all of them (a configuration before its first plan).
        """
        self.world = world
        self.resolver = Resolver(world.configuration)
        self.direct = Resolver(world.configuration, follow_locals=False)
        """Ends at a local, as every chain does in a plan: what is told through one is no certainty."""
        self.fills = fills
        self.subjects = {
            r.address: Subject(r, self, (created is None or r.address in created) and not r.type.startswith(ADOPTED))
            for r in world.resources
            if r.is_aws
        }
        self.data = [Subject(r, self, False) for r in world.data]
        self.by_type: dict[str, list[Subject]] = {}
        self.by_block: dict[tuple[tuple[str, ...], str], list[Subject]] = {}
        for subject in (*self.subjects.values(), *self.data):
            if subject.resource.mode == "managed":
                self.by_type.setdefault(subject.resource.type, []).append(subject)
            self.by_block.setdefault((subject.config_path, subject.config_name), []).append(subject)
        self._plan_known: dict[Any, bool] = {}
        self._grouped: dict[tuple[tuple[str, ...], str, int], dict[tuple[Step, ...], list[Subject]]] = {}
        self._expressions: dict[tuple[tuple[str, ...], str], Any] = {}

    @cached_property
    def account(self) -> str | None:
        """The account that a data source of this world names; None where none does, or several different ones."""
        found = {a for s in self.data if s.resource.type == "aws_caller_identity" for a in s.texts("account_id")}
        return found.pop() if len(found) == 1 else None

    def of_type(self, resource_type: str) -> list[Subject]:
        return self.by_type.get(resource_type, [])

    def instances(self, module: tuple[str, ...], name: str, near: Subject) -> list[Subject]:
        """The instances of a block that are in the same instances of all the modules that they share with ``near``."""
        shared = _shared_length(module, near.config_path)
        key = (module, name, shared)
        if key not in self._grouped:
            groups: dict[tuple[Step, ...], list[Subject]] = {}
            for subject in self.by_block.get((module, name), []):
                groups.setdefault(module_steps(subject.resource.module)[:shared], []).append(subject)
            self._grouped[key] = groups
        return self._grouped[key].get(module_steps(near.resource.module)[:shared], [])

    def expressions(self, path: tuple[str, ...], name: str) -> Any:
        """The decoded expressions of a resource block, once for all its instances; None where there is no block."""
        key = (path, name)
        if key not in self._expressions:
            block = self.resolver.block(path, name)
            self._expressions[key] = None if block is None else decoded(block.expressions) or {}
        return self._expressions[key]

    def plan_known(self, expression: Any, place: Place) -> bool:
        """Whether everything that an expression refers to is known while planning."""
        if NOT_EVALUATED in references_of(expression):
            return False
        targets = self.direct.targets(expression, place)
        return all(not isinstance(t, Opaque) and self._target_known(t) for t in targets)

    def comes_from(self, expression: Any, place: Place) -> str:
        """The first thing that an expression refers to in the end and that is not known while planning."""
        for target in self.direct.targets(expression, place):
            if isinstance(target, Opaque):
                return target.text
            if not self._target_known(target):
                return ".".join([*(f"module.{m}" for m in target.module), target.name, target.attribute]).rstrip(".")
        return ""

    def _target_known(self, target: Target) -> bool:
        if target not in self._plan_known:
            found = self.by_block.get((target.module, target.name), [])
            known = all(_attribute_known(s, target.attribute) for s in found) if found else self._made_nowhere(target)
            self._plan_known[target] = known
        return self._plan_known[target]

    def _made_nowhere(self, target: Target) -> bool:
        """Whether a resource block is written and has no instance (``count = 0``): no value comes from it, nor is one awaited."""
        return target.name.startswith("aws_") and self.resolver.block(target.module, target.name) is not None


def _attribute_known(subject: Subject, attribute: str) -> bool:
    mask, value = subject.root.mask, subject.root.value
    if mask is True or not isinstance(value, dict):
        return False
    if not attribute:
        # In configuration what AWS gives is not there at all, not even as unknown.
        return not mask and ("id" in value or "arn" in value)
    return not (isinstance(mask, dict) and mask.get(attribute)) and attribute in value


def pair(before: WorldIndex, after: WorldIndex, address_after: dict[str, str]) -> None:
    """Tell each resource of *before* which one it is in *after*."""
    for address, subject in before.subjects.items():
        subject.successor = after.subjects.get(address_after.get(address, address))


def names_of(subject: Subject, identity: Iterable[str]) -> list[str]:
    """The known texts by which others may name a resource: id, arn, name and its type's own ``identity`` attributes."""
    out: list[str] = []
    for path in ("id", "arn", "name", *identity):
        out.extend(subject.texts(path))
    return list(dict.fromkeys(out))
