"""Resource addresses: taken apart where Terraform does not give the parts, and put together for a raw state file."""

from __future__ import annotations

import re
from typing import NamedTuple

_STEP = r'(?s)([^.\[]+)((?:\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\])?)(?:\.|$)'
_ESCAPE = r"(?s)\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|\$\$(?=\{)|%%(?=\{)"
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


class Address(NamedTuple):
    """The parts of an absolute resource address."""

    module: str
    mode: str
    type: str
    name: str
    key: int | str | None


def parse(address: str) -> Address | None:
    """``module.m["a.b"].aws_sqs_queue.q[0]`` taken apart; None where it is no resource address."""
    rest, module_end = address, 0
    while match := re.match(r'module\.[^.\[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.', rest, re.DOTALL):
        module_end += match.end()
        rest = rest[match.end() :]
    steps = [(m.group(1), m.group(2)) for m in re.compile(_STEP).finditer(rest)]
    mode = "managed"
    if steps and steps[0][0] in ("data", "ephemeral") and len(steps) == 3:
        mode, steps = steps[0][0], steps[1:]
    if len(steps) != 2:
        return None
    return Address(address[: max(module_end - 1, 0)], mode, steps[0][0], steps[1][0], _key(steps[1][1]))


def _key(text: str) -> int | str | None:
    inner = text[1:-1]
    if not inner or inner == "*":
        return None
    return unquoted(inner[1:-1]) if inner.startswith('"') else int(inner[:18])


def unquoted(text: str) -> str:
    """The inside of a quoted HCL string with its escapes resolved."""
    return re.compile(_ESCAPE).sub(_unescape, text) if "\\" in text or "{" in text else text


def _unescape(match: re.Match[str]) -> str:
    found = match.group(1)
    if found is None:
        return match.group()[0]
    if found[0] in "uU" and len(found) > 1:
        code = int(found[1:], 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\N{REPLACEMENT CHARACTER}"
    return _PLAIN.get(found, found)


_QUOTE = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(key: int | str | None) -> str:
    """``[0]``, ``["a\\"b"]`` or nothing, as Terraform writes an instance key."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    text = "".join(_QUOTE.get(c, c) for c in key).replace("${", "$${").replace("%{", "%%{")
    return f'["{text}"]'


def join(module: str, mode: str, resource_type: str, name: str, key: int | str | None) -> str:
    """The absolute address of an instance."""
    parts = [module] if module else []
    if mode != "managed":
        parts.append(mode)
    return ".".join([*parts, resource_type, name]) + quoted(key)


def module_path(module: str) -> tuple[str, ...]:
    """``module.a["x"].module.b`` -> ``("a", "b")``: the module as the configuration knows it."""
    if "[" not in module:
        return tuple(module.split(".")[1::2])
    return tuple(m.group(1) for m in re.compile(_MODULE).finditer(module))


_MODULE = r'(?s)module\.([^.\[]+)(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?(?:\.|$)'


def deposed(address: str, key: str | None) -> str:
    """The address of an object; a deposed one is told from its successor."""
    return f"{address} (deposed {key})" if key else address


def forgotten(address: str) -> str:
    """The address of an object that Terraform forgets while it makes a new one in its place."""
    return f"{address} (forgotten)"


def shown(text: str, limit: int = 120) -> str:
    """A name from the input for a message: no control characters, not too long."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
