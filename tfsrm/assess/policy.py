"""Questions to IAM policy documents, with three answers.

The meaning of *public* follows https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from tfsrm.assess.policy_documents import UNKNOWN, Document, Statement

LIMITING_KEYS = frozenset(
    [
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourcevpcarn",
        "aws:sourceip",
        "aws:vpcsourceip",
        "aws:userid",
        "aws:principalserviceslist",
        "aws:principaltag",
        "kms:calleraccount",
        "kms:viaservice",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "sns:endpoint",
        "elasticfilesystem:accesspointarn",
        "elasticfilesystem:accessedviamounttarget",
        "aws:viaawsservice",
        "aws:principalisawsservice",
    ]
)
"""Condition keys that narrow who may use a grant to a fixed set."""

SOURCE_KEYS = frozenset(("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"))


def _any(answers: list[bool | None]) -> bool | None:
    if any(a is True for a in answers):
        return True
    return None if any(a is None for a in answers) else False


def _both(one: bool | None, other: bool | None) -> bool | None:
    return False if one is False or other is False else one and other


def _has_limit(statement: Statement, keys: frozenset[str], all_but: bool = False) -> bool:
    """Whether a condition names the few that it is about; ``all_but``: leaves them out."""
    for operator, key, values in statement.conditions:
        limits = key.split("/")[0] in keys and _negates(operator) is all_but
        if limits and not any(v in ("*", "0.0.0.0/0", "::/0") for v in values):
            return True
    return False


def _negates(operator: str) -> bool:
    return "not" in operator.lower().rsplit(":", 1)[-1]


def _allows_public(s: Statement) -> bool | None:
    if _has_limit(s, LIMITING_KEYS):
        return False
    return True if s.not_principals else _everybody(s)


def _everybody(s: Statement) -> bool | None:
    return _any([_match(name, "*") if kind in ("AWS", "*") else False for kind, name in s.principals])


def _shut(s: Statement, denies: list[Statement]) -> bool | None:
    """Whether a statement denies everybody else what this one allows: all but some networks, accounts or endpoints."""
    return _any([_both(_everybody(d), _both(_is_all_but(d), _covers_all(d, s))) for d in denies])


def _open(s: Statement, denies: list[Statement]) -> bool | None:
    shut = _shut(s, denies) if denies else False
    return _both(_allows_public(s), None if shut is None else not shut)


def _is_all_but(deny: Statement) -> bool:
    """Each condition leaves out what is named, and one of them names a limit; with no condition nobody is left."""
    plain = [key for operator, key, _ in deny.conditions if not _negates(operator) and key not in _BY_SERVICE]
    return not plain and (not deny.conditions or _has_limit(deny, LIMITING_KEYS, all_but=True))


_BY_SERVICE = frozenset(("aws:viaawsservice", "aws:principalisawsservice"))


def _covers_all(deny: Statement, allow: Statement) -> bool | None:
    if deny.not_actions or allow.not_actions:
        return False
    found: bool | None = True
    for wanted, patterns in ((allow.actions, deny.actions), (allow.resources, deny.resources)):
        for one in wanted:
            named = None if one is UNKNOWN else _any([_covers(p, str(one).lower()) for p in patterns])
            found = _both(found, named)
    return found


def _match(value: Any, wanted: str) -> bool | None:
    return None if value is UNKNOWN else value == wanted


def _allows_other_account(s: Statement, own: str | None) -> bool | None:
    answers: list[bool | None] = []
    for kind, name in s.principals:
        if kind != "AWS":
            continue
        if name is UNKNOWN:
            answers.append(None)
        elif name == "*":
            answers.append(_has_limit(s, _OF_AN_ORGANISATION))
        else:
            account = name.split(":")[4] if isinstance(name, str) and name.count(":") >= 5 else str(name)
            answers.append(account.isdecimal() and len(account) == 12 and account != own)
    return _any(answers)


_OF_AN_ORGANISATION = frozenset(("aws:principalorgid", "aws:principalorgpaths"))
"""Keys that let in the accounts of an organisation: others than this one, too."""


def _allows_all_actions(s: Statement) -> bool | None:
    if s.not_actions:
        return True
    return _any([None if a is UNKNOWN else a in ("*", "*:*") for a in s.actions])


def _allows_administration(s: Statement) -> bool | None:
    if s.not_actions:
        return False  # all but some: a wildcard, and no administration
    return _both(_allows_all_actions(s), _any([_match(r, "*") for r in s.resources]))


def _allows_service_wildcard(s: Statement, services: list[str]) -> bool | None:
    answers: list[bool | None] = []
    for action in s.actions:
        if action is UNKNOWN:
            answers.append(None)
        elif isinstance(action, str):
            prefix, _, name = action.partition(":")
            answers.append(action == "*" or (name == "*" and (not services or prefix.lower() in services)))
    return _any(answers)


def _allows_decryption_with_any_key(s: Statement) -> bool | None:
    """KMS.1 and KMS.2 of Security Hub: conditions do not count; a pattern that names a Region or an account is narrow."""
    decrypts = _any([_covers(a, t) for a in s.actions for t in ("kms:decrypt", "kms:reencryptfrom")])
    anything = _any([_covers(r, "arn:aws:kms:-:-:key/-") for r in s.resources])
    return _both(decrypts, anything)


_PASSED_TO = frozenset(("iam:passedtoservice", "iam:associatedresourcearn"))


def _allows_passing_any_role(s: Statement) -> bool | None:
    """A security warning of IAM Access Analyzer."""
    if any(key in _PASSED_TO for _, key, _ in s.conditions):
        return False
    return _both(_any([_covers(a, "iam:passrole") for a in s.actions]), _any([_match(r, "*") for r in s.resources]))


def _covers(pattern: Any, target: str) -> bool | None:
    if pattern is UNKNOWN:
        return None
    wanted = str(pattern).lower()
    # Nearly all name one action or ARN, and a pattern costs more to compile than all the rest of a question.
    return fnmatchcase(target, wanted) if "*" in wanted or "?" in wanted else target == wanted


_WITHIN_ACCOUNT = ("ec2.amazonaws.com", "ec2.amazonaws.com.cn", "lambda.amazonaws.com")


def _allows_service_without_source(s: Statement) -> bool | None:
    """EC2 and Lambda hand a role only to instances and functions of the role's own account (iam:PassRole), so they need no
    source."""
    services = [name for kind, name in s.principals if kind == "Service"]
    return any(name not in _WITHIN_ACCOUNT for name in services) and not _has_limit(s, SOURCE_KEYS)


_GITHUB = "token.actions.githubusercontent.com"


def _allows_federation_without_subject(s: Statement) -> bool | None:
    """Providers of SAML name their people themselves; those of OpenID Connect serve others too."""
    if any(a is not UNKNOWN and str(a).lower() == "sts:assumerolewithsaml" for a in s.actions):
        return False
    if any(key.endswith(":sub") for _, key, _ in s.conditions):
        return False
    return _any(
        [None if name is UNKNOWN else ":saml-provider/" not in name for k, name in s.principals if k == "Federated"]
    )


def _allows_any_github_repository(s: Statement) -> bool | None:
    """The least that IAM's guide recommends is a condition on the owner: ``repo:OWNER/*``."""
    for _, key, values in s.conditions:
        if key == f"{_GITHUB}:sub" and not any(v in ("*", "repo:*", "repo:*/*") for v in values):
            return False
    names = [name for kind, name in s.principals if kind == "Federated"]
    if names and any(key.startswith(_GITHUB) for _, key, _ in s.conditions):
        return True
    return _any([None if name is UNKNOWN else str(name).endswith(_GITHUB) for name in names])


