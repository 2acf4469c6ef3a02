"""Functions of texts."""

from __future__ import annotations

from tfsrm.sources.hcl.budget import Budget
from tfsrm.sources.hcl.conversion import text as normalized
from tfsrm.sources.hcl.conversion import to_string
from tfsrm.sources.hcl.functions.signature import Table, string, strings, whole
from tfsrm.sources.hcl.graphemes import clusters
from tfsrm.sources.hcl.values import EvaluationError, List, Unknown, Value, derived

FUNCTIONS = Table()
LIMITS = Budget()
_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


@FUNCTIONS.add("chomp", string, kind="string")
def _chomp(text: str) -> Value:
    return text.rstrip("\r\n")


@FUNCTIONS.add("endswith", string, string, kind="bool")
def _endswith(text: str, end: str) -> Value:
    return text.endswith(end)


@FUNCTIONS.add("startswith", string, string, kind="bool", lenient="all")
def _startswith(text: str | Unknown, start: str | Unknown) -> Value:
    if isinstance(start, Unknown):
        return derived(start, "bool", not_null=True)
    if isinstance(text, Unknown):
        if text.prefix.startswith(start):
            return True
        return derived(text, "bool", not_null=True) if start.startswith(text.prefix) else False
    return text.startswith(start)


@FUNCTIONS.add("strcontains", string, string, kind="bool")
def _strcontains(text: str, part: str) -> Value:
    return part in text


@FUNCTIONS.add("indent", whole, string, kind="string")
def _indent(spaces: int, text: str) -> Value:
    LIMITS.characters(len(text) + spaces * text.count("\n"))
    if spaces < 0:
        raise EvaluationError("a negative indent")
    return text.replace("\n", "\n" + " " * spaces)


@FUNCTIONS.add("join", string, rest=strings, kind="string", lenient="all")
def _join(separator: str | Unknown, *lists: list[Value] | Unknown) -> Value:
    unknown: Unknown | None = separator if isinstance(separator, Unknown) else None
    known: list[str] = []
    prefix = ""
    surely = False
    for items in lists:
        for item in items if isinstance(items, list) else [items]:
            one = item if isinstance(item, Unknown) and not isinstance(items, list) else to_string(item)
            if isinstance(one, Unknown):
                if unknown is None and isinstance(separator, str):
                    prefix = separator.join([*known, ""]) if isinstance(items, list) else separator.join(known)
                unknown = unknown or one
                surely = surely or (one.not_empty and isinstance(items, list))
            else:
                known.append(one)
    if not lists:
        raise EvaluationError("a list is required")
    if unknown is not None:
        return derived(unknown, "string", not_null=True, not_empty=surely or any(known), prefix=prefix[:256])
    separator = separator if isinstance(separator, str) else ""
    LIMITS.characters(sum(map(len, known)) + len(separator) * len(known))
    return separator.join(known)


@FUNCTIONS.add("lower", string, kind="string")
def _lower(text: str) -> Value:
    return "".join(_one_to_one(character, character.lower()) for character in text)


@FUNCTIONS.add("upper", string, kind="string")
def _upper(text: str) -> Value:
    return "".join(_one_to_one(character, character.upper()) for character in text)


def _one_to_one(character: str, changed: str) -> str:
    """Go's case mapping is by single characters: ß has no upper case."""
    return changed if len(changed) == 1 else character


@FUNCTIONS.add("title", string, kind="string")
def _title(text: str) -> Value:
    out: list[str] = []
    inside = False
    for character in text:
        out.append(character if inside else _one_to_one(character, character.title()))
        inside = character.isalnum() or character == "_" or (not character.isascii() and not character.isspace())
    return "".join(out)


@FUNCTIONS.add("split", string, string, kind="list")
def _split(separator: str, text: str) -> Value:
    return List(text.split(separator) if separator else list(text))


@FUNCTIONS.add("strrev", string, kind="string")
def _strrev(text: str) -> Value:
    return normalized("".join(reversed(clusters(text))))


@FUNCTIONS.add("substr", string, whole, whole, kind="string")
def _substr(text: str, offset: int, length: int) -> Value:
    characters = clusters(text)
    if offset < 0:
        offset = max(offset + len(characters), 0)
    end = len(characters) if length < 0 else offset + length
    return normalized("".join(characters[offset:end]))


@FUNCTIONS.add("trim", string, string, kind="string")
def _trim(text: str, characters: str) -> Value:
    return text.strip(characters) if characters else text


@FUNCTIONS.add("trimprefix", string, string, kind="string")
def _trimprefix(text: str, prefix: str) -> Value:
    return text.removeprefix(prefix)


@FUNCTIONS.add("trimsuffix", string, string, kind="string")
def _trimsuffix(text: str, suffix: str) -> Value:
    return text.removesuffix(suffix)


@FUNCTIONS.add("trimspace", string, kind="string")
def _trimspace(text: str) -> Value:
    return text.strip(_SPACE)


@FUNCTIONS.add("basename", string, kind="string")
def _basename(path: str) -> Value:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@FUNCTIONS.add("dirname", string, kind="string")
def _dirname(path: str) -> Value:
    return clean_path(path[: path.rfind("/") + 1])


def clean_path(path: str) -> str:
    """A path without ``.``, ``..`` and doubled slashes, as Go's filepath.Clean has it."""
    rooted = path.startswith("/")
    out: list[str] = []
    for part in path.split("/"):
        if part == ".." and out and out[-1] != "..":
            out.pop()
        elif part not in ("", ".") and not (part == ".." and rooted):
            out.append(part)
    return ("/" if rooted else "") + "/".join(out) or "."


@FUNCTIONS.add("pathexpand", string, kind="string")
def _pathexpand(path: str) -> Value:
    return Unknown("the home directory of another machine", kind="string", not_null=True) if path[:1] == "~" else path


@FUNCTIONS.add("abspath", string, kind="string")
def _abspath(_: str) -> Value:
    return Unknown("function abspath", kind="string", not_null=True, not_empty=True)
