"""Functions that encode, decode and hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from collections.abc import Callable
from urllib.parse import quote_plus

from tfsrm.sources.hcl import json_text
from tfsrm.sources.hcl.conversion import text as normalized
from tfsrm.sources.hcl.functions.csv_text import table
from tfsrm.sources.hcl.functions.signature import Table, nullable, string
from tfsrm.sources.hcl.values import EvaluationError, List, Unknown, Value, derived, first_unknown

FUNCTIONS = Table()
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "latin-1",
    "us-ascii": "ascii",
}
_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


@FUNCTIONS.add("jsonencode", nullable, kind="string", lenient="all")
def _jsonencode(value: Value) -> Value:
    unknown = first_unknown(value)
    return json_text.encoded(value) if unknown is None else json_text.encoded_unknown(value, unknown)


@FUNCTIONS.add("jsondecode", string, lenient="all")
def _jsondecode(text: str | Unknown) -> Value:
    if isinstance(text, Unknown):
        return text.partial if isinstance(text.partial, (dict, list)) else derived(text)
    return json_text.decoded(text)


@FUNCTIONS.add("yamlencode", nullable, kind="string", lenient="all")
def _yamlencode(value: Value) -> Value:
    from tfsrm.sources.hcl.functions import yaml_text

    unknown = first_unknown(value)
    if unknown is not None:
        return Unknown(unknown.reason, kind="string", not_null=True, not_empty=True)
    return yaml_text.encoded(value)


@FUNCTIONS.add("yamldecode", string)
def _yamldecode(text: str) -> Value:
    from tfsrm.sources.hcl.functions import yaml_text

    return yaml_text.decoded(text)


@FUNCTIONS.add("csvdecode", string, kind="list")
def _csvdecode(text: str) -> Value:
    rows = table(text)
    if not rows:
        raise EvaluationError("the line of headings is missing")
    heading, *rest = rows
    if len(set(heading)) != len(heading):
        raise EvaluationError("two columns have the same heading")
    if any(len(row) != len(heading) for row in rest):
        raise EvaluationError("a line has more or fewer fields than the headings")
    return List(dict(zip(heading, map(normalized, row), strict=True)) for row in rest)


@FUNCTIONS.add("base64encode", string, kind="string")
def _base64encode(text: str) -> Value:
    return base64.b64encode(text.encode()).decode()


@FUNCTIONS.add("base64decode", string, kind="string")
def _base64decode(text: str) -> Value:
    return normalized(_decoded(_from_base64(text), "utf-8"))


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise EvaluationError("not base64") from None


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise EvaluationError("not a text") from None


def _encoding(name: str) -> str:
    known = _ENCODINGS.get(name.lower())
    if known is None:
        raise EvaluationError("the encoding is not known here")
    return known


@FUNCTIONS.add("textencodebase64", string, string, kind="string")
def _textencodebase64(text: str, encoding: str) -> Value:
    try:
        return base64.b64encode(text.encode(_encoding(encoding))).decode()
    except UnicodeEncodeError:
        raise EvaluationError("the encoding cannot hold the text") from None


@FUNCTIONS.add("textdecodebase64", string, string, kind="string")
def _textdecodebase64(text: str, encoding: str) -> Value:
    return normalized(_decoded(_from_base64(text), _encoding(encoding)))


@FUNCTIONS.add("urlencode", string, kind="string")
def _urlencode(text: str) -> Value:
    return quote_plus(text, safe="~")


@FUNCTIONS.add("uuidv5", string, string, kind="string")
def _uuidv5(namespace: str, name: str) -> Value:
    try:
        return str(uuid.uuid5(_NAMESPACES.get(namespace) or uuid.UUID(namespace), name))
    except ValueError:
        raise EvaluationError("not a name space") from None


def _hex(algorithm: str) -> Callable[[str], Value]:
    return lambda text: digest(algorithm, text.encode()).hex()


def _base64(algorithm: str) -> Callable[[str], Value]:
    return lambda text: base64.b64encode(digest(algorithm, text.encode())).decode()


def digest(algorithm: str, data: bytes) -> bytes:
    """A digest; what Terraform's functions of that name compute, not a protection."""
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    FUNCTIONS.add(_algorithm, string, kind="string")(_hex(_algorithm))
for _algorithm in ("sha256", "sha512"):
    FUNCTIONS.add(f"base64{_algorithm}", string, kind="string")(_base64(_algorithm))
