"""Questions to IAM policy documents, with three answers.

A document comes as JSON text in an attribute, or from an ``aws_iam_policy_document`` that the attribute refers to (a plan
often knows its statements although the rendered text is known after apply). Unknown parts stay unknown.
The meaning of *public* follows https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import msgspec

from tfsrm.assess.paths import ABSENT, KNOWN, LEFT, Node, nodes
from tfsrm.assess.references import Target, expression_at
from tfsrm.assess.worlds import Subject

UNKNOWN: Any = object()
"""An element that is known after apply."""

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

MAX_DOCUMENTS = 16
"""Depth to which documents that include others are followed."""


class Statement(msgspec.Struct, frozen=True):
    """One statement; every list may hold ``UNKNOWN``."""

    effect: Any
    principals: list[tuple[str, Any]]
    """(type, identifier); ``("AWS", "*")`` for everybody."""
    not_principals: bool
    actions: list[Any]
    not_actions: bool
    resources: list[Any]
    conditions: list[tuple[str, str, list[Any]]]
    """(operator, key in lower case, values)."""


class Document(msgspec.Struct, frozen=True):
    """What is known of a document."""

    statements: list[Statement]
    complete: bool
    """False: there may be statements that the plan does not show."""
    absent: bool = False


def document_at(subject: Subject, path: str, node: Node | None = None) -> Document:
    """The policy document at an attribute (below ``node`` where the path is relative to it)."""
    root = node or subject.root
    statements: list[Statement] = []
    complete, seen = True, False
    for reading, place in [(_state(n, subject), n) for n in nodes(root, path)]:
        if reading in (ABSENT, LEFT) or place.value == "":
            continue
        seen = True
        found = parse(place.value) if reading == KNOWN else _from_data(subject, place.path, 0)
        statements += found.statements
        complete = complete and found.complete
    return Document(statements, complete, absent=not seen)


def _state(node: Node, subject: Subject) -> str:
    found = subject.read(node.path) if node.path else []
    if found:
        return found[0].state
    return KNOWN if node.value is not None else ABSENT


def parse(text: Any) -> Document:
    """A document from JSON text (or an object already decoded); anything else is a document of which nothing is known."""
    if isinstance(text, str):
        try:
            text = msgspec.json.decode(text.encode())
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return Document([], complete=False)
    if not isinstance(text, dict):
        return Document([], complete=False)
    raw = text.get("Statement", [])
    return Document([_from_json(s) for s in (raw if isinstance(raw, list) else [raw]) if isinstance(s, dict)], True)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _from_json(raw: dict[str, Any]) -> Statement:
    who = raw.get("Principal")
    principals = [("AWS", "*")] if who == "*" else []
    if isinstance(who, dict):
        principals = [(kind, name) for kind, names in who.items() for name in _many(names)]
    conditions = [
        (operator, str(key).lower(), _many(values))
        for operator, keys in (raw.get("Condition") or {}).items()
        if isinstance(keys, dict)
        for key, values in keys.items()
    ]
    return Statement(
        raw.get("Effect"),
        principals,
        "NotPrincipal" in raw,
        _many(raw.get("Action")) or (["*"] if "NotAction" in raw else []),
        "NotAction" in raw,
        _many(raw.get("Resource")) or (["*"] if "NotResource" in raw else []),
        conditions,
    )


def _from_data(subject: Subject, path: str, depth: int) -> Document:
    """The statements of the ``aws_iam_policy_document`` data sources that the attribute refers to."""
    expressions = subject.world.expressions(subject.config_path, subject.config_name)
    if expressions is None or depth > MAX_DOCUMENTS:
        return Document([], complete=False)
    expression = expression_at(expressions, tuple(path.replace("]", "").replace("[", ".").split(".")))
    targets = subject.world.direct.targets(expression, subject.place)
    statements: list[Statement] = []
    complete = bool(targets)
    for target in targets:
        found = _documents(subject, target)
        complete = complete and bool(found)
        for document in found:
            inner = statements_of_data(document, depth + 1)
            statements += inner.statements
            complete = complete and inner.complete
    return Document(statements, complete and bool(statements))


def _documents(subject: Subject, target: Any) -> list[Subject]:
    if not isinstance(target, Target) or not target.name.startswith("data.aws_iam_policy_document."):
        return []
    found = subject.world.by_block.get((target.module, target.name), [])
    same = [s for s in found if s.resource.module == subject.resource.module] or found
    if target.key is not None:
        same = [s for s in same if s.resource.key == target.key] or same
    elif len(same) > 1 and subject.resource.key is not None:
        same = [s for s in same if s.resource.key == subject.resource.key] or same
    return same


def statements_of_data(document: Subject, depth: int) -> Document:
    """The statements of one ``aws_iam_policy_document``, those of the documents that it includes too."""
    rendered = document.read("json")
    if rendered[0].state == KNOWN:
        return parse(rendered[0].value)
    statements = [_from_block(n) for n in document.nodes("statement[*]") if n.mask is not True]
    complete = all(n.mask is not True for n in document.nodes("statement[*]"))
    for name in ("source_policy_documents", "override_policy_documents"):
        for node in document.nodes(f"{name}[*]"):
            if isinstance(node.value, str):
                found = parse(node.value)
            elif node.mask is True and depth < MAX_DOCUMENTS:
                found = _from_data(document, name, depth)
            else:
                continue
            statements += found.statements
            complete = complete and found.complete
            if node.path.endswith("[*]"):
                break
    return Document(statements, complete)


def _texts(node: Node, name: str) -> list[Any]:
    out: list[Any] = []
    for child in nodes(node, f"{name}[*]"):
        out.append(UNKNOWN if child.mask is True else child.value)
    return [v for v in out if v is not None]


def _one(node: Node, name: str, default: Any) -> Any:
    child = nodes(node, name)[0]
    if child.mask is True:
        return UNKNOWN
    return default if child.value is None else child.value


def _from_block(node: Node) -> Statement:
    principals = [
        (str(_one(p, "type", "")), name) for p in nodes(node, "principals[*]") for name in _texts(p, "identifiers")
    ]
    conditions = [
        (str(_one(c, "test", "")), str(_one(c, "variable", "")).lower(), _texts(c, "values"))
        for c in nodes(node, "condition[*]")
    ]
    not_actions, not_resources = _texts(node, "not_actions"), _texts(node, "not_resources")
    return Statement(
        _one(node, "effect", "Allow"),
        [("AWS", "*") if kind == "*" else (kind, name) for kind, name in principals],
        any(True for n in nodes(node, "not_principals[*]") if n.value is not None),
        _texts(node, "actions") or (["*"] if not_actions else []),
        bool(not_actions),
        _texts(node, "resources") or (["*"] if not_resources else []),
        conditions,
    )


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
