"""Companions: which resource names which, through references and through equal known values."""

from __future__ import annotations

from typing import Any

import msgspec

from tfsrm.assess.paths import ABSENT, KNOWN, UNKNOWN, segments
from tfsrm.assess.references import Opaque, Target, expression_at, references_of
from tfsrm.assess.worlds import Subject, WorldIndex, module_steps, names_of
from tfsrm.model.world import NOT_EVALUATED


class Linked(msgspec.Struct, frozen=True):
    """What an attribute names."""

    exact: tuple[Subject, ...]
    how: str
    """The link in words, for evidence."""
    candidates: tuple[Subject, ...] = ()
    """Where it cannot be told which one: all that it may be."""
    doubt: str = ""
    """Why it cannot be told."""
    named: bool = False
    """The attribute names something, in this world or not."""


NOTHING = Linked((), "")
POSSIBLE = "it is known in a plan only whether there is one"


class Links:
    """Links of one world. Results are kept: the same question is asked once from each side."""

    def __init__(self, world: WorldIndex, identities: dict[str, list[str]]) -> None:
        self._world = world
        self._identities = identities
        self._by_name: dict[str, dict[str, list[Subject]]] = {}
        self._targets: dict[tuple[str, str, str], Linked] = {}
        self._reverse: dict[tuple[str, str, str], dict[str, tuple[list[Subject], list[Subject], str]]] = {}

    def named_by(self, subject: Subject, path: str, wanted: str) -> Linked:
        """The resources of type ``wanted`` that ``subject`` names in the attribute at ``path``."""
        key = (subject.resource.address, path, wanted)
        if key not in self._targets:
            self._targets[key] = self._named_by(subject, path, wanted)
        return self._targets[key]

    def all_named_here(self, subject: Subject, path: str, wanted: str) -> bool:
        """Whether everything that the attribute names is surely a resource of type ``wanted`` in this world: by a known
        value, or by a reference without a detour."""
        self._by_value(subject, path, wanted)
        texts = subject.texts(path)
        expressions = self._world.expressions(subject.config_path, subject.config_name)
        expression = expression_at(expressions, segments(path)) if expressions is not None else None
        references = references_of(expression) if expression is not None else []
        return (
            bool(texts or references)
            and all(text in self._by_name[wanted] for text in texts)
            and all(reference == NOT_EVALUATED or reference.startswith(f"{wanted}.") for reference in references)
        )

    def naming(self, host: Subject, companion_type: str, path: str) -> Linked:
        """The resources of ``companion_type`` whose attribute at ``path`` names ``host``."""
        key = (companion_type, path, host.resource.type)
        if key not in self._reverse:
            self._reverse[key] = self._index(*key)
        exact, candidates, doubt = self._reverse[key].get(host.resource.address, ([], [], ""))
        return Linked(tuple(exact), f"{path} names it", tuple(candidates), doubt, bool(exact or candidates))

    def _index(self, companion_type: str, path: str, host_type: str) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for companion in self._world.of_type(companion_type):
            link = self.named_by(companion, path, host_type)
            for host in link.exact:
                found = out.setdefault(host.resource.address, ([], [], ""))
                if companion.resource.possible and not host.resource.possible:
                    found[1].append(companion)
                    out[host.resource.address] = (found[0], found[1], POSSIBLE)
                else:
                    found[0].append(companion)
            for host in link.candidates:
                found = out.setdefault(host.resource.address, ([], [], link.doubt))
                found[1].append(companion)
                out[host.resource.address] = (found[0], found[1], link.doubt)
        return out

    def _named_by(self, subject: Subject, path: str, wanted: str) -> Linked:
        if not self._world.of_type(wanted):
            return msgspec.structs.replace(NOTHING, named=self._names_something(subject, path))
        by_value = self._by_value(subject, path, wanted)
        if by_value:
            return Linked(tuple(by_value), f"{path} has the same value", named=True)
        return self._by_reference(subject, path, wanted)

    def _names_something(self, subject: Subject, path: str) -> bool:
        return any(r.state not in ("absent", "left to AWS") for r in subject.read(path))

    def _by_value(self, subject: Subject, path: str, wanted: str) -> list[Subject]:
        if wanted not in self._by_name:
            names: dict[str, list[Subject]] = {}
            for host in self._world.of_type(wanted):
                for name in names_of(host, self._identities.get(wanted, ())):
                    names.setdefault(name, []).append(host)
            self._by_name[wanted] = names
        found: list[Subject] = []
        for text in subject.texts(path):
            same = [
                h for h in self._by_name[wanted].get(text, ()) if text.startswith("arn:") or _same_place(h, subject)
            ]
            found += same
            if not same and text.startswith("arn:"):
                found += self._by_arn_tail(text, wanted)
        return list(dict.fromkeys(found))

    def _by_arn_tail(self, arn: str, wanted: str) -> list[Subject]:
        """A host whose ARN is not known yet, named by the last part of one (``...:function:name``, ``.../name``)."""
        tail = arn.rsplit(":", maxsplit=1)[-1].rsplit("/", maxsplit=1)[-1]
        hosts = self._by_name[wanted].get(tail, []) if tail and tail != "*" else []
        return hosts if len(hosts) == 1 and not hosts[0].texts("arn") else []

    def _by_reference(self, subject: Subject, path: str, wanted: str) -> Linked:
        expressions = self._world.expressions(subject.config_path, subject.config_name)
        if expressions is None or " (" in subject.resource.address:
            return msgspec.structs.replace(NOTHING, named=self._names_something(subject, path))
        expression = expression_at(expressions, segments(path))
        if expression is None and self._in_dynamic_block(subject, path, expressions):
            doubt = f"{path} is in a dynamic block, which a plan does not show"
            return Linked((), path, tuple(self._near(subject, wanted)), doubt, True)
        targets = self._world.resolver.targets(expression, subject.place) if expression is not None else []
        exact: list[Subject] = []
        doubtful: list[Subject] = []
        many = "[*]" in path
        for target in targets:
            if isinstance(target, Target) and target.name.split(".")[0] == wanted:
                hosts = self._instances(target, subject, by_key=not many or _by_own_key(expression))
                (exact if len(hosts) == 1 or many else doubtful).extend(hosts)
        exact = list(dict.fromkeys(exact))
        local = self._local_on_the_way(expression, subject, exact)
        if local and not doubtful:
            return Linked((), path, tuple(exact), f"{path} runs through {local}", True)
        if len(exact) > 1 and not many:
            exact, doubtful = [], exact + doubtful
        if exact and not doubtful:
            return Linked(tuple(exact), f"{path} refers to it", named=True)
        if doubtful:
            return Linked((), path, tuple(dict.fromkeys(doubtful)), f"{path} may mean any of {len(doubtful)}", True)
        return self._through_local(subject, path, wanted, targets)

    def _local_on_the_way(self, expression: Any, subject: Subject, exact: list[Subject]) -> str:
        """The local that a link runs through; empty where it needs none. One element of a collection in a local may name
        a host and another one none, so such a link is not sure."""
        if not exact:
            return ""
        direct = self._world.direct.targets(expression, subject.place)
        opaque = [t.text for t in direct if isinstance(t, Opaque)]
        names = {t.name for t in direct if isinstance(t, Target)}
        return opaque[0] if opaque and not all(h.config_name in names for h in exact) else ""

    def _through_local(self, subject: Subject, path: str, wanted: str, targets: list[Target | Opaque]) -> Linked:
        states = {r.state for r in subject.read(path)}
        if states == {ABSENT}:
            return NOTHING  # whatever the local is: here it came to nothing
        opaque = [t.text for t in targets if isinstance(t, Opaque)]
        if not opaque or KNOWN in states:
            return msgspec.structs.replace(NOTHING, named=bool(targets) or self._names_something(subject, path))
        near = self._near(subject, wanted)
        doubt = f"{path} runs through {opaque[0]}, which a plan does not define"
        return Linked((), path, tuple(near), doubt, True)

    def _in_dynamic_block(self, subject: Subject, path: str, expressions: dict[str, Any]) -> bool:
        """Whether a dynamic block sets ``path``, to something known after apply."""
        if segments(path)[0] in expressions or len(segments(path)) == 1:
            return False
        return any(r.state == UNKNOWN for r in subject.read(path))

    def _near(self, subject: Subject, wanted: str) -> list[Subject]:
        """The resources of a type in the subject's own module; where it has none, those that are handed to the module."""
        own = [h for h in self._world.of_type(wanted) if h.resource.module == subject.resource.module]
        if own:
            return own
        handed = [t for t in self._world.resolver.inputs(subject.place.module) if isinstance(t, Target)]
        found = [h for t in handed if t.name.split(".")[0] == wanted for h in self._instances(t, subject)]
        return list(dict.fromkeys(found))

    def _instances(self, target: Target, subject: Subject, by_key: bool = True) -> list[Subject]:
        """The instances of a target that the subject can mean, by module instance, then (``by_key``) by its own key."""
        found = self._world.instances(target.module, target.name, subject)
        found = [h for h in found if " (" not in h.resource.address] or found
        return _narrow(found, target, subject, by_key)