def _denies_insecure_transport(s: Statement) -> bool | None:
    everybody = s.not_principals is False and (any(n == "*" for k, n in s.principals if k in ("AWS", "*")))
    if not everybody:
        return None if any(n is UNKNOWN for _, n in s.principals) else False
    if len(s.conditions) != 1:
        return False  # a further condition leaves requests that it does not deny
    operator, key, values = s.conditions[0]
    if key != "aws:securetransport" or not operator.lower().startswith("bool"):
        return False
    insecure = any(str(v).lower() == "false" for v in values if v is not UNKNOWN)
    return _both(insecure, _any([_is_all_of_a_service(a) for a in s.actions]))


def _is_all_of_a_service(action: Any) -> bool | None:
    """Or publishing, which is what the guide of SNS denies."""
    if action is UNKNOWN:
        return None
    name = str(action).lower()
    return name == "*" or name.endswith(":*") or name == "sns:publish"


def _requires_mfa(s: Statement) -> bool | None:
    keys = ("aws:multifactorauthpresent", "aws:multifactorauthage")
    return any(key in keys for _, key, _ in s.conditions)


_ALLOW = {
    "allows-all-actions": _allows_all_actions,
    "allows-administration": _allows_administration,
    "allows-passing-any-role": _allows_passing_any_role,
    "allows-decryption-with-any-key": _allows_decryption_with_any_key,
    "allows-service-without-source": _allows_service_without_source,
    "allows-federation-without-subject": _allows_federation_without_subject,
    "allows-any-github-repository": _allows_any_github_repository,
}


def ask(document: Document, question: str, services: list[str], own: str | None = None) -> bool | None:
    """The answer to one question of ``PolicyQuestion``; None where an unknown part could change it.

    ``own``: the account that the resource is in, where the plan shows it.
    """
    allows = [s for s in document.statements if s.effect == "Allow" or s.effect is UNKNOWN]
    if question == "denies-insecure-transport":
        answers = [_denies_insecure_transport(s) for s in document.statements if s.effect in ("Deny", UNKNOWN)]
    elif question == "requires-mfa":
        judged = [_requires_mfa(s) for s in allows]
        answers = [all(judged) if judged else False]
    elif question == "allows-other-account":
        answers = [_allows_other_account(s, own) for s in allows]
    elif question == "allows-service-wildcard":
        answers = [_allows_service_wildcard(s, services) for s in allows]
    elif question == "allows-public":
        denies = [s for s in document.statements if s.effect == "Deny" and not s.not_principals]
        answers = [_open(s, denies) for s in allows]
    else:
        answers = [_ALLOW[question](s) for s in allows]
    found = _any(answers)
    return None if found is False and not document.complete else found
