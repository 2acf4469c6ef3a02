"""The functions of the AWS provider that compute from their arguments alone."""

from __future__ import annotations

from tfsrm.sources.hcl.functions.signature import Table, string
from tfsrm.sources.hcl.values import EvaluationError, Value

FUNCTIONS = Table()


def _parts(arn: str) -> list[str]:
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise EvaluationError("not an ARN")
    return parts


@FUNCTIONS.add("provider::aws::arn_parse", string, kind="object")
def _arn_parse(arn: str) -> Value:
    _, partition, service, region, account, resource = _parts(arn)
    return {
        "account_id": account,
        "partition": partition,
        "region": region,
        "resource": resource,
        "service": service,
    }


@FUNCTIONS.add("provider::aws::arn_build", string, string, string, string, string, kind="string")
def _arn_build(*parts: str) -> Value:
    return ":".join(("arn", *parts))


@FUNCTIONS.add("provider::aws::trim_iam_role_path", string, kind="string")
def _trim_iam_role_path(arn: str) -> Value:
    *parts, resource = _parts(arn)
    kind, _, name = resource.partition("/")
    if parts[2] != "iam" or kind != "role" or not name:
        raise EvaluationError("not the ARN of an IAM role")
    return ":".join((*parts, f"role/{name.rpartition('/')[2]}"))
