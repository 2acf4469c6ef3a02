"""One module instance: what the names in it stand for. Everything is evaluated when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tfsrm.sources.addresses import quoted, shown
from tfsrm.sources.hcl import nodes, types
from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.evaluate import Evaluator
from tfsrm.sources.hcl.expansion import ALONE, Bindings, Expansion, Key, expand
from tfsrm.sources.hcl.files import Files
from tfsrm.sources.hcl.front import parse_expression
from tfsrm.sources.hcl.module import Definition, Module, plain, waits
from tfsrm.sources.hcl.objects import Instance, Outputs
from tfsrm.sources.hcl.provider_configuration import Provider, passed_as
from tfsrm.sources.hcl.references import references
from tfsrm.sources.hcl.values import EvaluationError, Unknown, Value

MAX_OPEN = 120
"""Definitions that are being evaluated because another one asks for them."""
MAX_DEPTH = 20
"""Modules inside modules."""
MAX_MODULES = 5_000
"""Module instances of a run."""
MAX_BLOCKS = 200_000
"""Blocks and locals of all module instances of a run."""
MAX_MADE = 50_000
"""Resource instances and elements of nested blocks of a run."""
MAX_ATTRIBUTES = 1_000_000
"""In all of these."""


class Loaded(NamedTuple):
    """A module that a call leads to."""

    module: Module
    directory: str
    """Relative to the root module; ``.`` is itself."""
    real: Path
    """Where it really is."""


class Run:
    """What all module instances of a run share."""

    def __init__(
        self, files: Files, budget: Budget, given: Mapping[str, Value], data: Mapping[str, Value], workspace: str
    ) -> None:
        """``given``: values of root variables; ``data``: ``data.type.name.attribute`` -> value, see ``data_values``."""
        self.files = files
        self.budget = budget
        self.given = given
        self.data = data
        self.asked: set[str] = set()
        """Those of ``data`` that were asked for."""
        self.workspace = workspace
        self.marked = False
        """Whether something sensitive went into the expression that is being evaluated."""
        self._modules = 0
        self._blocks = 0
        self._made = 0
        self._attributes = 0
        self.directory = Path("/")
        """Where Terraform is taken to run: the root module's directory."""
        self.open: set[object] = set()
        self.notes: dict[tuple[str, ...], Notes] = {}

    def load(self, call: Definition, scope: Scope) -> Loaded | str:
        """The module that a call leads to, or why it is not analysed."""
        raise NotImplementedError

    def may_make(self, attributes: int) -> bool:
        """Count a resource instance or an element of a nested block with so many attributes; False over a limit."""
        self._made += 1
        self._attributes += attributes
        return self._made <= MAX_MADE and self._attributes <= MAX_ATTRIBUTES

    def may_enter(self, module: Module) -> bool:
        """Count a module instance; False over a limit."""
        self._modules += 1
        self._blocks += len(module.resources) + len(module.calls) + len(module.variables) + len(module.locals)
        self._blocks += len(module.outputs)
        return self._modules <= MAX_MODULES and self._blocks <= MAX_BLOCKS


class Notes:
    """What the evaluation of a module's instances tells about its blocks. Keys are ids of nodes, which live as long."""

    def __init__(self) -> None:
        self.undecided: set[int] = set()
        """Attributes that are not known in some instance."""
        self.unknown_blocks: set[int] = set()
        """Dynamic blocks that run over something unknown in some instance."""
        self.calls: dict[str, Loaded] = {}
        """Name of a module block -> the module."""


class CallSite(NamedTuple):
    """Where a module instance comes from."""

    scope: Scope
    definition: Definition
    bindings: Bindings


