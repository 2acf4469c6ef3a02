"""Files that expressions read: below the project's root only, symlinks resolved, never a big one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tfsrm.sources.hcl import nodes

SIZE_LIMIT = 1_000_000


class Files:
    """``root``: nothing outside of it is read. ``base``: where relative paths start: the directory of the root module.
    ``parse_template``: text of a template file to its tree (raises ValueError)."""

    def __init__(self, root: Path, base: Path, parse_template: Callable[[str], nodes.Node]) -> None:
        self.root = root
        self.base = base
        self.parse_template = parse_template
