"""Golden files: what a run should give, kept in the repository. ``pytest --update`` renews them."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest


class Golden:
    """Compares text with a file, or rewrites the file."""

    def __init__(self, update: bool) -> None:
        self._update = update

    def check(self, path: Path, text: str) -> None:
        """Fail with a diff where ``text`` differs from the file, or where there is none."""
        if self._update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            return
        if not path.exists():
            pytest.fail(f"{path.name} is missing: make it with pytest --update")
        old = path.read_text()
        if old != text:
            diff = difflib.unified_diff(old.splitlines(), text.splitlines(), "expected", "got", lineterm="", n=2)
            pytest.fail(f"{path.name} differs; pytest --update renews it\n" + "\n".join(list(diff)[:120]))
