"""``aws_iam_policy_document`` as the provider renders it. The expected texts follow the rules in the provider's source
(``internal/service/iam/policy_model.go``, version 6): the order of keys, falling order of texts, one element without brackets."""

from __future__ import annotations

import json

import pytest

from tfsrm.sources.hcl.policy_document import render
from tfsrm.sources.hcl.values import EvaluationError, Set, Unknown, Value

U = Unknown("known after apply", of="aws_s3_bucket.this.arn", kind="string", not_null=True)


def text(config: dict[str, Value]) -> str:
    """The rendered document."""
    value = render(config)["json"]
    assert isinstance(value, str)
    return value


def document(config: dict[str, Value]) -> object:
    """The rendered document, read; or what is known of it."""
    value = render(config)["json"]
    return value.partial if isinstance(value, Unknown) else json.loads(str(value))


def statement(**arguments: Value) -> dict[str, Value]:
    """A block as it is evaluated: what is not set is null."""
    names = (
        "sid",
        "effect",
        "actions",
        "not_actions",
        "resources",
        "not_resources",
        "principals",
        "not_principals",
        "condition",
    )
    return {**dict.fromkeys(names), **arguments}


def test_a_whole_document() -> None:
    config: dict[str, Value] = {
        "policy_id": "policy_id",
        "statement": [
            statement(sid="1", actions=["s3:GetBucketLocation", "s3:ListAllMyBuckets"], resources=["arn:aws:s3:::*"]),
            statement(
                actions=["s3:ListBucket"],
                resources=Set(["arn:aws:s3:::foo"]),
                not_principals=[{"type": "AWS", "identifiers": ["arn:blahblah:example"]}],
                condition=[
                    {"test": "StringLike", "variable": "s3:prefix", "values": ["home/", "", "home/&{aws:username}/"]}
                ],
            ),
            statement(
                actions=["s3:*"],
                resources=["arn:aws:s3:::foo/home/&{aws:username}", "arn:aws:s3:::foo/home/&{aws:username}/*"],
                principals=[{"type": "AWS", "identifiers": ["a", "b"]}, {"type": "Service", "identifiers": ["c"]}],
            ),
            statement(effect="Deny", not_actions=["s3:*"], not_resources=["arn:aws:s3:::*"]),
            statement(actions=["kinesis:*"], principals=[{"type": "AWS", "identifiers": ["*"]}]),
            statement(actions=["firehose:*"], principals=[{"type": "*", "identifiers": ["*"]}]),
        ],
    }
    assert (
        text(config)
        == """{
  "Version": "2012-10-17",
  "Id": "policy_id",
  "Statement": [
    {
      "Sid": "1",
      "Effect": "Allow",
      "Action": [
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation"
      ],
      "Resource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::foo",
      "NotPrincipal": {
        "AWS": "arn:blahblah:example"
      },
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "home/",
            "",
            "home/${aws:username}/"
          ]
        }
      }
    },
    {
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": [
        "arn:aws:s3:::foo/home/${aws:username}/*",
        "arn:aws:s3:::foo/home/${aws:username}"
      ],
      "Principal": {
        "AWS": [
          "b",
          "a"
        ],
        "Service": "c"
      }
    },
    {
      "Effect": "Deny",
      "NotAction": "s3:*",
      "NotResource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "kinesis:*",
      "Principal": {
        "AWS": "*"
      }
    },
    {
      "Effect": "Allow",
      "Action": "firehose:*",
      "Principal": "*"
    }
  ]
}"""
    )
    assert json.loads(str(render(config)["minified_json"])) == json.loads(text(config))
    assert "\n" not in str(render(config)["minified_json"])


def test_no_statement() -> None:
    assert text({}) == '{\n  "Version": "2012-10-17"\n}'


def test_conditions_of_one_test_stand_together() -> None:
    conditions: list[Value] = [
        {"test": "StringEquals", "variable": "b", "values": ["1"]},
        {"test": "Bool", "variable": "x", "values": [True]},
        {"test": "StringEquals", "variable": "a", "values": ["2", "1"]},
        {"test": "StringEquals", "variable": "b", "values": ["3"]},
    ]
    read = json.loads(text({"statement": [statement(condition=conditions)]}))
    assert read["Statement"][0]["Condition"] == {
        "Bool": {"x": "true"},
        "StringEquals": {"a": ["2", "1"], "b": ["1", "3"]},
    }
    assert list(read["Statement"][0]["Condition"]) == ["Bool", "StringEquals"]


def test_signs_are_escaped_as_go_does() -> None:
    assert "\\u003c\\u003e\\u0026é" in text({"statement": [statement(actions=["<>&é"])]})


