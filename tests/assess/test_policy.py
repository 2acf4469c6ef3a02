"""Questions to IAM policy documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.factories import asked, index, module, refers, resource, world
from tfsrm.assess.conditions import Place, evaluate
from tfsrm.assess.policy import ask
from tfsrm.assess.policy_documents import document_at, parse
from tfsrm.model.condition import Condition, PolicyQuestion
from tfsrm.model.world import Resource


def document(**statement: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}]}


GITHUB = "token.actions.githubusercontent.com"
OIDC = f"arn:aws:iam::1:oidc-provider/{GITHUB}"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(
    ("question", "statement", "answer"),
    [
        ("allows-public", {"Principal": "*"}, True),
        ("allows-public", {"Principal": {"AWS": ["*"]}}, True),
        ("allows-public", {"Principal": "*", "Effect": "Deny"}, False),
        ("allows-public", {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ("allows-public", {"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ("allows-public", {"Principal": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, True),
        ("allows-public", {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, False),
        ("allows-public", {"NotPrincipal": {"AWS": "123456789012"}}, True),
        ("allows-other-account", {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, True),
        ("allows-other-account", {"Principal": {"Service": "lambda.amazonaws.com"}}, False),
        (
            "allows-other-account",
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
            True,
        ),
        (
            "allows-other-account",
            {"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
            False,
        ),
        ("allows-all-actions", {"Action": "*"}, True),
        ("allows-all-actions", {"Action": ["s3:*"]}, False),
        ("allows-all-actions", {"NotAction": "iam:*"}, True),
        ("allows-administration", {"Action": "*", "Resource": "*"}, True),
        ("allows-administration", {"NotAction": "iam:*", "Resource": "*"}, False),
        ("allows-administration", {"Action": "*", "Resource": "arn:aws:s3:::b"}, False),
        ("allows-service-wildcard", {"Action": ["s3:*"]}, True),
        ("allows-decryption-with-any-key", {"Action": ["s3:Get*", "kms:Decrypt"]}, True),
        ("allows-decryption-with-any-key", {"Action": "kms:ReEncrypt*", "Resource": "arn:aws:kms:*:*:key/*"}, True),
        ("allows-decryption-with-any-key", {"Action": "*"}, True),
        ("allows-passing-any-role", {"Action": "iam:PassRole"}, True),
        ("allows-passing-any-role", {"Action": "iam:Pass*"}, True),
        ("allows-passing-any-role", {"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/app-*"}, False),
        (
            "allows-passing-any-role",
            {
                "Action": "iam:PassRole",
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
            False,
        ),
        ("allows-decryption-with-any-key", {"Action": "kms:Encrypt"}, False),
        (
            "allows-decryption-with-any-key",
            {"Action": "kms:*", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"},
            False,
        ),
        ("allows-decryption-with-any-key", {"Action": "kms:Decrypt", "Effect": "Deny"}, False),
        ("allows-service-without-source", {"Principal": {"Service": "sns.amazonaws.com"}}, True),
        ("allows-service-without-source", {"Principal": {"Service": "ec2.amazonaws.com"}}, False),
        ("allows-service-without-source", {"Principal": {"Service": "lambda.amazonaws.com"}}, False),
        ("allows-federation-without-subject", {"Principal": {"Federated": OIDC}}, True),
        ("allows-federation-without-subject", {"Principal": {"Federated": "arn:aws:iam::1:saml-provider/idp"}}, False),
        ("allows-federation-without-subject", {"Principal": {"Service": "ec2.amazonaws.com"}}, False),
        (
            "allows-federation-without-subject",
            {"Principal": {"Federated": OIDC}, "Condition": {"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}}},
            False,
        ),
        ("allows-any-github-repository", {"Principal": {"Federated": OIDC}}, True),
        (
            "allows-any-github-repository",
            {"Principal": {"Federated": "arn:aws:iam::1:oidc-provider/gitlab.com"}},
            False,
        ),
        (
            "allows-any-github-repository",
            {"Principal": {"Federated": OIDC}, "Condition": {"StringLike": {f"{GITHUB}:sub": "repo:*"}}},
            True,
        ),
        (
            "allows-any-github-repository",
            {"Principal": {"Federated": OIDC}, "Condition": {"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}}},
            False,
        ),
        (
            "allows-service-without-source",
            {"Principal": {"Service": "sns.amazonaws.com"}, "Condition": {"ArnLike": {"AWS:SourceArn": "arn:x"}}},
            False,
        ),
        (
            "denies-insecure-transport",
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": INSECURE},
            True,
        ),
        ("denies-insecure-transport", {"Principal": "*", "Condition": INSECURE}, False),
        (
            "denies-insecure-transport",
            {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Condition": INSECURE},
            False,
        ),
        (
            "denies-insecure-transport",
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Condition": {**INSECURE, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
            },
            False,
        ),
        ("requires-mfa", {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, True),
    ],
)
def test_a_question_to_a_document(question: str, statement: dict[str, Any], answer: bool) -> None:
    assert ask(parse(json.dumps(document(**statement))), question, []) is answer


@pytest.mark.parametrize(("accounts", "answer"), [(["111122223333"], False), (["444455556666"], True), ([], True)])
def test_the_own_account_is_no_other_one_where_the_plan_shows_it(accounts: list[str], answer: bool) -> None:
    policy = json.dumps(document(Principal={"AWS": "arn:aws:iam::111122223333:root"}))
    data = tuple(
        Resource(
            address=f"data.aws_caller_identity.c{i}",
            mode="data",
            type="aws_caller_identity",
            name=f"c{i}",
            values={"account_id": account},
        )
        for i, account in enumerate(accounts)
    )
    subject, ctx = asked(world(resource("aws_x.a", {"policy": policy}), data=data), "aws_x.a")
    condition = Condition(attribute="policy", policy=PolicyQuestion(question="allows-other-account"))
    assert evaluate(condition, Place(subject, subject.root), ctx).value is answer


def test_text_that_is_no_policy_answers_nothing() -> None:
    assert ask(parse("not json"), "allows-public", []) is None


def from_data(statement: dict[str, Any], mask: dict[str, Any], question: str) -> bool | None:
    config = module({"aws_x.a": {"policy": refers("data.aws_iam_policy_document.d.json")}})
    data = Resource(
        address="data.aws_iam_policy_document.d",
        mode="data",
        type="aws_iam_policy_document",
        name="d",
        values={"statement": [statement]},
        unknown={"json": True, "statement": [mask]},
    )
    made = index(world(resource("aws_x.a", unknown={"policy": True}), config=config, data=(data,)))
    return ask(document_at(made.subjects["aws_x.a"], "policy"), question, [])


def test_a_document_known_only_after_apply_is_read_from_its_data_source() -> None:
    statement = {"actions": ["s3:*"], "principals": [{"type": "*", "identifiers": ["*"]}]}
    assert from_data(statement, {"resources": True}, "allows-public") is True


def test_unknown_parts_of_a_data_source_stay_unknown() -> None:
    statement = {"actions": ["s3:*"], "principals": [{"type": "AWS", "identifiers": []}]}
    mask = {"principals": [{"identifiers": [True]}]}
    assert from_data(statement, mask, "allows-public") is None


OFFICE = {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}


@pytest.mark.parametrize(
    ("deny", "public"),
    [
        ({"Condition": OFFICE}, False),
        ({"Condition": OFFICE, "Action": "s3:*"}, False),
        ({"Condition": {**OFFICE, "Bool": {"aws:ViaAWSService": "false"}}}, False),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, False),
        ({"Condition": {"StringNotLike": {"aws:SourceVpce": "*"}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, True),
        ({"Condition": {**OFFICE, "StringEquals": {"s3:prefix": "private"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        ({"Condition": {"Bool": {"aws:ViaAWSService": "false"}}}, True),
        ({"Condition": OFFICE, "Action": "s3:PutObject"}, True),
        ({"Condition": OFFICE, "Resource": "arn:aws:s3:::other/*"}, True),
        ({"Condition": OFFICE, "Principal": {"AWS": "123456789012"}}, True),
        ({"Condition": OFFICE, "Principal": None, "NotPrincipal": {"AWS": "123456789012"}}, True),
        ({}, False),
    ],
)
def test_what_is_allowed_to_everybody_may_be_denied_to_all_but_some(deny: dict[str, Any], public: bool) -> None:
    """As in the examples of API Gateway and S3: Allow everybody, then Deny by what they come from."""
    common = {"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    text = {"Statement": [{"Effect": "Allow", **common}, {"Effect": "Deny", **common, **deny}]}
    assert ask(parse(json.dumps(text)), "allows-public", []) is public
