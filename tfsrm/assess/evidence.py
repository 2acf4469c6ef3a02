"""What was looked at, as a reader may see it. Only short scalars of attributes that a condition names are ever shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tfsrm.assess.operators import contains, is_open, is_wide, is_word
from tfsrm.assess.paths import ABSENT, KNOWN, LEFT, UNDEFINED, UNKNOWN, Reading
from tfsrm.assess.worlds import SHORT, Subject
from tfsrm.model.checklist import Evidence
from tfsrm.model.condition import Condition, Default


def of_reading(reading: Reading, subject: Subject, secrets: Iterable[str], shown: Any = UNDEFINED) -> Evidence:
    value = shown if shown is not UNDEFINED else reading.value
    withheld = _withheld(reading, value, secrets)
    file, line = subject.position(reading.path)
    origin = {KNOWN: "set", LEFT: LEFT, ABSENT: "not set", UNKNOWN: "unknown"}[reading.state]
    return Evidence(
        address=subject.resource.address,
        attribute=reading.path,
        value=None if withheld else value,
        withheld=withheld,
        origin="observed" if reading.observed else origin,
        file=file,
        line=line,
    )


def _withheld(reading: Reading, value: Any, secrets: Iterable[str]) -> str | None:
    if reading.state in (ABSENT, LEFT):
        return "not set"
    if reading.state == UNKNOWN:
        return "unknown"
    if reading.sensitive or _is_secret(reading.path, secrets):
        return "sensitive"
    if not isinstance(value, str | bool | int | float) or (isinstance(value, str) and len(value) > SHORT):
        return "long"
    return None


_SEPARATORS = str.maketrans(dict.fromkeys('.[]:"', " "))


def _is_secret(path: str, secrets: Iterable[str]) -> bool:
    names = set(path.translate(_SEPARATORS).split())
    return any(secret in names or path.startswith(secret) for secret in secrets)


def offending(condition: Condition, value: Any) -> Any:
    """The one element of a list that a reader wants to see."""
    if not isinstance(value, list):
        return UNDEFINED
    if condition.open_cidr:
        return next((v for v in value if is_open(v)), UNDEFINED)
    if condition.cidr_wider_than is not None:
        return next((v for v in value if is_wide(v, condition.cidr_wider_than or 0)), UNDEFINED)
    if condition.contains is not None and contains(value, condition.contains):
        return condition.contains
    return value[0] if len(value) == 1 else UNDEFINED


def of_default(reading: Reading, subject: Subject, default: Default) -> Evidence:
    file, line = subject.position(reading.path)
    return Evidence(
        address=subject.resource.address,
        attribute=reading.path,
        value=default.value,
        withheld=None if default.value is not None else "not set",
        origin="default",
        source=default.source,
        file=file,
        line=line,
    )


def literal(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(path: str) -> str:
    """An attribute path in a sentence: without the marks for "every element"."""
    return path.replace("[*]", "")


def because(evidence: Evidence, condition: Condition, value: Any, answer: bool | None) -> str:
    """What was seen, as a clause: the value where it may be shown, else what the condition found out about it."""
    path = shown(evidence.attribute)
    if evidence.withheld == "sensitive":
        return f"{path} is set (withheld)"
    if not evidence.withheld:
        return f"{path} is {literal(evidence.value)}"
    if value in ("", [], {}):
        return f"{path} is empty"
    return f"{path} {_found(condition, answer)}"


def _found(condition: Condition, answer: bool | None) -> str:
    """What a condition says of a value that is too long to show."""
    no = "" if answer else "does not "
    if condition.open_cidr:
        return "includes 0.0.0.0/0 or ::/0" if answer else "includes neither 0.0.0.0/0 nor ::/0"
    if condition.cidr_wider_than is not None:
        return f"holds {'a' if answer else 'no'} block wider than /{condition.cidr_wider_than}"
    if condition.matches is not None and is_word(condition.matches):
        return f"{no}mention{'s' if answer else ''} {condition.matches}"
    if condition.contains is not None:
        return f"{no}hold{'s' if answer else ''} {literal(condition.contains)}"
    if condition.starts_with is not None:
        return f"{no}start{'s' if answer else ''} with {' or '.join(map(literal, condition.starts_with))}"
    if condition.equals is not None:
        return f"is {'' if answer else 'not '}{literal(condition.equals)}"
    return "is set, too long to show"