def test_documents_are_merged_by_sid() -> None:
    first = text({"statement": [statement(actions=["a:1"]), statement(sid="one", actions=["a:2"])]})
    second = text({"statement": [statement(sid="two", effect="Deny", actions=["a:3"])]})
    override = text({"statement": [statement(sid="two", actions=["over:1"]), statement(actions=["b:1"])]})
    config: dict[str, Value] = {
        "source_policy_documents": [first, None, "", second],
        "statement": [statement(sid="one", actions=["own:1"])],
        "override_policy_documents": [override],
    }
    assert json.loads(text(config))["Statement"] == [
        {"Effect": "Allow", "Action": "a:1"},
        {"Sid": "one", "Effect": "Allow", "Action": "own:1"},
        {"Sid": "two", "Effect": "Allow", "Action": "over:1"},
        {"Effect": "Allow", "Action": "b:1"},
    ]


def test_the_newer_version_and_the_last_id_win() -> None:
    source = '{"Version":"2008-10-17","Id":"old","Statement":[]}'
    assert json.loads(text({"source_policy_documents": [source]})) == {"Version": "2012-10-17", "Id": "old"}
    assert json.loads(text({"version": "2008-10-17", "policy_id": "new", "source_policy_documents": [source]})) == {
        "Version": "2008-10-17",
        "Id": "new",
    }


def test_a_source_document_is_normalized() -> None:
    source = json.dumps(
        {
            "version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": ["a", "b"]},
                    "Action": ["x:1", "x:2"],
                    "Condition": {"Bool": {"k": True}, "StringEquals": {"v": ["one"]}},
                    "Other": 1,
                },
                {"Effect": "Allow", "Principal": "*", "Action": "x:3"},
            ],
        }
    )
    assert json.loads(text({"source_policy_documents": [source]}))["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["x:1", "x:2"],
            "Principal": {"AWS": ["b", "a"]},
            "Condition": {"Bool": {"k": "true"}, "StringEquals": {"v": "one"}},
        },
        {"Effect": "Allow", "Action": "x:3", "Principal": "*"},
    ]


@pytest.mark.parametrize(
    "config",
    [
        {"statement": [statement(sid="a"), statement(sid="a")]},
        {"source_policy_documents": ["nope"]},
        {"source_policy_documents": ["[]"]},
        {"source_policy_documents": ['{"Statement":[{"Sid":"a"}]}', '{"Statement":[{"Sid":"a"}]}']},
        {"source_policy_documents": ['{"Statement":{"Effect":"Allow"}}']},
        {"version": "2008-10-17", "statement": [statement(resources=["&{aws:username}"])]},
    ],
)
def test_what_the_provider_refuses_is_an_error(config: dict[str, Value]) -> None:
    with pytest.raises(EvaluationError):
        render(config)


class TestUnknownParts:
    """The text is not known, but what is known of the document is there."""

    def test_a_leaf(self) -> None:
        config: dict[str, Value] = {"statement": [statement(actions=["s3:*"], resources=[U])]}
        value = render(config)["json"]
        assert isinstance(value, Unknown)
        assert (value.kind, value.not_empty, value.reason) == ("string", True, "known after apply")
        assert value.partial == {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": U}],
        }

    def test_a_leaf_among_others(self) -> None:
        config: dict[str, Value] = {"statement": [statement(actions=["b", U, "a"])]}
        assert document(config) == {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["b", "a", U]}],
        }

    def test_a_statement_of_a_dynamic_block(self) -> None:
        config: dict[str, Value] = {"statement": [statement(actions=["a"]), U]}
        assert document(config) == {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a"}, U]}

    def test_a_source_document_that_is_known_in_parts(self) -> None:
        source = render({"statement": [statement(sid="x", resources=[U]), statement(sid="y", actions=["a"])]})["json"]
        config: dict[str, Value] = {
            "source_policy_documents": [source],
            "statement": [statement(sid="y", actions=["b"])],
        }
        assert document(config) == {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "x", "Effect": "Allow", "Resource": U},
                {"Sid": "y", "Effect": "Allow", "Action": "b"},
            ],
        }

    def test_an_unknown_override_may_replace_any_statement_with_a_sid(self) -> None:
        config: dict[str, Value] = {
            "statement": [statement(sid="x", actions=["a"]), statement(actions=["b"])],
            "override_policy_documents": [U],
        }
        read = document(config)
        assert isinstance(read, dict)
        first, second, last = read["Statement"]
        assert isinstance(first, Unknown)
        assert second == {"Effect": "Allow", "Action": "b"}
        assert last == Unknown("known after apply", of=U.of)

    def test_an_unknown_source_replaces_nothing(self) -> None:
        config: dict[str, Value] = {"source_policy_documents": [U], "statement": [statement(sid="x", actions=["a"])]}
        read = document(config)
        assert isinstance(read, dict)
        assert read["Statement"][1] == {"Sid": "x", "Effect": "Allow", "Action": "a"}

    def test_an_unknown_principal_or_condition(self) -> None:
        config: dict[str, Value] = {
            "statement": [
                statement(
                    principals=[{"type": "AWS", "identifiers": [U]}],
                    condition=[{"test": "ArnEquals", "variable": "aws:SourceArn", "values": [U]}],
                )
            ]
        }
        assert document(config) == {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": U}, "Condition": {"ArnEquals": {"aws:SourceArn": U}}}
            ],
        }
