"""The data source ``aws_iam_policy_document``, rendered as the AWS provider renders it."""

from __future__ import annotations

from tfsrm.sources.hcl.values import Value


def render(config: dict[str, Value]) -> dict[str, Value]:
    """The computed attributes ``json`` and ``minified_json``.

    ``config``: evaluated arguments; blocks (``statement``, in it ``principals``, ``not_principals``, ``condition``) are lists
    of dicts, an Unknown in the list where a dynamic block cannot be expanded. With an unknown leaf the text is an Unknown
    whose ``partial`` is the document, unknowns inside.
    """
    from tfsrm.sources.hcl.values import Unknown
    return {"json": Unknown("todo", kind="string", not_empty=True)}
