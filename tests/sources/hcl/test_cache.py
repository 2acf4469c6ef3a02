"""Parsed files are kept for the next run where only their owner can reach them; whatever is wrong there is a miss."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfsrm.sources.hcl import cache as module
from tfsrm.sources.hcl.cache import Cache
from tfsrm.sources.hcl.front import parse
from tfsrm.sources.hcl.json_syntax import parse_json
from tfsrm.sources.hcl.nodes import Body, Parsed

TEXT = 'r "a" {\n x = "${y[*].z}-%{ if a }b%{ endif }"\n n = [1, { (k) = !true }]\n}\nbroken "\n'
EMPTY = Parsed(Body((), ()))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "tfsrm"


@pytest.fixture
def opened(home: Path) -> Iterator[Cache]:
    found = Cache.open()
    assert found is not None
    yield found
    found.close()


def never(_: str) -> Parsed:
    raise AssertionError("parsed again")


never.__name__ = "parse"


def entries(home: Path) -> list[Path]:
    return sorted(home.iterdir())


def test_a_second_run_does_not_parse(opened: Cache, home: Path) -> None:
    assert opened.parsed(TEXT, parse) == parse(TEXT)
    assert opened.parsed(TEXT, never) == parse(TEXT)
    assert home.stat().st_mode & 0o777 == 0o700
    assert [entry.stat().st_mode & 0o777 for entry in entries(home)] == [0o600]


def test_another_text_or_another_syntax_is_another_entry(opened: Cache, home: Path) -> None:
    for text, reader in (("{}", parse), ("{}", parse_json), ("{} ", parse)):
        assert opened.parsed(text, reader) == reader(text)
    assert len(entries(home)) == 3


def test_another_version_does_not_read_the_entries_of_this(
    opened: Cache, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.parsed(TEXT, parse)
    monkeypatch.setattr(module, "__version__", "0.0.0")
    opened.parsed(TEXT, parse)
    assert len(entries(home)) == 2


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "huge"])
def test_a_damaged_entry_is_a_miss_and_is_written_anew(damage: str, opened: Cache, home: Path) -> None:
    opened.parsed(TEXT, parse)
    (entry,) = entries(home)
    whole = entry.read_bytes()
    entry.write_bytes(
        {
            "cut": whole[:-1],
            "flipped": whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
            "empty": b"",
            "other": b"\x80\x04\x95",
            "huge": whole + b"\0" * module.MAX_ENTRY,
        }[damage]
    )
    assert opened.parsed(TEXT, parse) == parse(TEXT)
    assert entry.read_bytes() == whole


def test_a_link_in_the_place_of_an_entry_is_not_followed(opened: Cache, home: Path, tmp_path: Path) -> None:
    opened.parsed(TEXT, parse)
    (entry,) = entries(home)
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    assert opened._read(entry.name) is None  # noqa: SLF001 (a miss looks like a hit from outside)


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
def test_a_directory_that_others_reach_is_not_used(mode: int, home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(mode)
    assert Cache.open() is None


def test_a_link_in_the_place_of_the_directory_is_not_used(home: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    home.parent.mkdir()
    home.symlink_to(tmp_path / "real")
    assert Cache.open() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to somebody else")
def test_a_directory_of_somebody_else_is_not_used(home: Path) -> None:
    home.mkdir(parents=True, mode=0o700)
    os.chown(home, 12345, 12345)
    assert Cache.open() is None


@pytest.mark.parametrize("place", ["", "relative/path"])
def test_without_a_home_there_is_no_cache(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", place)
    assert Cache.open() is None


def test_where_nothing_can_be_written_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert Cache.open() is None


def test_a_file_in_the_place_of_the_directory(home: Path) -> None:
    home.parent.mkdir()
    home.write_text("")
    assert Cache.open() is None


def test_the_oldest_entries_make_room(opened: Cache, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TOTAL", 2000)
    for number in range(60):
        opened.parsed(f"a = {number}\n", parse)
        assert sum(entry.stat().st_size for entry in entries(home)) <= 2000
    assert opened.parsed("a = 59\n", never) == parse("a = 59\n")


def test_what_cannot_be_encoded_is_parsed(opened: Cache, home: Path) -> None:
    """Half a character is no text that could be digested."""
    assert opened.parsed("\ud800", parse).diagnostics
    assert entries(home) == []
