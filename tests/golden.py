"""Golden files: what a report must be, byte for byte. ``pytest --update`` writes them anew; a plain run shows the difference."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Golden:
    """Compares texts with golden files and remembers which files it read."""

    def __init__(self, update: bool) -> None:
        self._update = update
        self._read: set[Path] = set()

    def check(self, path: Path, text: str) -> None:
        """Fail with a unified diff unless the file at ``path`` holds exactly ``text``; a file that is not there fails too."""
        self._read.add(path)
        name = path.relative_to(ROOT).as_posix()
        if self._update:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != text.encode():
                path.write_bytes(text.encode())
            return
        if not path.is_file():
            raise AssertionError(f"{name} is not there: look at the output, then write it with pytest --update")
        wanted = path.read_bytes().decode()
        if wanted != text:
            raise AssertionError(f"{name} differs (pytest --update writes it anew)\n{_diff(name, wanted, text)}")

    def all_read(self, folder: Path) -> None:
        """Fail where a file of ``folder`` was compared with nothing."""
        left = sorted(p.relative_to(ROOT).as_posix() for p in folder.rglob("*") if p.is_file() and p not in self._read)
        if left:
            raise AssertionError(f"no test reads {', '.join(left)}")


def steady(report: str) -> str:
    """A JSON report without what every edit of the catalogue moves: its digest and size, and the lines of its rules."""
    report = re.sub(r'(?s)("catalog": \{.*?"digest": )"[^"]*"', r'\1"..."', report, count=1)
    report = re.sub(r'"resource_types": \d+', '"resource_types": 0', report, count=1)
    return re.sub(r'("rule": "mappings/[^":]*):\d+"', r'\1"', report)


def _diff(name: str, wanted: str, got: str) -> str:
    lines = difflib.unified_diff(
        wanted.splitlines(), got.splitlines(), f"{name} (golden)", f"{name} (now)", lineterm="", n=2
    )
    return "\n".join(lines) or "only the ends of lines differ"
