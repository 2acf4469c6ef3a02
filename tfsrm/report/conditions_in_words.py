"""Conditions as English: the same closed set, for people."""

from __future__ import annotations

from typing import TypeGuard

from tfsrm.model.condition import POLICY_WORDS, Condition


def in_words(condition: Condition) -> str:
    """One clause, without a final stop."""
    if condition.any_of is not None:
        return " or ".join(_inner(c) for c in condition.any_of)
    if condition.all_of is not None:
        return " and ".join(_inner(c) for c in condition.all_of)
    if condition.none_of is not None:
        return (
            "neither " + " nor ".join(_inner(c) for c in condition.none_of)
            if len(condition.none_of) > 1
            else f"not: {_inner(condition.none_of[0])}"
        )
    if condition.companion is not None:
        return _companion(condition)
    if condition.named_by_survivor is not None:
        types = ", ".join(condition.named_by_survivor)
        return "something that stays names it" if types == "*" else f"a {types} that stays names it"
    return _leaf(condition, condition.attribute or "it")


def can_hold(condition: Condition | None) -> TypeGuard[Condition]:
    """False for no condition, and for one that says never (``any_of: []``)."""
    return condition is not None and condition.any_of != []


def _inner(condition: Condition) -> str:
    text = in_words(condition)
    return f"({text})" if condition.any_of or condition.all_of else text


def _leaf(condition: Condition, name: str) -> str:
    if condition.json_path is not None:
        name = f"{condition.json_path} in {name}"
    if condition.each is not None:
        return f"for each of {name}: {in_words(condition.each)}"
    if condition.some is not None:
        return f"for one of {name}: {in_words(condition.some)}"
    if condition.policy is not None:
        services = f" ({', '.join(condition.policy.services)})" if condition.policy.services else ""
        return f"{name} {POLICY_WORDS[condition.policy.question][0]}{services}"
    text = f"{name} {_operator(condition)}"
    if condition.default is not None:
        value = "nothing" if condition.default.value is None else _literal(condition.default.value)
        since = f" since {condition.default.since}" if condition.default.since else ""
        text += f" (default {value}{since})"
    return text


def _operator(condition: Condition) -> str:
    lists = {
        "is one of": condition.one_of,
        "starts with": condition.starts_with,
    }
    for words, values in lists.items():
        if values is not None:
            return f"{words} {', '.join(_literal(v) for v in values)}"
    single = {
        "is": condition.equals,
        "is at least": condition.at_least,
        "is at most": condition.at_most,
        "matches": condition.matches,
        "contains": condition.contains,
        "is wider than /": condition.cidr_wider_than,
    }
    for words, value in single.items():
        if value is not None:
            return f"{words} {_literal(value)}"
    if condition.present:
        return "is set"
    if condition.absent:
        return "is not set"
    if condition.open_cidr:
        return "is open to the whole internet"
    if condition.own_region:
        return "is in the Region of the resource"
    return "is supported on the day" if condition.supported_on else "is asked"


def _companion(condition: Condition) -> str:
    how = f"named in {condition.by}" if condition.by else f"that names it in {condition.linked_by}"
    if condition.distinct_at_least is not None:
        different = f"at least {condition.distinct_at_least} different values of {condition.attribute}"
        return f"every {condition.companion} {how} together have {different}"
    who = f"every {condition.companion}" if condition.across == "all" else f"a {condition.companion}"
    if condition.where is not None:
        return f"{who} {how} has {in_words(condition.where)}"
    if condition.attribute is not None:
        return f"{who} {how} has {_leaf(condition, condition.attribute)}"
    return f"no {condition.companion} is here, {how}" if condition.absent else f"{who} is there, {how}"


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
