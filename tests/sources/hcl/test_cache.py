"""What a run keeps for later ones lies where only its owner can reach it, sealed; whatever is wrong there is a miss."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfsrm.sources.hcl import shipped
from tfsrm.sources.hcl import store as module
from tfsrm.sources.hcl.cache import parsed
from tfsrm.sources.hcl.front import parse
from tfsrm.sources.hcl.json_syntax import parse_json
from tfsrm.sources.hcl.nodes import Parsed
from tfsrm.sources.hcl.store import Store, key

TEXT = 'r "a" {\n x = "${y[*].z}-%{ if a }b%{ endif }"\n n = [1, { (k) = !true }]\n}\nbroken "\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "tfsrm"


@pytest.fixture
def opened(home: Path) -> Iterator[Store]:
    with Store.open() as found:
        assert found.directory is not None
        yield found


def never(_: str) -> Parsed:
    raise AssertionError("parsed again")


never.__name__ = "parse"


def entries(home: Path) -> list[Path]:
    return sorted(home.iterdir())


def keeps() -> bool:
    with Store.open() as found:
        return found.directory is not None


def test_a_second_run_does_not_parse(opened: Store, home: Path) -> None:
    assert parsed(TEXT, parse, opened) == parse(TEXT)
    assert parsed(TEXT, never, opened) == parse(TEXT)
    assert home.stat().st_mode & 0o777 == 0o700
    assert [entry.stat().st_mode & 0o777 for entry in entries(home)] == [0o600]


def test_another_text_or_another_syntax_is_another_entry(opened: Store, home: Path) -> None:
    for text, reader in (("{}", parse), ("{}", parse_json), ("{} ", parse)):
        assert parsed(text, reader, opened) == reader(text)
    assert len(entries(home)) == 3


def test_another_version_does_not_read_the_entries_of_this(
    opened: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed(TEXT, parse, opened)
    monkeypatch.setattr(module, "edition", lambda: b"another")
    parsed(TEXT, parse, opened)
    assert len(entries(home)) == 2


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "huge"])
def test_a_damaged_entry_is_a_miss_and_is_written_anew(damage: str, opened: Store, home: Path) -> None:
    parsed(TEXT, parse, opened)
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
    assert parsed(TEXT, parse, opened) == parse(TEXT)
    assert parsed(TEXT, never, opened) == parse(TEXT)


def test_a_link_in_the_place_of_an_entry_is_not_followed(opened: Store, home: Path, tmp_path: Path) -> None:
    parsed(TEXT, parse, opened)
    (entry,) = entries(home)
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    assert opened.read(key(b"parsed", b"parse", TEXT.encode())) is None


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
def test_a_directory_that_others_reach_is_not_used(mode: int, home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(mode)
    assert not keeps()


def test_a_link_in_the_place_of_the_directory_is_not_used(home: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    home.parent.mkdir()
    home.symlink_to(tmp_path / "real")
    assert not keeps()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to somebody else")
def test_a_directory_of_somebody_else_is_not_used(home: Path) -> None:
    home.mkdir(parents=True, mode=0o700)
    os.chown(home, 12345, 12345)
    assert not keeps()


@pytest.mark.parametrize("place", ["", "relative/path"])
def test_without_a_home_there_is_no_cache(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", place)
    assert not keeps()


def test_where_nothing_can_be_written_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert not keeps()


def test_a_file_in_the_place_of_the_directory(home: Path) -> None:
    home.parent.mkdir()
    home.write_text("")
    assert not keeps()


def test_the_oldest_entries_make_room(opened: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TOTAL", 2000)
    for number in range(60):
        parsed(f"a = {number}\n", parse, opened)
        assert sum(entry.stat().st_size for entry in entries(home)) <= 2000
    assert parsed("a = 59\n", never, opened) == parse("a = 59\n")


def test_what_cannot_be_encoded_is_parsed(opened: Store, home: Path) -> None:
    """Half a character is no text that could be digested."""
    assert parsed("\ud800", parse, opened).diagnostics
    assert entries(home) == []


def test_an_entry_tells_nothing_to_who_has_not_what_it_was_made_of(opened: Store, home: Path) -> None:
    at = key(b"x")
    assert at is not None
    opened.write(at, b"hunter2 " * 100)
    (entry,) = entries(home)
    assert b"hunter2" not in entry.read_bytes()
    assert at.secret not in entry.read_bytes()
    assert opened.read(at) == b"hunter2 " * 100
    assert opened.read(at._replace(secret=bytes(32))) is None


def test_an_entry_looks_otherwise_each_time(opened: Store, home: Path) -> None:
    """Two contents under one key could be told from each other if they were sealed alike."""
    written = set()
    for _ in range(2):
        opened.write(key(b"x"), b"the same")
        (entry,) = entries(home)
        written.add(entry.read_bytes())
    assert len(written) == 2


def test_parts_of_a_key_do_not_run_together() -> None:
    assert len({key(b"ab", b"c"), key(b"a", b"bc"), key(b"abc"), key(b"abc", b"")}) == 4


def test_what_is_too_large_is_not_kept(opened: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONTENT", 1000)
    opened.write(key(b"a"), bytes(1001))
    monkeypatch.setattr(module, "MAX_ENTRY", 500)
    opened.write(key(b"b"), os.urandom(600))
    assert entries(home) == []
    opened.write(key(b"c"), bytes(1000))
    assert opened.read(key(b"c")) == bytes(1000)


def test_another_state_of_what_reading_depends_on_is_another_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "PROVIDER", tmp_path)
    found = set()
    for text in ("{}", "{ }", None):
        if text is not None:
            (tmp_path / "aws.json").write_text(text)
        shipped.edition.cache_clear()
        found.add(shipped.edition())
    assert len(found) == 2
    os.utime(tmp_path / "aws.json", ns=(1, 1))
    shipped.edition.cache_clear()
    assert shipped.edition() not in found
    monkeypatch.setattr(shipped, "PROVIDER", tmp_path / "nothing")
    shipped.edition.cache_clear()
    assert shipped.edition() is None
    shipped.edition.cache_clear()
