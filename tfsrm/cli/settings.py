"""``.tfsrm.toml`` of the working directory: options that a repository always wants. The command line goes before it.

    mappings = ["responsibility"]     # of every command that has --mappings
    fail_on = ["unmet:high"]

    [comment]                         # of one command
    project = "orders"

A key is the name of an option, with ``_`` for ``-``. What a pull request must not decide by a file (where a token is sent, which
pull request it is) is none. Where there is no file, a start costs one look.
"""

import inspect
import re
import tomllib
from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import typer.models

from tfsrm.errors import UsageError

FILE = ".tfsrm.toml"
TABLES = ("analyze", "comment", "explain", "why")
"""Commands that read it."""
_NEVER = frozenset(
    {"api_url", "author", "body_file", "help", "number", "output", "repo", "set", "today", "whole", "width"}
)
_WANTED = {bool: "true or false", int: "a whole number", list: "a text or a list of texts", str: "a text"}


def of_command(command: str, function: Callable[..., None]) -> dict[str, Any]:
    """What the file says of a command: parameter -> value. Raises UsageError with all problems of the file at once."""
    path = Path(FILE)
    if command not in TABLES or not path.is_file():
        return {}
    said, problems = read(path)
    if problems:
        raise UsageError("\n".join(problems))
    known = _options(function)
    chosen = {**{k: v for k, v in said.items() if not isinstance(v, dict)}, **said.get(command, {})}
    return {
        known[key][0]: texts(value) if known[key][1] is list else value for key, value in chosen.items() if key in known
    }


def texts(value: Any) -> list[Any]:
    """Of an option that may be given several times: one text is a list of one."""
    return [value] if isinstance(value, str) else list(value)


def read(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The file, and every problem of it as ``file:line: text``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return {}, [f"{path}: {error.strerror if isinstance(error, OSError) else 'not UTF-8'}"]
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        m = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
        where = f":{m[1]}:{m[2]}" if m else f":{len(text.splitlines())}"
        return {}, [f"{path}{where}: {str(error).split(' (at ', maxsplit=1)[0]}"]
    return said, [f"{path}{_line(text, table, key)}: {problem}" for table, key, problem in _problems(said)]


def _problems(said: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(table, key, what is wrong)."""
    commands = {name: _options(getattr(import_module(f"tfsrm.cli.{name}"), name)) for name in TABLES}
    everywhere = {key: kind for options in commands.values() for key, kind in options.items()}
    found = []
    for key, value in said.items():
        if not isinstance(value, dict):
            found += [("", key, p) for p in _wrong(key, value, everywhere, [*everywhere, *TABLES])]
        elif key not in commands:
            found.append((key, "", f"[{key}] is no command{_near(key, list(commands))}"))
        else:
            for name, inner in value.items():
                found += [(key, name, p) for p in _wrong(name, inner, commands[key], list(commands[key]))]
    return found


def _wrong(key: str, value: Any, known: dict[str, tuple[str, type]], names: list[str]) -> list[str]:
    if key in _NEVER:
        return [f"{key} is not read from a file: give --{key.replace('_', '-')} to the command"]
    if key not in known:
        return [f"{key} is no option{_near(key, names)}"]
    kind = known[key][1]
    fits = isinstance(value, (str, list) if kind is list else kind) and not (kind is int and isinstance(value, bool))
    if kind is list and fits:
        fits = all(isinstance(item, str) for item in texts(value))
    return [] if fits else [f"{key} takes {_WANTED[kind]}"]


def _near(name: str, names: list[str]) -> str:
    near = get_close_matches(name.replace("-", "_"), names, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(names))}"


def _options(function: Callable[..., None]) -> dict[str, tuple[str, type]]:
    """Key -> (parameter, type) of a command's options."""
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name in inspect.signature(function).parameters:
        kind, *extras = get_args(hints[name])
        option = next((e for e in extras if isinstance(e, typer.models.OptionInfo)), None)
        if option is None:
            continue
        declared = (
            option.default,
            *(option.param_decls or ()),
        )  # typer keeps the first name as the default, until it builds
        long = next((d for d in declared if isinstance(d, str) and d.startswith("--")), f"--{name}")
        key = long.removeprefix("--").split("/")[0].replace("-", "_")
        if key not in _NEVER:
            found[key] = (name, _plain(kind))
    return found


def _plain(kind: Any) -> type:
    """``bool``, ``int``, ``list`` or ``str``."""
    if get_origin(kind) is list:
        return list
    inner = [_plain(a) for a in get_args(kind) if a is not type(None)]
    if inner:
        return inner[0]
    return kind if kind in (bool, int) else str


def _line(text: str, table: str, key: str) -> str:
    """``:3``, the line of a key or of the head of a table; nothing where it is written in some rarer form."""
    within = ""
    for number, line in enumerate(text.split("\n"), 1):
        if head := re.match(r"\s*\[\s*\"?([\w-]+)", line):
            within = head[1]
            if within == table and not key:
                return f":{number}"
        elif within == table and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return f":{number}"
    return ""
