"""Bytes in: encodings, compression, limits, wrappers; one InputError for all that cannot be read."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from tests.sources.factories import plan, row
from tfsrm.errors import InputError
from tfsrm.sources import read, stream
from tfsrm.sources.stream import gunzip, position, size_words

PLAN = json.dumps(plan(row("aws_sqs_queue.q", "create", after={"name": "q"})))


def write(tmp_path: Path, data: bytes, name: str = "plan.json") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


def refused(path: str, **options: object) -> InputError:
    with pytest.raises(InputError) as found:
        read(path, **options)  # type: ignore[arg-type]
    return found.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    [source] = read(write(tmp_path, PLAN.encode(encoding)))
    assert [c.address for c in source.changes] == ["aws_sqs_queue.q"]


@pytest.mark.parametrize("mark", [b"\xfe\xff", b"\xff\xfe"])
def test_utf_16_with_a_mark_is_read_in_both_orders(mark: bytes, tmp_path: Path) -> None:
    encoding = "utf-16-be" if mark == b"\xfe\xff" else "utf-16-le"
    assert read(write(tmp_path, mark + PLAN.encode(encoding)))


def test_gzip_is_read_whatever_the_name_and_in_several_members(tmp_path: Path) -> None:
    half = len(PLAN) // 2
    data = gzip.compress(PLAN[:half].encode()) + gzip.compress(PLAN[half:].encode())
    [source] = read(write(tmp_path, data, "plan.txt"))
    assert len(source.changes) == 1


def test_the_digest_is_of_the_bytes_as_found(tmp_path: Path) -> None:
    plain, packed = read(write(tmp_path, PLAN.encode())), read(write(tmp_path, gzip.compress(PLAN.encode()), "b"))
    assert plain[0].digest != packed[0].digest
    assert plain[0].digest.startswith("sha256:")


def test_a_gzip_bomb_is_refused_at_the_limit(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(b" " * 4_000_000))
    assert "larger than the limit of 1 MiB when decompressed" in str(refused(path, max_bytes=1024**2))


def test_a_gzip_bomb_is_refused_for_its_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "RATIO_FROM", 1024)
    with pytest.raises(InputError, match="times its size"):
        gunzip(gzip.compress(b" " * 4_000_000), "bomb")


@pytest.mark.parametrize("cut", [1, 12, 40])
def test_gzip_that_ends_early_or_is_damaged_is_refused(cut: int, tmp_path: Path) -> None:
    data = gzip.compress(PLAN.encode())
    assert "gzip" in refused(write(tmp_path, data[:-cut])).what
    assert "gzip" in refused(write(tmp_path, data[:20] + b"\xff\xff\xff" + data[23:])).what


def test_a_large_file_is_mapped_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAP_FROM", 100)
    [source] = read(write(tmp_path, b"\xef\xbb\xbf" + PLAN.encode() + b"\n"))
    assert len(source.changes) == 1


def test_a_file_that_cannot_be_mapped_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("no mapping here")

    monkeypatch.setattr(stream, "MAP_FROM", 100)
    monkeypatch.setattr("mmap.mmap", fails)
    assert len(read(write(tmp_path, PLAN.encode()))[0].changes) == 1


def test_a_sparse_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)
    assert "binary data" in str(refused(str(path)))
    with path.open("wb") as file:
        file.truncate(2 * 1024**3 + 1)
    assert "larger than the limit of 2 GiB" in str(refused(str(path)))


def test_standard_input_is_read_and_bounded() -> None:
    [source] = read("-", stdin=io.BytesIO(PLAN.encode()))
    assert source.path == "standard input"
    with pytest.raises(InputError, match="larger than the limit of 100 bytes"):
        read("-", stdin=io.BytesIO(PLAN.encode()), max_bytes=100)


@pytest.mark.parametrize(
    ("path", "what"),
    [("no/such/file", "No such file"), ("with\0zero", "cannot be read"), ("x" * 5000, "cannot be read")],
)
def test_a_path_that_cannot_be_opened_is_refused(path: str, what: str) -> None:
    assert what in str(refused(path))


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "Permission denied" in str(refused(str(tmp_path / "plan.json")))


WRAPPED = """[command]/opt/hosted/terraform-bin show -json tfplan
{}

::debug::Terraform exited with code 0.
::debug::stdout: {{
::set-output name=stdout::[command]%0A{{"a"
"""


def test_lines_of_the_setup_wrapper_are_stepped_over(tmp_path: Path) -> None:
    [source] = read(write(tmp_path, WRAPPED.format(PLAN).encode()))
    assert len(source.changes) == 1
    pretty = json.dumps(json.loads(PLAN), indent=2)
    [source] = read(write(tmp_path, WRAPPED.format(pretty).encode()))
    assert len(source.changes) == 1


def test_documents_one_per_line_are_inputs_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path, f"{PLAN}\n{PLAN}\n".encode())
    assert [source.path for source in read(path)] == [f"{path}#1", f"{path}#2"]


def test_text_after_the_document_is_refused_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, f"{PLAN}\n  and more".encode())
    assert refused(path).where == f"{path}:2:3"
    path = write(tmp_path, f"{PLAN} and more".encode())
    assert refused(path).where == f"{path}:1:{len(PLAN) + 2}"


def test_a_pretty_printed_plan_is_read(tmp_path: Path) -> None:
    assert read(write(tmp_path, b"\n " + json.dumps(json.loads(PLAN), indent=2).encode() + b"\n"))


def test_the_position_counts_characters() -> None:
    assert position("a\näöx".encode(), 6) == (2, 3)


@pytest.mark.parametrize(("size", "words"), [(2 * 1024**3, "2 GiB"), (1024, "1 KiB"), (1025, "1025 bytes")])
def test_sizes_in_words(size: int, words: str) -> None:
    assert size_words(size) == words
