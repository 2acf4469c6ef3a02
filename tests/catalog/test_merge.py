"""A user's folder laid over the shipped files: it adds, refines, switches off; every duty says where it came from."""

from __future__ import annotations

from pathlib import Path

from tests.catalog.factories import files, load, write
from tfsrm.catalog.folder import Pieces, load_folder
from tfsrm.catalog.merge import merge
from tfsrm.model.catalog import ResourceType

HEAD = """\
service: Amazon Box
model: abstracted
sources: [{url: "https://example.org", read: 2026-11-01}]
resources:
"""


def _merged(tmp_path: Path, texts: dict[str, str]) -> Pieces:
    base = load(write(tmp_path / "base", files()))
    own = load_folder(str(write(tmp_path / "own", texts)), "own")
    assert own.problems == []
    return merge(base.pieces, own.pieces)


def _box(pieces: Pieces) -> ResourceType:
    return pieces.services["box"].resources[0]


def test_a_duty_of_the_same_control_replaces_and_others_are_added(tmp_path: Path) -> None:
    duties = """\
  - type: aws_box
    role: store
    duties:
      - {control: lock-data, id: ours, ask: Who locks it here?}
      - {control: review-access, id: ours, ask: Who reviews it here?}
"""
    pieces = _merged(tmp_path, {"aws/ours.yaml": HEAD + duties})
    found = [(d.control, d.rule.split(":")[0]) for d in _box(pieces).duties]
    assert found == [
        ("encrypt-at-rest", "mappings/aws/box.yaml"),
        ("lock-data", "own/aws/ours.yaml"),
        ("patch-guest-os", "mappings/aws/box.yaml"),
        ("review-access", "own/aws/ours.yaml"),
    ]
    assert list(pieces.services) == ["box"]


def test_without_switches_a_duty_off(tmp_path: Path) -> None:
    off = "  - {type: aws_box, role: store, without: [{control: lock-data, because: Boxes are open here.}]}\n"
    box = _box(_merged(tmp_path, {"aws/box.yaml": HEAD + off}))
    assert "lock-data" not in [d.control for d in box.duties]
    assert [w.control for w in box.without] == ["lock-data"]


def test_no_duty_switches_all_of_them_off(tmp_path: Path) -> None:
    off = "  - {type: aws_box, role: store, no_duty: Boxes hold nothing here.}\n"
    box = _box(_merged(tmp_path, {"aws/box.yaml": HEAD + off}))
    assert (box.duties, box.on_delete, box.no_duty) == ([], [], "Boxes hold nothing here.")


def test_a_new_type_and_a_new_service_are_added(tmp_path: Path) -> None:
    crate = "  - {type: aws_crate, role: store, duties: [{control: lock-data, id: x, ask: Who?}]}\n"
    pieces = _merged(tmp_path, {"aws/crate.yaml": HEAD.replace("Box", "Crate") + crate})
    assert [r.type for r in pieces.services["crate"].resources] == ["aws_crate"]
    assert pieces.services["crate"].service == "Amazon Crate"


def test_what_is_refined_keeps_the_rest(tmp_path: Path) -> None:
    over = "  - {type: aws_box, role: store, identity: [arn], line: [{part: data, owner: shared, because: So.}]}\n"
    box = _box(_merged(tmp_path, {"aws/box.yaml": HEAD + over}))
    assert box.identity == ["name", "arn"]
    assert [v.title for v in box.variants] == ["Self-run box", "Managed box"]
    assert [o.part for o in box.line] == ["data"]
    assert len(box.duties) == 3


def test_controls_roles_frameworks_and_the_model_are_laid_over_by_id(tmp_path: Path) -> None:
    texts = files()
    own = {
        "controls/ours.yaml": texts["controls/all.yaml"].replace("Encrypt data at rest", "Encrypt it all"),
        "roles.yaml": "roles: [{id: store, says: Ours., duties: [{control: lock-data, id: x, ask: Who?}]}]\n",
        "frameworks/sp-1.0.yaml": texts["frameworks/sp-1.0.yaml"].replace("[encrypt-at-rest]", "[lock-data]"),
        "model.yaml": "layers: []\nmodels: []\nseverities: []\naccount_duties:\n  - {control: train-staff, id: y, ask: Who?}\n",
    }
    pieces = _merged(tmp_path, own)
    assert pieces.controls[0].title == "Encrypt it all"
    assert len(pieces.controls) == len(load(tmp_path / "base").pieces.controls)
    store = next(r for r in pieces.roles if r.id == "store")
    assert (store.says, [d.control for d in store.duties]) == ("Ours.", ["review-access", "lock-data"])
    assert [r.controls for r in pieces.frameworks[0].requirements] == [["lock-data"], ["lock-data"]]
    assert pieces.model is not None
    assert len(pieces.model.layers) == 3
    assert [(d.control, d.facets[0].id) for d in pieces.model.account_duties] == [("train-staff", "y")]
