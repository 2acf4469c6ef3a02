"""``python -m tfsrm.catalog.lint [FOLDER]``: problems to stdout, warnings to stderr, exit code 2 where there are problems."""

from __future__ import annotations

import sys

from tfsrm.catalog.lint import report

if __name__ == "__main__":
    found = report(sys.argv[1] if len(sys.argv) > 1 else None)
    for line in found.warnings:
        print(f"warning: {line}", file=sys.stderr)
    for line in found.problems:
        print(line)
    sys.exit(2 if found.problems else 0)
