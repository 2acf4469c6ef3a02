"""A second run over unchanged files takes what the first one made of them; whatever differs is read anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.sources.hcl.test_modules import installed, tree
from tfsrm.model.world import Input
from tfsrm.sources.hcl import Options, read_directory, reading, store
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.store import Store

MAIN = """
variable "name" {}
variable "password" {
  default   = "none"
  sensitive = true
}
variable "size" { default = 1.5 }
module "near" { source = "../near" }
module "far" { source = "acme/far/aws" }
locals { big = 123456789012345 }
resource "aws_db_instance" "d" {
  identifier        = "${var.name}-${terraform.workspace}"
  password          = var.password
  allocated_storage = local.big
  iops              = var.size
  tags = {
    text = fileexists("flag.txt") ? file("flag.txt") : file("text.txt")
    page = templatefile("page.tftpl", { name = upper(var.name) })
    all  = join(",", fileset(path.module, "conf/**"))
  }
}
resource "aws_vpc" "v" {
  count      = 2
  cidr_block = cidrsubnet("10.0.0.0/8", 8, count.index)
}
data "aws_iam_policy_document" "p" {
  statement { actions = ["s3:Get*"] }
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root module that depends on the disk in every way there is."""
    top = tmp_path / "work"
    (top / ".git").mkdir(parents=True)
    found = tree(
        top / "infra",
        main__tf=MAIN,
        odd__tf='resource "aws_sqs_queue" "q" {}\n',
        terraform__tfvars='name = "first"\n',
        text__txt="a text",
        page__tftpl="<${name}>",
        conf___a__json="{}",
        linked___other__txt="",
    )
    tree(top / "near", main__tf='resource "aws_s3_bucket" "b" { bucket = "near" }\n')
    tree(found / ".terraform/modules/far", main__tf='resource "aws_s3_bucket" "b" { bucket = "far" }\n')
    tree(found / "elsewhere", main__tf='resource "aws_s3_bucket" "b" { bucket = "elsewhere" }\n')
    installed(found, far=".terraform/modules/far")
    tree(tmp_path / "outside", main__tf=MAIN, values__tfvars="size = 2\n")
    return found


def again(path: Path | str, options: Options, monkeypatch: pytest.MonkeyPatch) -> Input:
    """A run that has to do without parsing and evaluating."""

    def never(*_: object) -> Input:
        raise AssertionError("read anew")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_directory", never)
        return read_directory(str(path), options)


def told(source: Input) -> Any:
    """All of it, comparable; the kind of each number and text counts."""
    return _typed(source)


def _typed(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return type(value).__name__, {name: _typed(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return "dict", [(name, _typed(item)) for name, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [_typed(item) for item in value]
    return type(value).__name__, value


def anew(path: Path | str, options: Options) -> Input:
    return reading.read_directory(str(path), options, Disk(), Store(None))


def test_a_second_run_reads_the_same(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_directory(str(root))
    assert len(first.after.resources) == 6
    assert told(again(root, Options(), monkeypatch)) == told(first) == told(anew(root, Options()))
    assert {entry.stat().st_mode & 0o777 for entry in home.iterdir()} == {0o600}


def replace(path: str, text: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)

    return change


def move(path: str, to: str) -> Callable[[Path], object]:
    return lambda root: (root / path).rename(root / to)


def link(path: str, to: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        (root / path).unlink(missing_ok=True)
        (root / path).symlink_to(to)

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file": replace("odd.tf", 'resource "aws_sqs_queue" "other" {}\n'),
    "a file of the same length": replace("odd.tf", 'resource "aws_sqs_queue" "r" {}\n'),
    "a file that cannot be read right": replace("odd.tf", 'resource "aws_sqs_queue" "q" {\n'),
    "a new file": replace("new.tf", 'resource "aws_sqs_queue" "new" {}\n'),
    "a new override": replace("odd_override.tf", 'resource "aws_vpc" "v" { count = 1 }\n'),
    "a file goes": lambda root: (root / "odd.tf").unlink(),
    "a file has another name": move("odd.tf", "even.tf"),
    "a file becomes a directory": lambda root: (move("odd.tf", "odd")(root), move("linked", "odd.tf")(root)),
    "a file of OpenTofu": replace("odd.tofu", ""),
    "values": replace("terraform.tfvars", 'name = "second"\n'),
    "more values": replace("more.auto.tfvars", 'name = "more"\n'),
    "a module": replace("../near/main.tf", ""),
    "a new file of a module": replace("../near/new.tf", 'resource "aws_sqs_queue" "new" {}\n'),
    "an installed module": replace(".terraform/modules/far/main.tf", 'resource "aws_sns_topic" "t" {}\n'),
    "modules are installed elsewhere": lambda root: installed(root, far="elsewhere"),
    "modules are not installed": lambda root: (root / ".terraform/modules/modules.json").unlink(),
    "a text": replace("text.txt", "another text"),
    "a template": replace("page.tftpl", "[${name}]"),
    "a file that was not there": replace("flag.txt", "here"),
    "a file more that matches": replace("conf/deep/b.json", "{}"),
    "a file less that matches": lambda root: (root / "conf/a.json").unlink(),
    "a link out of the project": link("text.txt", "../../outside/main.tf"),
    "a module that is a link": lambda root: (
        move("../near", "../former")(root),
        link("../near", "infra/elsewhere")(root),
    ),
    "the project ends here": lambda root: (root / ".git").mkdir(),
    "it has no version control": lambda root: (root / "../.git").rmdir(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_differs_is_read_anew(name: str, root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(read_directory(str(root)))
    CHANGES[name](root)
    second = read_directory(str(root))
    assert told(second) == told(anew(root, Options()))
    assert told(second) != first
    assert told(again(root, Options(), monkeypatch)) == told(second)


def test_the_same_bytes_behind_a_link_out_of_the_project_do_not_count(root: Path, home: Path) -> None:
    read_directory(str(root))
    (root / "../../outside/odd.tf").write_bytes((root / "odd.tf").read_bytes())
    link("odd.tf", "../../outside/odd.tf")(root)
    assert [n.because for n in read_directory(str(root)).not_seen] == ["a link that leads out of the project"]


def test_former_files_that_come_back_are_known(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when somebody goes from one branch to another."""
    first = read_directory(str(root))
    former = (root / "terraform.tfvars").read_bytes()
    CHANGES["values"](root)
    read_directory(str(root))
    (root / "terraform.tfvars").write_bytes(former)
    assert told(again(root, Options(), monkeypatch)) == told(first)


OPTIONS = {
    "workspace": Options(workspace="other"),
    "project": Options(project="."),
    "a file of values": Options(variable_files=("../../outside/values.tfvars",)),
    "values": Options(variables=("name=given",)),
    "data": Options(data=("aws_region.current.name=eu-west-1",)),
    "environment": Options(environment={"TF_VAR_password": "given"}),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_other_options_are_another_run(name: str, root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    read_directory(".")
    assert told(read_directory(".", OPTIONS[name])) == told(anew(".", OPTIONS[name]))
    assert told(read_directory(".")) == told(anew(".", Options()))


def test_another_name_of_the_directory_is_another_run(
    root: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report calls files as the user calls the directory; and what ``.`` is depends on where one is."""
    copy = tmp_path / "copy"
    tree(copy, main__tf='resource "aws_vpc" "copy" {}\n')
    for directory in (root, copy, root):
        monkeypatch.chdir(directory)
        for name in (".", "./", str(directory)):
            assert told(read_directory(name)) == told(anew(name, Options()))


def test_a_file_of_values_is_looked_at_again(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = root / "../../outside/values.tfvars"
    options = Options(variable_files=(str(given),))
    first = read_directory(str(root), options)
    assert told(again(root, options, monkeypatch)) == told(first)
    given.write_text("size = 3\n")
    second = read_directory(str(root), options)
    assert told(second) == told(anew(root, options))
    assert told(second) != told(first)


@pytest.mark.parametrize("name", ["values", "data", "environment"])
def test_nothing_is_kept_of_values_that_lie_in_no_file(
    name: str, root: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_directory(str(root), OPTIONS[name])
    with pytest.raises(AssertionError, match="read anew"):
        again(root, OPTIONS[name], monkeypatch)


def test_nothing_is_kept_of_a_pipe(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--var-file <(command)``: the secrets that it gives lie in no file."""
    for size in (2, 3):
        out, into = os.pipe()
        os.write(into, b"size = %d\n" % size)
        os.close(into)
        options = Options(variable_files=(f"/dev/fd/{out}",))
        found = read_directory(str(root), options)
        os.close(out)
        values = next(r.values for r in found.after.resources if r.type == "aws_db_instance")
        assert isinstance(values, dict)
        assert values["iops"] == size
    with pytest.raises(AssertionError, match="read anew"):
        again(root, options, monkeypatch)


def test_no_value_lies_in_clear(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(root, secret__auto__tfvars='password = "hunter2-hunter2"\n', text__txt="hunter2-hunter2")
    first = read_directory(str(root))
    assert "hunter2-hunter2" in str(told(again(root, Options(), monkeypatch)))
    assert told(first) == told(anew(root, Options()))
    assert len(list(home.iterdir())) >= 2
    assert not any(b"hunter2" in entry.read_bytes() for entry in home.iterdir())


def damaged(entry: Path, how: str) -> None:
    whole = entry.read_bytes()
    others = {
        "cut": whole[:-1],
        "flipped": bytes([*whole[:-1], whole[-1] ^ 1]),
        "empty": b"",
        "foreign": b"\x80\x04\x95.",
    }
    entry.write_bytes(others[how])


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "foreign"])
def test_damaged_entries_are_read_over(how: str, root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(read_directory(str(root)))
    for entry in home.iterdir():
        damaged(entry, how)
    assert told(read_directory(str(root))) == first
    assert told(again(root, Options(), monkeypatch)) == first


def test_an_entry_in_the_place_of_another_is_a_miss(root: Path, home: Path) -> None:
    first = told(read_directory(str(root)))
    whole = {entry: entry.read_bytes() for entry in home.iterdir()}
    for entry, other in zip(whole, [*list(whole)[1:], next(iter(whole))], strict=True):
        entry.write_bytes(whole[other])
    assert told(read_directory(str(root))) == first


def test_content_of_another_shape_is_a_miss(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(read_directory(str(root)))
    for content in (b"", b"\xc1", msgspec.msgpack.encode([1]), msgspec.msgpack.encode([["unheard of", "/", 1]])):
        with monkeypatch.context() as patch:
            patch.setattr(store.Store, "read", lambda *_, c=content: c)
            assert told(read_directory(str(root))) == first


def test_another_edition_of_the_tool_reads_anew(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_directory(str(root))
    monkeypatch.setattr(store, "edition", lambda: b"another")
    with pytest.raises(AssertionError, match="read anew"):
        again(root, Options(), monkeypatch)


def test_where_it_cannot_be_told_from_another_nothing_is_kept(
    root: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "edition", lambda: None)
    read_directory(str(root))
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("place", ["/proc/nowhere", "", "/dev/null"])
def test_without_a_place_every_run_reads_anew(place: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", place)
    assert told(read_directory(str(root))) == told(read_directory(str(root))) == told(anew(root, Options()))


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where nobody may")
def test_a_place_that_is_only_read_serves_what_is_there(
    root: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_directory(str(root))
    home.chmod(0o500)
    again(root, Options(), monkeypatch)
    CHANGES["values"](root)
    assert told(read_directory(str(root))) == told(anew(root, Options()))


def test_a_number_too_long_to_be_written_down_is_read_anew(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path / "r", main__tf='resource "aws_vpc" "v" {\n x = 123456789012345678901234567890\n y = 1e400\n}\n')
    for _ in range(2):
        assert told(read_directory(str(tmp_path / "r"))) == told(anew(tmp_path / "r", Options()))


def test_runs_at_once_agree(root: Path, home: Path) -> None:
    command = [sys.executable, "-m", "tfsrm", "analyze", str(root), "--format", "json", "--today", "2026-11-28"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    reports = {run.communicate()[0] for run in runs}
    reports.add(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert [run.returncode for run in runs] == [0] * 4
    assert len(reports) == 1
    assert not any(entry.name.startswith(".") for entry in home.iterdir())


def test_a_second_run_imports_neither_parser_nor_evaluator(root: Path, home: Path) -> None:
    code = (
        "import json, sys; from tfsrm.sources.hcl import read_directory; read_directory(sys.argv[1])\n"
        "print(json.dumps(sorted(m for m in sys.modules if m.startswith('tfsrm.sources.hcl.') or m == 'hashlib')))"
    )
    for heavy in (True, False):
        done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
        loaded = set(json.loads(done.stdout))
        assert "tfsrm.sources.hcl.earlier" in loaded
        assert ({"tfsrm.sources.hcl.front", "tfsrm.sources.hcl.scope", "hashlib"} <= loaded) is heavy
        assert bool({"tfsrm.sources.hcl.front", "tfsrm.sources.hcl.scope", "hashlib"} & loaded) is heavy


WATCHED = """
import json, os, sys
from tfsrm.sources.hcl import Options, reading
from tfsrm.sources.hcl.disk import Disk
from tfsrm.sources.hcl.store import Store
root, below = sys.argv[1:]
seen = []
def watch(event, arguments):
    if event in ("open", "os.scandir", "os.listdir") and isinstance(arguments[0], str):
        seen.append(os.path.realpath(arguments[0]))
disk = Disk()
sys.addaudithook(watch)
reading.read_directory(root, Options(), disk, Store(None))
looked = {path for path in seen if path.startswith(below + os.sep)}
walked = [path for what, path, _ in disk.questions if what == "walk"]
asked = {path for _, path, _ in disk.questions}
print(json.dumps([len(looked), [p for p in looked - asked if not any(p.startswith(w + os.sep) for w in walked)]]))
"""


def test_nothing_of_the_project_is_read_but_through_the_disk(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WATCHED, str(root), str(tmp_path / "work")]
    looked, unasked = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert looked >= 12
    assert unasked == []
