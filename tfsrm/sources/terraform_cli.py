"""A saved plan in Terraform's own binary form: only Terraform can read it, so it is asked to show it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

from tfsrm.errors import InputError

TIMEOUT = 300
"""Seconds that ``terraform show`` may take."""

NEVER = "never"
AUTO = "auto"


def show(path: str, terraform: str = AUTO) -> bytes:
    """The plan as JSON. ``terraform``: ``auto``, ``never`` or the command to run. Raises InputError."""
    command = f"terraform show -json {shlex.quote(path)} > plan.json"
    next_step = f"In the initialised directory of the plan, run: {command}"
    program = _program(terraform)
    if path == "-" or program is None:
        raise InputError(path, "a saved plan in Terraform's binary form", next_step)
    directory = _initialised(Path(path))
    if directory is None:
        raise InputError(path, "a saved plan, and no initialised directory (.terraform) to show it in", next_step)
    try:
        done = subprocess.run(
            [program, "show", "-json", str(Path(path).resolve())],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(path, f"{program} show -json took more than {TIMEOUT} seconds", next_step) from None
    except OSError as error:
        raise InputError(path, f"{program} could not be run: {error.strerror or error}", next_step) from None
    if done.returncode:
        raise InputError(path, f"{program} show -json failed: {_first_words(done.stderr)}", next_step)
    return done.stdout


def _program(terraform: str) -> str | None:
    if terraform == NEVER:
        return None
    names = ("terraform", "tofu") if terraform == AUTO else (terraform,)
    return next((found for name in names if (found := shutil.which(name))), None)


def _initialised(path: Path) -> Path | None:
    for directory in (path.resolve().parent, Path.cwd()):
        if (directory / ".terraform").is_dir():
            return directory
    return None


def _first_words(stderr: bytes) -> str:
    """The first sentence of an error message, without its frame."""
    text = stderr.decode("utf-8", "replace")
    lines = [line.strip(" \u2502\u2577\u2575|") for line in text.splitlines()]
    words = next(
        (line for line in lines if line.startswith("Error")), next((line for line in lines if line), "no message")
    )
    return "".join(c for c in words if c.isprintable())[:200]