class Group:
    """The instances of a resource, data or module block in one module instance."""

    __slots__ = ("_expansion", "address", "definition", "each_is_sensitive", "instances", "scope")

    def __init__(self, scope: Scope, definition: Definition, address: str) -> None:
        self.scope = scope
        self.definition = definition
        self.address = address
        self.instances: dict[Key, Instance | Outputs] = {}
        self.each_is_sensitive = False
        self._expansion: Expansion | None = None

    @property
    def expansion(self) -> Expansion:
        """Which instances there are."""
        if self._expansion is None:
            run = self.scope.run
            before, run.marked = run.marked, False
            self._expansion = expand(self.definition, lambda node: self.scope.guarded((self, "count"), node, ALONE))
            self.each_is_sensitive, run.marked = run.marked, before
        return self._expansion

    def value(self) -> Value:
        """What its name stands for in an expression."""
        expansion = self.expansion
        attributes = self.definition.attributes
        if not expansion.known:
            kind = "tuple" if "count" in attributes else "object"
            return Unknown(expansion.because.split(";", 1)[0], of=self.address, kind=kind, not_null=True)
        if "count" in attributes:
            return [self.instance(key, bindings) for key, bindings in expansion.instances]
        if "for_each" in attributes:
            return {str(key): self.instance(key, bindings) for key, bindings in expansion.instances}
        return self.instance(None, ALONE)

    def instance(self, key: Key, bindings: Bindings) -> Instance | Outputs:
        """One of its instances."""
        found = self.instances.get(key)
        if found is None:
            address = self.address + (quoted(key) or self.expansion.symbol)
            if self.definition.type == "module":
                found = Outputs(address, self.scope.child(self.definition, address, bindings), self.scope.run)
            else:
                found = Instance(address, self, key, bindings)
            self.instances[key] = found
        return found

    def all(self) -> Iterator[tuple[Key, Instance | Outputs]]:
        """Every instance."""
        for key, bindings in self.expansion.instances:
            yield key, self.instance(key, bindings)


