"""Functions of points in time; those that ask for the present are not known."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

from tfsrm.sources.hcl.functions.signature import Table, string
from tfsrm.sources.hcl.values import EvaluationError, NotComputedError, Value

FUNCTIONS = Table()
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_DURATION = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _time(text: str) -> datetime:
    match = _TIME.fullmatch(text)
    if match is None:
        raise EvaluationError("not a time of RFC 3339")
    if match[7]:
        raise NotComputedError("a time with parts of a second")
    zone = UTC
    if match[8] != "Z":
        minutes = int(match[8][1:3]) * 60 + int(match[8][4:])
        zone = timezone(timedelta(minutes=-minutes if match[8][0] == "-" else minutes)) if minutes < 1440 else UTC
    try:
        return datetime(*(int(match[part]) for part in range(1, 7)), tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        raise EvaluationError("not a time of RFC 3339") from None


def _zone(when: datetime, *, colon: bool) -> str:
    minutes = int((when.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{':' if colon else ''}{abs(minutes) % 60:02d}"


def _z(when: datetime) -> str:
    return _zone(when, colon=True) if when.utcoffset() else "Z"


@FUNCTIONS.add("timeadd", string, string, kind="string")
def _timeadd(text: str, duration: str) -> Value:
    when = _time(text)
    unsigned = duration.lstrip("+-") if duration[:1] in ("+", "-") else duration
    parts = _DURATION.findall(unsigned)
    if unsigned != "0" and (not parts or "".join(number + unit for number, unit in parts) != unsigned):
        raise EvaluationError("not a duration")
    nanoseconds = sum(Fraction(number) * _UNITS[unit] for number, unit in parts)
    seconds = (-nanoseconds if duration.startswith("-") else nanoseconds) / 10**9
    try:
        when += timedelta(seconds=seconds.__floor__())
    except OverflowError:
        raise EvaluationError("not a duration") from None
    return f"{when:%Y-%m-%dT%H:%M:%S}{_z(when)}".rjust(20, "0")


@FUNCTIONS.add("timecmp", string, string, kind="number")
def _timecmp(a: str, b: str) -> Value:
    first, second = _time(a), _time(b)
    return (first > second) - (first < second)


@FUNCTIONS.add("formatdate", string, string, kind="string")
def _formatdate(pattern: str, text: str) -> Value:
    when = _time(text)
    out: list[str] = []
    for match in _PART.finditer(pattern):
        part = match[0]
        if part.startswith("'"):
            if len(part) < 2:
                raise EvaluationError("a quote is not closed")
            out.append(part[1:-1].replace("''", "'"))
        else:
            out.append(_formatted(part, when) if match[1] else part)
    return "".join(out)


def _formatted(part: str, when: datetime) -> str:
    day, month, hour12 = _DAYS[when.weekday()], _MONTHS[when.month - 1], when.hour % 12 or 12
    half = "am" if when.hour < 12 else "pm"
    verbs = {
        "YYYY": f"{when.year:04d}",
        "YY": f"{when.year % 100:02d}",
        "MMMM": month,
        "MMM": month[:3],
        "MM": f"{when.month:02d}",
        "M": f"{when.month}",
        "DD": f"{when.day:02d}",
        "D": f"{when.day}",
        "EEEE": day,
        "EEE": day[:3],
        "hh": f"{when.hour:02d}",
        "h": f"{when.hour}",
        "HH": f"{hour12:02d}",
        "H": f"{hour12}",
        "AA": half.upper(),
        "aa": half,
        "mm": f"{when.minute:02d}",
        "m": f"{when.minute}",
        "ss": f"{when.second:02d}",
        "s": f"{when.second}",
        "ZZZZZ": _zone(when, colon=True),
        "ZZZZ": _zone(when, colon=False),
        "ZZZ": _zone(when, colon=False) if when.utcoffset() else "UTC",
        "Z": _z(when),
    }
    if part not in verbs:
        raise EvaluationError("the format is wrong")
    return verbs[part]
