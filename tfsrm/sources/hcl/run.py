"""Runs over the directories of a project, or over files at hand only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tfsrm.sources.addresses import shown
from tfsrm.sources.hcl import front, nodes
from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.files import Files
from tfsrm.sources.hcl.module import Definition, Module
from tfsrm.sources.hcl.project import Installed, Project
from tfsrm.sources.hcl.scope import Loaded, Run, Scope
from tfsrm.sources.hcl.values import Value

_NOWHERE = Path("/nonexistent")
DEPTH = 600
"""Nesting of evaluation, through locals and modules too."""


class ProjectRun(Run):
    """A run that follows module calls to directories."""

    def __init__(self, project: Project, given: Mapping[str, Value], data: Mapping[str, Value], workspace: str) -> None:
        files = Files(project.bounds[0], project.root, _template)
        super().__init__(files, Budget(depth=DEPTH), given, data, workspace)
        self.project = project
        self.directory = project.root

    def load(self, call: Definition, scope: Scope) -> Loaded | str:
        source, named = _source(call, scope)
        if not source:
            return named
        project = self.project
        if source.startswith(("./", "../", ".\\", "..\\")) or source in (".", ".."):
            directory = os.path.normpath(os.path.join(scope.loaded.directory, source.replace("\\", "/")))
            missing = f"the module from {named} is not there, or lies outside of the project"
        else:
            noted = project.installed.get(".".join((*scope.path, call.labels[0])))
            if noted is None:
                return f"the module from {named} is not installed; install it with: terraform init -backend=false"
            if not _is_of(noted, source):
                return f"the module from {named} is not the one that is installed; run: terraform init"
            directory = os.path.normpath(noted.directory)
            missing = f"the module from {named} is not where it was installed; run: terraform init"
        module = project.module(directory)
        if module is None:
            return missing
        return Loaded(module, directory, Path(os.path.realpath(project.root / directory)))


class TextRun(Run):
    """A run over files at hand: no module calls are followed, and no file is read."""

    def __init__(self, given: Mapping[str, Value]) -> None:
        files = Files(_NOWHERE, _NOWHERE, _template)
        super().__init__(files, Budget(depth=DEPTH), given, {}, "default")

    def load(self, call: Definition, scope: Scope) -> Loaded | str:
        source, named = _source(call, scope)
        return f"what the module from {named} makes is seen in a plan only" if source else named


def _source(call: Definition, scope: Scope) -> tuple[str, str]:
    """Where a module comes from, and the same with its version, for people."""
    given = call.attributes.get("source")
    source, _ = scope.evaluate(given.value) if given else ("", False)
    if not isinstance(source, str) or not source:
        return "", "where its module comes from is not written out"
    version = call.literal("version")
    return source, shown(f"{source} {version}" if isinstance(version, str) else source)


def _is_of(noted: Installed, source: str) -> bool:
    """Whether an installed module comes from this registry address; other sources have many spellings."""
    if noted.source == source or "://" in source or "::" in source:
        return True
    plain = source.split("//", 1)[0]
    return plain.count("/") not in (2, 3) or "." in plain.split("/", maxsplit=1)[0] or noted.source.endswith(source)


def project_run(
    project: Project,
    module: Module,
    given: Mapping[str, Value] | None = None,
    data: Mapping[str, Value] | None = None,
    workspace: str = "default",
) -> Scope:
    """The root module of a project, ready to be asked."""
    run = ProjectRun(project, given or {}, data or {}, workspace)
    return Scope(run, Loaded(module, ".", project.root), (), "", None)


def text_run(module: Module, given: Mapping[str, Value]) -> Scope:
    """The root module of files at hand."""
    return Scope(TextRun(given), Loaded(module, ".", _NOWHERE), (), "", None)


def _template(text: str) -> nodes.Node:
    found = front.parse_template(text)
    if isinstance(found, nodes.Diagnostic):
        raise ValueError(found.message)
    return found