def _by_own_key(expression: Any) -> bool:
    """Whether a list names instances by the key of its own (``aws_subnet.a[count.index]``), not all of them (``[*]``)."""
    references = expression.get("references", ()) if isinstance(expression, dict) else ()
    return any(str(r).startswith(("count.", "each.")) for r in references)


def _same_place(a: Subject, b: Subject) -> bool:
    """Within one provider configuration and Region."""
    mine, other = (s.resource.provider_config.split(":")[-1] for s in (a, b))
    if mine and other and mine != other:
        return False
    return not a.region or not b.region or a.region == b.region


def _narrow(found: list[Subject], target: Target, subject: Subject, by_key: bool) -> list[Subject]:
    mine = module_steps(subject.resource.module)
    if target.key is not None:
        found = [h for h in found if h.resource.key == target.key]
    if target.module_key is not None:
        found = [h for h in found if _module_key(h) == target.module_key]
    for own in (subject.resource.key if by_key else None, mine[-1][1] if mine else None):
        if own is not None:
            found = _with_equal_key(found, target, own)
    return found


def _with_equal_key(found: list[Subject], target: Target, own: int | str) -> list[Subject]:
    """Instances with the subject's own key (``each.key`` to ``each.key``), where the reference states none."""
    if len(found) > 1 and target.key is None:
        found = [h for h in found if h.resource.key == own] or found
    if len(found) > 1 and target.module_key is None:
        found = [h for h in found if _module_key(h) == own] or found
    return found


def _module_key(subject: Subject) -> int | str | None:
    steps = module_steps(subject.resource.module)
    return steps[-1][1] if steps else None