class Scope:
    """One module instance."""

    def __init__(self, run: Run, loaded: Loaded, path: tuple[str, ...], address: str, site: CallSite | None) -> None:
        """``path``: names of the calls that lead here; ``address``: the same with instance keys."""
        self.run = run
        self.loaded = loaded
        self.module = loaded.module
        self.path = path
        self.address = address
        self.site = site
        self.notes = run.notes.setdefault(path, Notes())
        self.waits: bool = site is not None and (site.scope.waits or waits(site.definition))
        """Its data sources are read when something else is made, for a call above says ``depends_on``."""
        self._providers: dict[str, Provider] = {}
        self._evaluator = Evaluator(self._lookup, run.files, run.budget)
        self._known: dict[tuple[str, str], tuple[Value, bool]] = {}
        self._groups: dict[str, Group] = {}

    def evaluate(self, node: nodes.Node, bindings: Bindings = ALONE) -> tuple[Value, bool]:
        """The value of an expression in this module, and whether something sensitive went into it."""
        run, evaluator = self.run, self._evaluator
        before, run.marked = run.marked, False
        own, evaluator.marked = evaluator.marked, False
        value = evaluator.evaluate(node, bindings)
        marked = run.marked or evaluator.marked
        run.marked, evaluator.marked = before, own
        return value, marked

    def guarded(self, what: object, node: nodes.Node, bindings: Bindings) -> Value:
        """The value of a definition, but of one that leads back to itself. Marks the run where it is sensitive."""
        opened = self.run.open
        if what in opened:
            return Unknown("it leads back to itself", error=True)
        if len(opened) >= MAX_OPEN:
            return Unknown(f"more than {MAX_OPEN} definitions deep")
        opened.add(what)
        try:
            value, marked = self.evaluate(node, bindings)
        finally:
            opened.discard(what)
        self.run.marked |= marked
        return value

    def _lookup(self, traversal: nodes.Traversal) -> tuple[Value, int]:
        """What a traversal begins with, and how many of its steps that takes."""
        root = traversal.root
        if root in ("var", "local", "module"):
            return self._named(root, _name(traversal, 0)), 1
        if root == "data":
            return self._resource(f"data.{_name(traversal, 0)}.{_name(traversal, 1)}"), 2
        if root == "path":
            return self._path(_name(traversal, 0)), 1
        if root == "terraform":
            return self._terraform(_name(traversal, 0)), 1
        if root == "ephemeral":
            self.run.marked = True
            return Unknown("an ephemeral value is never stored", of=f"ephemeral.{_name(traversal, 0)}"), 2
        if root in ("each", "count", "self"):
            return Unknown(f"{root} does not exist here"), 0
        if root == "resource":
            return self._resource(f"{_name(traversal, 0)}.{_name(traversal, 1)}"), 2
        return self._resource(f"{root}.{_name(traversal, 0)}"), 1

    def _named(self, root: str, name: str) -> Value:
        if root == "module":
            if name not in self.module.calls:
                return undeclared(f"module.{name}")
            return self.call(name).value()
        found = self._known.get((root, name))
        if found is None:
            found = self._variable(name) if root == "var" else self._local(name)
        value, marked = found
        self.run.marked |= marked
        return value

    def _path(self, name: str) -> Value:
        if name == "module":
            return self.loaded.directory
        return str(self.run.directory) if name == "cwd" else "."

    def _terraform(self, name: str) -> Value:
        return self.run.workspace if name == "workspace" else Unknown(f"terraform.{shown(name)} is known in a run only")

    def _local(self, name: str) -> tuple[Value, bool]:
        local = self.module.locals.get(name)
        if local is None:
            return undeclared(f"local.{name}"), False
        return self._kept("local", name, local.value)

    def _kept(self, root: str, name: str, node: nodes.Node) -> tuple[Value, bool]:
        before, self.run.marked = self.run.marked, False
        value = self.guarded((self, root, name), node, ALONE)
        found = self._known[root, name] = (value, self.run.marked)
        self.run.marked = before
        return found

    def output(self, name: str) -> Value:
        """The value of an output."""
        definition = self.module.outputs.get(name)
        if definition is None:
            return undeclared(f"{self.prefix}output.{name}")
        found = self._known.get(("output", name))
        if found is None:
            given = definition.attributes.get("value")
            found = (None, False) if given is None else self._kept("output", name, given.value)
        value, marked = found
        self.run.marked |= marked or definition.literal("sensitive") is True
        return value

    def _variable(self, name: str) -> tuple[Value, bool]:
        definition = self.module.variables.get(name)
        if definition is None:
            return undeclared(f"var.{name}"), False
        value, marked = self._given(name, definition)
        found = self._known["var", name] = (value, marked or definition.literal("sensitive") is True)
        return found

    def _given(self, name: str, definition: Definition) -> tuple[Value, bool]:
        before, self.run.marked = self.run.marked, False
        try:
            value = self._argument(name, definition)
        except EvaluationError as error:
            value = Unknown(f"variable {shown(name)}: {error}", error=True)
        marked, self.run.marked = self.run.marked, before
        return value, marked

    def _argument(self, name: str, definition: Definition) -> Value:
        constraint = self._type(definition)
        default = definition.attributes.get("default")
        standing = self.evaluate(default.value)[0] if default else None
        if self.site is None:
            if name not in self.run.given and default is None:
                return types.convert(Unknown(f"variable {shown(name)} has no value"), constraint)
            given = self.run.given.get(name, standing)
        elif name in self.site.definition.attributes:
            node = self.site.definition.attributes[name].value
            given = self.site.scope.guarded((self, "var", name), node, self.site.bindings)
        elif default is None:
            return Unknown(f"variable {shown(name)} has no value", error=True)
        else:
            given = standing
        nullable = definition.literal("nullable") is not False
        return types.variable_value(
            given, constraint, nullable=nullable, default=standing, has_default=default is not None
        )

    def _type(self, definition: Definition) -> types.Type:
        given = definition.attributes.get("type")
        if given is None:
            return "any"
        node = given.value
        if isinstance(node, nodes.Literal) and isinstance(node.value, str):  # JSON syntax
            parsed = parse_expression(node.value)
            node = node if isinstance(parsed, nodes.Diagnostic) else parsed
        return types.type_of(node, lambda default: self.evaluate(default)[0])

    def resource(self, name: str) -> Group:
        """The group of a block ``type.name``, of a data source with ``data.`` before it."""
        found = self._groups.get(name)
        if found is None:
            definition = self.module.resources[name]
            found = self._groups[name] = Group(self, definition, self.prefix + name)
        return found

    def call(self, name: str) -> Group:
        """The group of a module block."""
        key = f"module.{name}"
        if key not in self._groups:
            self._groups[key] = Group(self, self.module.calls[name], self.prefix + key)
        return self._groups[key]

    @property
    def prefix(self) -> str:
        """What stands before the addresses in it."""
        return f"{self.address}." if self.address else ""

    def _resource(self, name: str) -> Value:
        if name not in self.module.resources:
            return undeclared(self.prefix + name)
        return self.resource(name).value()

    def child(self, definition: Definition, address: str, bindings: Bindings) -> Scope | str:
        """An instance of a module that is called here, or why it is not analysed."""
        run = self.run
        loaded = run.load(definition, self)
        if isinstance(loaded, str):
            return loaded
        if len(self.path) >= MAX_DEPTH:
            return f"modules more than {MAX_DEPTH} deep are not looked at"
        if loaded.real in self._above():
            return "the module calls itself"
        if not run.may_enter(loaded.module):
            return f"more than {MAX_MODULES} module instances or {MAX_BLOCKS} blocks are not looked at"
        self.notes.calls[definition.labels[0]] = loaded
        return Scope(run, loaded, (*self.path, definition.labels[0]), address, CallSite(self, definition, bindings))

    def provider(self, local: str) -> Provider:
        """The provider configuration behind a local name (``aws``, ``aws.west``)."""
        found = self._providers.get(local)
        if found is None:
            found = self._providers[local] = self._find_provider(local)
        return found

    def _find_provider(self, local: str) -> Provider:
        name = local.split(".", 1)[0]
        source = self.module.sources.get(name, name)
        definition = self.module.providers.get(local)
        if self.site is None:
            return Provider(source, local, self, definition)
        passed = passed_as(self.site.definition, local)
        if passed:
            return self.site.scope.provider(passed)
        if definition is not None:
            return Provider(source, f"{static_address(self.path)}:{local}", self, definition)
        return self.site.scope.provider(local) if local == name else Provider(source, local, self, None)

    def provider_of(self, definition: Definition) -> Provider:
        """The provider configuration of a resource block."""
        chosen = definition.attributes.get("provider")
        value = plain(chosen.value) if chosen else None
        if isinstance(value, nodes.Literal) and isinstance(value.value, str):
            return self.provider(value.value)  # JSON syntax
        named = references(value) if value is not None else []
        return self.provider(named[0] if named else definition.labels[0].split("_", 1)[0])

    def region_of(self, definition: Definition) -> str:
        """The Region of a resource block's provider configuration, where it is written down; else empty."""
        return self.provider_of(definition).region

    def _above(self) -> Iterator[Path]:
        scope: Scope | None = self
        while scope is not None:
            yield scope.loaded.real
            scope = scope.site.scope if scope.site else None


def undeclared(name: str) -> Unknown:
    """What is not declared: not an error that ``try`` would pass over, for it may stand in what could not be read."""
    return Unknown(f"{shown(name)} is not declared here", of=name)


def static_address(path: tuple[str, ...]) -> str:
    """``module.a.module.b``."""
    return ".".join(f"module.{name}" for name in path)


def _name(traversal: nodes.Traversal, index: int) -> str:
    step = traversal.steps[index] if index < len(traversal.steps) else None
    if not isinstance(step, str):
        raise EvaluationError(f"{traversal.root} needs a name")
    return step
