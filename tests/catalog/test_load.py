"""Reading mapping files: every slip of every file at once, with its line, in a writer's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalog.factories import files, load, spoilt, write
from tfsrm.catalog.folder import sound
from tfsrm.errors import MappingError
from tfsrm.model.catalog import Service, TypeDuty
from tfsrm.model.condition import Condition, Default

BOX = "aws/box.yaml"

SLIPS = {
    "not YAML": (BOX, "resources:", "resources: [", "not YAML: "),
    "tab": (BOX, "  - type: aws_box\n", "\t- type: aws_box\n", "not YAML: "),
    "key twice": (BOX, "    role: store\n", "    role: store\n    role: shop\n", ":12: role: written twice (first on line 11)"),
    "on as key": (BOX, "    role: store\n", "    role: store\n    on: 1\n", ":12: on: YAML does not read this key as text; put it in quotes"),
    "yes as value": (BOX, "locked, equals: true", "locked, equals: yes", "yes: YAML reads this as true or false; write true or false"),
    "base 60": (BOX, "equals: self", "equals: 22:22", "22:22: YAML reads this as another number; put it in quotes"),
    "octal": (BOX, "equals: self", "equals: 010", "010: YAML reads this as another number"),
    "infinite": (BOX, "equals: self", "equals: .inf", ".inf: YAML reads this as another number"),
    "alias": (BOX, "[name]", "[&a name, *a]", "anchors and aliases (&, *) are not used here"),
    "alias of fields": (BOX, "identity: [name]", "sources: &s []\n    line: *s", "anchors and aliases (&, *) are not used here"),
    "merge key": (BOX, "    role: store\n", "    role: store\n    <<: {a: 1}\n", "merge keys (<<) are not used here"),
    "tag": (BOX, "equals: self", "equals: !!binary aGk=", "the tag tag:yaml.org,2002:binary is not used here"),
    "odd key": (BOX, "    role: store\n", "    role: store\n    [a]: 1\n", "a key must be plain text"),
    "unknown field": (BOX, "    role: store\n", "    role: store\n    dutys: []\n", ":12: unknown field 'dutys'; did you mean 'duties'?"),
    "unknown field at the top": (BOX, "aws_does: Keeps", "aws_dos: Keeps", ":4: unknown field 'aws_dos'; did you mean 'aws_does'?"),
    "rule by hand": (BOX, "        id: patched\n", "        id: patched\n        rule: x\n", "unknown field 'rule'"),
    "missing": (BOX, "  - type: aws_box_lock\n    role: companion\n", "  - type: aws_box_lock\n", "aws_box_lock: needs 'role'"),
    "missing at the top": (BOX, "model: abstracted\n", "", ":2: needs 'model'"),
    "enum": (BOX, "verdict: unmet, hcl: 'res", "verdict: unmett, hcl: 'res", "verdict: 'unmett' is not one of attest, met, unknown, unmet; did you mean 'unmet'?"),
    "present: false": (BOX, "equals: self", "present: false", "present: false is not one of true"),
    "present: 1": (BOX, "equals: self", "present: 1", "present: 1 is not one of true"),
    "text for a list": (BOX, "variants: [Self-run box]", "variants: Self-run box", "variants: expected a list, got 'Self-run box'"),
    "fields for a list": (BOX, "identity: [name]", "identity: {a: b}", "identity: expected a list, got fields"),
    "number for text": ("lifecycle/box-modes.yaml", 'version: "1"', "version: 1", "version: expected text, got 1; put it in quotes"),
    "text for a date": (BOX, "read: 2026-11-24", "read: soon", "read: expected a date (2026-11-24), got 'soon'"),
    "http": (BOX, '"https://docs.aws.amazon.com/box", read', '"http://docs.aws.amazon.com/box", read', "must start with https://"),
    "kebab": (BOX, "id: patched", "id: Patched", "id: 'Patched' must be kebab-case"),
    "type's form": (BOX, "type: aws_box_lock", "type: google_box", "is not a resource type of the AWS provider"),
    "text for fields": (BOX, "met_when: {attribute: encrypted, equals: true}", "met_when: encrypted", "met_when: expected fields, got 'encrypted'"),
    "list for fields": ("model.yaml", "line: {data: customer, engine: shared, guest-os: aws, hardware: aws}", "line: []", "line: expected fields, got a list"),
    "owner": ("model.yaml", "engine: shared,", "engine: consumer,", "engine: 'consumer' is not one of aws, customer, none, shared; did you mean 'customer'?"),
    "no value": (BOX, "role: store", "role:", "role: expected text, got nothing"),
    "wrong scalar": (BOX, "equals: self", "equals: {a: b}", "equals: expected text or true or false or a whole number or a number, got fields"),
}  # fmt: skip


@pytest.mark.parametrize("case", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_named_with_its_line(case: tuple[str, str, str, str], tmp_path: Path) -> None:
    file, old, new, expected = case
    loaded = load(spoilt(tmp_path, file, old, new))
    assert any(expected in p for p in loaded.problems), loaded.problems
    with pytest.raises(MappingError) as raised:
        sound(loaded)
    assert raised.value.problems == loaded.problems


def test_all_slips_of_all_files_come_at_once(tmp_path: Path) -> None:
    texts = files()
    texts[BOX] = texts[BOX].replace("id: patched", "id: Patched").replace("equals: self", "equal: self")
    texts["roles.yaml"] = texts["roles.yaml"].replace("says: A store.", "say: A store.")
    problems = load(write(tmp_path, texts)).problems
    found = [p.split(":")[0] for p in problems]
    assert found == ["mappings/roles.yaml"] * 2 + ["mappings/aws/box.yaml"] * 2


def test_a_bad_duty_is_left_out_alone(tmp_path: Path) -> None:
    loaded = load(spoilt(tmp_path, BOX, "id: patched", "id: Patched"))
    box = loaded.pieces.services["box"].resources[0]
    assert [d.control for d in box.duties] == ["encrypt-at-rest", "lock-data"]
    assert loaded.dropped == {"patch-guest-os", "Patched"}


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_is_a_problem(tmp_path: Path, text: str) -> None:
    assert load(write(tmp_path, {BOX: text})).problems == ["mappings/aws/box.yaml:1: the file is empty"]


def test_a_file_that_is_no_mapping_file_is_a_problem(tmp_path: Path) -> None:
    problems = load(write(tmp_path, {"aws/a.yml": "a: 1", "s3.yaml": "a: 1", "aws/b.yaml": "- 1"})).problems
    assert problems[0].startswith("mappings/s3.yaml:1: not a mapping file")
    assert problems[1].startswith("mappings/aws/a.yml:1: not a mapping file")
    assert problems[2] == "mappings/aws/b.yaml:1: the file: expected fields, got a list"


def test_a_file_that_is_not_text_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, {BOX: ""})
    (tmp_path / BOX).write_bytes(b"service: \xff\n")
    assert load(tmp_path).problems == ["mappings/aws/box.yaml:1: not UTF-8 text (byte 9)"]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert load(tmp_path / "none").problems == ["mappings: not a folder of mapping files"]


def test_generated_and_hidden_files_are_not_read(tmp_path: Path) -> None:
    texts = {
        "compiled/a.yaml": "x",
        "provider/b.yaml": "x",
        "schema/c.yaml": "x",
        ".git/d.yaml": "x",
        "aws/.e.yaml": "x",
    }
    assert load(write(tmp_path, texts)).files == []


def _service(folder: Path) -> Service:
    loaded = load(folder)
    assert loaded.problems == []
    return loaded.pieces.services["box"]


def _duty(service: Service, control: str) -> TypeDuty:
    return next(d for d in service.resources[0].duties if d.control == control)


def test_every_duty_and_settles_says_where_it_was_written(tmp_path: Path) -> None:
    service = _service(write(tmp_path, files()))
    lines = files()[BOX].splitlines()
    for found in service.resources:
        for duty in (*found.duties, *found.on_delete):
            file, line = duty.rule.split(":")
            assert file == "mappings/aws/box.yaml"
            assert f"control: {duty.control}" in lines[int(line) - 1]
    assert service.duties[0].rule == "mappings/aws/box.yaml:8"
    file, line = service.resources[1].settles[0].rule.split(":")
    assert "of: aws_box" in lines[int(line) - 1]


def test_an_inline_facet_becomes_the_only_one(tmp_path: Path) -> None:
    duty = _duty(_service(write(tmp_path, files())), "patch-guest-os")
    assert (duty.id, duty.ask) == (None, None)
    assert [(f.id, f.ask) for f in duty.facets] == [("patched", "Who patches the host of this box?")]


def test_a_facets_default_goes_to_its_only_leaf(tmp_path: Path) -> None:
    facet = _duty(_service(write(tmp_path, files())), "encrypt-at-rest").facets[0]
    default = Default(value=False, source="https://docs.aws.amazon.com/box")
    assert facet.default is None
    assert facet.met_when == Condition(attribute="encrypted", equals=True, default=default)


def test_a_facets_default_goes_to_every_leaf_that_asks_the_one_attribute(tmp_path: Path) -> None:
    asked = "met_when: {any_of: [{attribute: size, at_least: 1}, {none_of: [{attribute: size, at_most: 2}]}]}"
    service = _service(spoilt(tmp_path, BOX, "met_when: {attribute: encrypted, equals: true}", asked))
    met = _duty(service, "encrypt-at-rest").facets[0].met_when
    assert met is not None
    assert met.any_of is not None
    assert met.any_of[1].none_of is not None
    assert met.any_of[0].default is not None
    assert met.any_of[1].none_of[0].default == met.any_of[0].default


def test_inside_some_a_leaf_without_attribute_asks_the_element(tmp_path: Path) -> None:
    service = _service(
        spoilt(tmp_path, BOX, "attribute: rule, some: {attribute: cidr, open", "attribute: names, some: {open")
    )
    unmet = _duty(service, "lock-data").facets[1].unmet_when
    assert unmet is not None
    assert unmet.some == Condition(attribute="", open_cidr=True)


def test_a_control_has_the_theme_of_its_file(tmp_path: Path) -> None:
    assert {c.theme for c in load(write(tmp_path, files())).pieces.controls} == {"all"}
