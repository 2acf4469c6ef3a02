"""Files that expressions read: below the project's root only, symlinks resolved, never a big one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tfsrm.sources.hcl import nodes
from tfsrm.sources.hcl.conversion import text as normalized
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.values import EvaluationError, Unknown, Value

SIZE_LIMIT = 1_000_000
FILES_LIMIT = 10_000
"""So many files and directories a pattern may walk."""

ParseTemplate = Callable[[str], nodes.Node | nodes.Diagnostic]


class Files:
    """``root``: nothing outside of it is read. ``base``: where relative paths start, the directory of the root module.
    ``parse_template``: text of a template to its tree, or why it cannot be read (a ValueError will do too)."""

    def __init__(self, root: Path, base: Path, parse_template: ParseTemplate, disk: Disk | None = None) -> None:
        self._disk = disk or Disk()
        self.root = Path(self._disk.real(str(root)))
        self.base = base
        self._parse_template = parse_template
        self._templates: dict[Path, nodes.Node] = {}
        self._listed: dict[Path, list[str]] = {}

    def data(self, path: str) -> bytes | Unknown:
        """What a file holds. EvaluationError where there is none, Unknown where it is not read."""
        found = self._inside(path)
        if isinstance(found, Unknown):
            return found
        try:
            data = self._disk.read(str(found), SIZE_LIMIT + 1)
        except OSError:
            raise EvaluationError("there is no such file, or it cannot be read") from None
        if data is None:
            raise EvaluationError("not a file")
        return data if len(data) <= SIZE_LIMIT else Unknown("over the limit: a file of more than 1 MB", kind="string")

    def text(self, path: str) -> str | Unknown:
        """The text of a file; EvaluationError where it is not UTF-8."""
        data = self.data(path)
        if isinstance(data, Unknown):
            return data
        try:
            return normalized(data.decode())
        except UnicodeDecodeError:
            raise EvaluationError("the file is not UTF-8") from None

    def exists(self, path: str) -> bool | Unknown:
        """Whether there is such a file; a directory is an error."""
        found = self._inside(path)
        if isinstance(found, Unknown):
            return Unknown(found.reason, kind="bool", not_null=True)
        kind = self._disk.kind(str(found))
        if kind == "directory":
            raise EvaluationError("a directory is no file")
        return kind == "file"

    def template(self, path: str) -> nodes.Node | Unknown:
        """The tree of a template file."""
        found = self._inside(path)
        if isinstance(found, Unknown):
            return found
        if found not in self._templates:
            text = self.text(path)
            if isinstance(text, Unknown):
                return text
            self._templates[found] = self.parsed(text)
        return self._templates[found]

    def parsed(self, text: str) -> nodes.Node:
        """The tree of a template's text; EvaluationError where it is none."""
        try:
            template = self._parse_template(text)
        except ValueError:
            raise EvaluationError("the template cannot be read") from None
        if isinstance(template, nodes.Diagnostic):
            raise EvaluationError("the template cannot be read")
        return template

    def matching(self, path: str, pattern: str) -> list[Value] | Unknown:
        """The files below a directory that match (``*``, ``**``, ``?``, ``[a-z]``, ``{a,b}``), relative to it."""
        top = self._inside(path)
        if isinstance(top, Unknown):
            return Unknown(top.reason, kind="set", not_null=True)
        matcher = _glob(pattern)
        if matcher is None:
            return Unknown("a pattern of files that is not read here", kind="set", not_null=True)
        names: list[Value] = []
        if top not in self._listed:
            self._listed[top] = self._disk.walk(str(top), FILES_LIMIT + 1)
        if len(self._listed[top]) > FILES_LIMIT:
            return Unknown(f"over the limit: more than {FILES_LIMIT} files", kind="set", not_null=True)
        for name in self._listed[top]:
            if matcher.fullmatch(name) and self._is_inside_file(top / name):
                names.append(name)
        return names

    def _inside(self, path: str) -> Path | Unknown:
        """The real path; an Unknown where it lies outside."""
        try:
            real = Path(self._disk.real(str(self.base / path)))
        except OSError:
            raise EvaluationError("there is no such file, or it cannot be read") from None
        if real == self.root or self.root in real.parents:
            return real
        return Unknown("a file outside of the project", kind="string")

    def _is_inside_file(self, path: Path) -> bool:
        real = self._disk.real(str(path))
        return self.root in Path(real).parents and self._disk.kind(real) == "file"


_SIGN = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?[^\]/\\]+\]|\{[^{}/\\*?\[]*\}|[^*?\[\]{}\\]+")


def _glob(pattern: str) -> re.Pattern[str] | None:
    """The pattern as a regular expression; None where it has what is not read here."""
    out: list[str] = []
    position = 0
    pattern = pattern.removeprefix("./")
    while position < len(pattern):
        match = _SIGN.match(pattern, position)
        if match is None or len(out) > 50:
            return None
        out.append(_sign(match[0]))
        position = match.end()
    return re.compile("".join(out))


def _sign(sign: str) -> str:
    fixed = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(sign)
    if fixed is not None:
        return fixed
    if sign.startswith("["):
        inner = sign[1:-1]
        negated = inner[:1] in ("!", "^")
        members = re.escape(inner[negated:]).replace(r"\-", "-")
        return f"(?!/)[{'^' if negated else ''}{members}]"
    if sign.startswith("{"):
        return "(?:" + "|".join(map(re.escape, sign[1:-1].split(","))) + ")"
    return re.escape(sign)
