"""The linter: a sound catalogue has no problem, and each way to spoil it is named with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.catalog.factories import SCHEMA, TODAY, files, load, report, spoilt, write
from tfsrm.catalog.lint import CHECKS, ESSENTIAL, examine, lint

BOX = "aws/box.yaml"
MET = "met_when: {attribute: encrypted, equals: true}"
DEFAULT = '        default: {value: false, source: "https://docs.aws.amazon.com/box"}\n'


def test_a_sound_catalogue_has_no_problem_and_no_warning(tmp_path: Path) -> None:
    found = report(write(tmp_path, files()))
    assert found.problems == []
    assert found.warnings == []


SPOILT = {
    # files
    "schema line": ("roles.yaml", "schema/roles", "roles", "roles.yaml:1: the first line must be"),
    "lifecycle id": ("lifecycle/box-modes.yaml", "id: box-modes", "id: modes", "must be the file's name"),
    # uniqueness
    "control twice": ("controls/all.yaml", "id: lock-data", "id: review-access", "control 'review-access' is here twice"),
    "type twice": (BOX, "type: aws_box_lock", "type: aws_box", "resource type 'aws_box' is here twice"),
    "duty twice": (BOX, "      - control: lock-data\n", "      - control: encrypt-at-rest\n", "encrypt-at-rest is here already"),
    "facet twice": (BOX, "id: narrow", "id: locked", "facet 'locked' is here twice"),
    "role twice": ("roles.yaml", "{id: companion", "{id: store", "role 'store' is here twice"),
    "requirement twice": ("frameworks/sp-1.0.yaml", '"1.2"', '"1.1"', "requirement '1.1' is here twice"),
    "version twice": ("lifecycle/box-modes.yaml", '"2"', '"1"', "version '1' is here twice"),
    "part twice": ("model.yaml", "id: guest-os, title", "id: engine, title", "part 'engine' is here twice"),
    "example twice": (BOX, "title: nothing said", "title: said", "two examples of encrypted are called 'said'"),
    # references
    "unknown control": (BOX, "control: lock-data", "control: lock-dat", "unknown control 'lock-dat'; did you mean 'lock-data'?"),
    "inherited control": (BOX, "control: encrypt-at-rest", "control: aws-hardware", "aws-hardware is inherited"),
    "occasion": (BOX, "control: encrypt-at-rest", "control: keep-last-copy", "keep-last-copy is decommission: it belongs in `on_delete`"),
    "unknown layer": ("controls/all.yaml", "layer: data", "layer: date", "unknown layer 'date'; did you mean 'data'?"),
    "unknown part": ("controls/all.yaml", "part: guest-os", "part: guest", "unknown part of layer platform: 'guest'"),
    "unknown role": (BOX, "role: store", "role: shop", "unknown role 'shop'"),
    "unknown model": (BOX, "model: abstracted", "model: abstract", "unknown service model 'abstract'; did you mean 'abstracted'?"),
    "unknown type": (BOX, "type: aws_box_lock", "type: aws_box_luck", "unknown resource type of the provider 'aws_box_luck'"),
    "variant's model": (BOX, "model: own-hosts", "model: own-host", "unknown service model 'own-host'"),
    "not inherited": (BOX, "inherited: [aws-hardware]", "inherited: [lock-data]", "lock-data is not of class inherited"),
    "override's part": (BOX, "    identity: [name]\n", "    line: [{part: dat, owner: aws, because: So.}]\n", "unknown part 'dat'"),
    "without": (
        BOX, "    identity: [name]\n", "    without: [{control: plan-capacity, because: So.}]\n", "store does not bring plan-capacity",
    ),
    "duty and without": (
        BOX, "    identity: [name]\n", "    without: [{control: lock-data, because: So.}]\n", "is a duty here and in `without`",
    ),
    "unknown variant": (BOX, "variants: [Self-run box]", "variants: [Self-run]", "unknown variant 'Self-run'; did you mean"),
    "no otherwise": (BOX, "otherwise: Managed box", "name: Managed box", "the last variant must be `otherwise"),
    "otherwise first": (BOX, "      - name: Self-run box", "      - otherwise: x", "`otherwise` must be the last variant"),
    "variant without when": (
        BOX,
        '        when: {attribute: mode, equals: self, default: {value: managed, source: "https://docs.aws.amazon.com/box"}}\n',
        "",
        "a variant needs `name` and `when`",
    ),
    "severity": (BOX, "        variants: [Self-run box]\n", "        variants: [Self-run box]\n        severity: low\n", "needs `because`"),
    "no_duty": (BOX, "    identity: [name]\n", "    no_duty: None.\n", "`no_duty` excludes duties"),
    "host": (BOX, "of: aws_box\n", "of: aws_bax\n", "unknown resource type of the catalogue 'aws_bax'; did you mean 'aws_box'?"),
    "host's role": (BOX, "of: aws_box\n", "of: role:stare\n", "unknown role 'stare'"),
    "host's duty": (BOX, "        control: lock-data\n        facet", "        control: plan-capacity\n        facet", "aws_box has no duty plan-capacity"),
    "host's facet": (BOX, "        facet: locked\n", "        facet: lockd\n", "unknown facet of lock-data of aws_box: 'lockd'"),
    "no link": (BOX, "        by: box\n", "", "needs exactly one of `by`, `by_tag`, `account_wide: true`"),
    "account link": (BOX, "of: aws_box\n", "of: account\n", "`of: account` needs no `by`"),
    "framework control": ("frameworks/sp-1.0.yaml", "[lock-data]", "[lok-data]", "unknown control 'lok-data'"),
    "framework type": ("frameworks/sp-1.0.yaml", "[aws_box]", "[aws_bx]", "unknown resource type of the provider 'aws_bx'"),
    # conditions
    "unknown attribute": (BOX, "attribute: encrypted", "attribute: encryptd", "aws_box: no attribute 'encryptd'; did you mean 'encrypted'?"),
    "no path": (BOX, "attribute: encrypted", 'attribute: "encrypted..x"', "is not an attribute path"),
    "block without index": (BOX, "attribute: rule, some", 'attribute: "rule.cidr", some', "rule is a list: write rule[*].cidr"),
    "index on a scalar": (BOX, "attribute: encrypted", 'attribute: "encrypted[*]"', "[*] asks for elements, but this is one true or false"),
    "bool as text": (BOX, "equals: true}\n", 'equals: "true"}\n', "equals: encrypted is true or false, 'true' is not"),
    "text as bool": (BOX, "equals: self, default", "equals: true, default", "equals: mode is text, true is not: put it in quotes"),
    "default's kind": (BOX, "value: managed", "value: false", "equals: mode is text, false is not"),
    "number": (BOX, MET, "met_when: {attribute: mode, at_least: 1}", "mode is text: at_least cannot ask that"),
    "list": (BOX, MET, "met_when: {attribute: names, equals: a}", "names is a list: equals asks one value; use [*]"),
    "some of a scalar": (BOX, "attribute: rule, some", 'attribute: "rule[*].cidr", some', "some asks a list; put the operator here directly"),
    "regex": (BOX, f"{MET}\n{DEFAULT}", 'met_when: {attribute: mode, matches: "("}\n', "matches: not a regular expression"),
    "json path": (BOX, MET, "met_when: {attribute: size, json_path: a, equals: 1}", "json_path: size is a number, not JSON text"),
    "two operators": (BOX, MET, "met_when: {attribute: encrypted, equals: true, present: true}", "exactly one operator, got equals, present"),
    "no operator": (BOX, MET, "met_when: {attribute: encrypted}", "exactly one operator, got none"),
    "no attribute": (BOX, MET, "met_when: {equals: true}", "the condition asks nothing"),
    "join and leaf": (BOX, MET, "met_when: {attribute: encrypted, any_of: [{attribute: name, present: true}]}", "any_of stands alone"),
    "empty join": (BOX, MET, "met_when: {any_of: []}", "any_of is empty"),
    "companion link": (BOX, "linked_by: box, attribute", "attribute", "a companion needs exactly one of `by` and `linked_by`"),
    "companion type": (BOX, "companion: aws_box_lock", "companion: aws_box_luck", "unknown resource type of the catalogue 'aws_box_luck'"),
    "companion attribute": (BOX, "linked_by: box, attribute: locked", "linked_by: box, attribute: loked", "aws_box_lock: no attribute 'loked'; did you mean 'locked'?"),
    "companion's link": (BOX, "linked_by: box,", "linked_by: bx,", "aws_box_lock: no attribute 'bx'"),
    "where and attribute": (
        BOX, "linked_by: box, attribute", "linked_by: box, where: {attribute: locked, present: true}, attribute", "`where` stands instead",
    ),
    "companion in some": (BOX, "attribute: cidr, open_cidr: true", "companion: aws_box_lock, linked_by: box", "cannot be asked inside some"),
    "by without companion": (BOX, MET, "met_when: {attribute: encrypted, equals: true, by: name}", "`by` goes with a companion"),
    "survivor": (BOX, MET, 'met_when: {named_by_survivor: ["*"]}', "named_by_survivor is for `on_delete` only"),
    "survivor's type": (BOX, '["*"]', "[aws_bix]", "unknown resource type of the provider 'aws_bix'"),
    "secret": (BOX, f"{MET}\n{DEFAULT}", 'met_when: {attribute: password, matches: "."}\n', "password of aws_box is secret: only present or absent"),
    "listed secret": (BOX, f"{MET}\n{DEFAULT}", 'met_when: {attribute: user_data, contains: "x"}\n', "user_data of aws_box is secret"),
    "lifecycle": (BOX, f"{MET}\n{DEFAULT}", "met_when: {attribute: mode, supported_on: box-mode}\n", "unknown lifecycle file 'box-mode'; did you mean 'box-modes'?"),
    "services": (
        BOX,
        f"{MET}\n{DEFAULT}",
        "met_when: {attribute: policy, policy: {question: allows-public, services: [s3]}}\n",
        "`services` goes with",
    ),
    "no default": (BOX, DEFAULT, "", "encrypted is optional: add a `default`"),
    "useless default": (BOX, MET, "met_when: {attribute: encrypted, present: true}", "present needs no default"),
    "link": (BOX, "by: box\n", "by: bax\n", "aws_box_lock: no attribute 'bax'; did you mean 'box'?"),
    "identity": (BOX, "identity: [name]", "identity: [nam]", "aws_box: no attribute 'nam'; did you mean 'name'?"),
    "service condition": (
        BOX, "ask: Who plans capacity?", "says: Planned., met_when: {attribute: name, present: true}", "a duty of a service can only ask",
    ),
    "account condition": ("model.yaml", "ask: Who is", "when: {attribute: a, present: true}, ask: Who is", "a duty of the account can only ask"),
    # facets
    "no facet": (BOX, "        id: patched\n        ask: Who patches the host of this box?\n", "", "patch-guest-os: needs a facet"),
    "no id": (BOX, "        id: patched\n", "", "`ask` needs the facet's `id`"),
    "inline and list": (BOX, "      - control: lock-data\n", "      - control: lock-data\n        id: x\n", "`id` beside `facets`"),
    "asks nothing": (BOX, "        ask: Who patches the host of this box?\n", "", "facet patched: needs met_when, unmet_when or ask"),
    "no says": (BOX, "        says: The box is encrypted.\n", "", "facet encrypted: a condition needs `says`"),
    "both without ask": (
        BOX, MET, f"{MET}\n        unmet_when: {{attribute: encrypted, equals: false}}", "met_when and unmet_when together need `ask`",
    ),
    "lonely default": (BOX, "        id: patched\n", f"        id: patched\n{DEFAULT}", "a default needs a condition"),
    "default for two": (
        BOX, MET, "met_when: {any_of: [{attribute: encrypted, equals: true}, {attribute: size, at_least: 1}]}", "give each leaf its own default",
    ),
    "no met example": (BOX, "verdict: met, hcl: 'res", "verdict: unmet, hcl: 'res", "facet encrypted: needs an example with verdict met"),
    "no unmet example": (BOX, "verdict: unmet, hcl: 'res", "verdict: met, hcl: 'res", "facet encrypted: needs an example with verdict unmet"),
    "no attest example": (BOX, "facet: locked, verdict: attest", "facet: locked, verdict: met", "facet locked: needs an example with verdict attest"),
    "example's facet": (BOX, "{title: said, facet: encrypted", "{title: said, facet: encryptd", "unknown facet 'encryptd'"),
    "settles examples": (BOX, 'title: open, facet: locked, verdict: attest', "title: open, facet: locked, verdict: met", "needs two examples with different verdicts"),
    "settles facet": (BOX, "title: open, facet: locked", "title: off, facet: narrow", "the example is about locked, not narrow"),
    # ownership
    "aws's part": (BOX, "        variants: [Self-run box]\n", "", "part guest-os is AWS's in variant 'Managed box' (abstracted)"),
    "aws's layer": ("controls/all.yaml", "layer: data", "layer: hardware", "layer hardware is AWS's in"),
    "no such part": ("model.yaml", "engine: customer, guest-os: customer", "engine: customer, guest-os: none", "part guest-os does not exist in variant"),
    "role's duty": (BOX, "    identity: [name]\n", "    line: [{part: data, owner: aws, because: So.}]\n", "aws_box: role store brings review-access, but layer data is AWS's"),
    "line incomplete": ("model.yaml", "line: {data: customer, engine: shared,", "line: {data: customer,", "model abstracted: no owner for part engine"),
    # words
    "long": (BOX, "aws_does: Keeps boxes.", f"aws_does: {'so ' * 31}.", "aws_does: 32 words, at most 30"),
    "long title": ("controls/all.yaml", "title: Encrypt data at rest", f"title: {'so ' * 11}", "title: 11 words, at most 10"),
    "long short": ("model.yaml", "short: Platform", f"short: {'x' * 25}", "short: 25 characters, at most 24"),
    "no stop": (BOX, "says: The box is encrypted.", "says: The box is encrypted", "says must end with a full stop"),
    "two sentences": (BOX, "says: The box is encrypted.", "says: It is. It was.", "says must be one sentence"),
    "no question": (BOX, "ask: Who locks this box?", "ask: Lock this box.", "ask must end with a question mark"),
    "empty": ("controls/all.yaml", "severity_because: Data leaks otherwise.", 'severity_because: " "', "severity_because is empty"),
    "future": (BOX, "read: 2026-11-24", "read: 2026-11-25", "read: 2026-11-25 is in the future"),
    "no source": ("controls/all.yaml", 'sources: [{url: "https://docs.aws.amazon.com/a", read: 2026-11-01}]', "sources: []", "needs at least one source"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT.values(), ids=SPOILT.keys())
def test_what_is_spoilt_is_named(case: tuple[str, str, str, str], tmp_path: Path) -> None:
    file, old, new, expected = case
    problems = report(spoilt(tmp_path, file, old, new)).problems
    assert any(expected in p for p in problems), problems
    assert all(re.match(r"mappings/[\w./-]+\.yaml:\d+: \S", p) for p in problems), problems


WARNED = {
    "unused control": (BOX, "duties:\n  - {control: plan-capacity, id: planned, ask: Who plans capacity?}\n", "", "no duty uses the control plan-capacity"),
    "unused role": ("roles.yaml", "  - {id: companion", "  - {id: other, says: x}\n  - {id: companion", "no resource type has the role other"),
    "no default in a block": (BOX, "attribute: cidr, open_cidr: true", "attribute: cidr, equals: a", "cidr is optional: add a `default`"),
    "scope": ("controls/all.yaml", "    scope: account\n", "", "train-staff has scope resource: as a duty of a account it is there once per account"),
    "model's sources": ("model.yaml", 'sources: [{url: "https://docs.aws.amazon.com/a", read: 2026-11-01}]', "sources: []", "model abstracted names no source"),
}  # fmt: skip


@pytest.mark.parametrize("case", WARNED.values(), ids=WARNED.keys())
def test_what_is_doubtful_is_a_warning_only(case: tuple[str, str, str, str], tmp_path: Path) -> None:
    file, old, new, expected = case
    found = report(spoilt(tmp_path, file, old, new))
    assert found.problems == []
    assert any(expected in w for w in found.warnings), found.warnings


def test_a_default_is_not_asked_for_where_a_condition_beside_it_asks_for_presence(tmp_path: Path) -> None:
    guarded = "met_when: {any_of: [{attribute: size, absent: true}, {attribute: size, at_least: 1}]}"
    folder = spoilt(tmp_path, BOX, f"{MET}\n{DEFAULT}", f"{guarded}\n")
    assert report(folder).problems == []


def test_a_companion_may_settle_a_facet_and_never_worsen_it(tmp_path: Path) -> None:
    folder = spoilt(
        tmp_path, BOX, "        facet: locked\n", "        facet: locked\n        unmet_when: {any_of: []}\n"
    )
    assert report(folder).problems == []


def test_two_duties_of_one_control_may_stand_apart_by_variant_or_condition(tmp_path: Path) -> None:
    again = "      - {control: patch-guest-os, variants: [Self-run box], when: {attribute: name, present: true}, id: more, ask: Who?}\n"
    folder = spoilt(tmp_path, BOX, "    on_delete:\n", f"{again}    on_delete:\n")
    assert report(folder).problems == []


def test_a_slip_in_one_file_hides_nothing_in_another(tmp_path: Path) -> None:
    texts = files()
    texts["roles.yaml"] = texts["roles.yaml"].replace("ask: Who reviewed", "asks: Who reviewed")
    texts[BOX] = texts[BOX].replace("says: The box is encrypted.", "says: The box is encrypted")
    problems = report(write(tmp_path, texts)).problems
    assert [p.split(": ", 1)[1] for p in problems] == [
        "says must end with a full stop",
        "unknown field 'asks'; did you mean 'ask'?",
    ]


def test_names_of_pieces_left_out_are_not_called_unknown(tmp_path: Path) -> None:
    texts = files()
    texts["controls/all.yaml"] = texts["controls/all.yaml"].replace("severity: high", "severity: higher", 1)
    problems = report(write(tmp_path, texts)).problems
    assert problems == [
        "mappings/controls/all.yaml:8: severity: 'higher' is not one of critical, high, low, medium; did you mean 'high'?"
    ]


def test_a_folder_of_ones_own_is_checked_against_the_shipped_files(tmp_path: Path) -> None:
    base = load(write(tmp_path / "base", files()))
    own = write(tmp_path / "own", {"aws/mine.yaml": _OWN})
    found = examine(load(own), base.pieces, SCHEMA, TODAY)
    assert found.problems == ["mappings/aws/mine.yaml:8: unknown control 'locked-data'; did you mean 'lock-data'?"]
    assert examine(load(own), base.pieces, SCHEMA, TODAY, ESSENTIAL).problems == found.problems
    assert set(ESSENTIAL) < set(CHECKS)


_OWN = """\
service: Amazon Box
model: abstracted
sources: [{url: "https://example.org", read: 2026-11-01}]
resources:
  - type: aws_box
    role: store
    duties:
      - {control: locked-data, id: mine, ask: Who?}
"""


def test_the_command_checks_a_folder(tmp_path: Path) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / "x.yml").write_text("a: 1\n", encoding="utf-8")
    assert lint(tmp_path / "nowhere")[0].endswith("not a folder of mapping files")
