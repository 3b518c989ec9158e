import os
from pathlib import Path

import pytest

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.files import replacing, write_text
from analoghop.formats.intake import read_bytes


def test_file_appears_only_when_complete(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    with replacing(target) as handle:
        handle.write(b"abc")
        assert not target.exists()
    assert target.read_bytes() == b"abc"
    assert os.listdir(tmp_path) == ["x.txt"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "x.txt"
    write_text(target, "old")
    with pytest.raises(failure), replacing(target) as handle:  # noqa: PT012
        handle.write(b"new")
        raise failure
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["x.txt"]


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    write_text(tmp_path / "ours", "x")
    (tmp_path / "plain").write_text("x")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_link_is_followed(tmp_path: Path) -> None:
    write_text(tmp_path / "real", "old")
    (tmp_path / "link").symlink_to("real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_long_name(tmp_path: Path) -> None:
    write_text(tmp_path / ("n" * 250), "x")
    assert (tmp_path / ("n" * 250)).read_text() == "x"


@pytest.mark.parametrize("place", ["missing/x.txt", ".", "/dev/null", "n" * 300, "a\0b"])
def test_bad_place_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(InputError, match="cannot write"):
        write_text(tmp_path / place, "x")
    assert os.listdir(tmp_path) == []
    assert not Path("/dev/null").is_file()


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"nofile: cannot be read: No such file"):
        read_bytes(tmp_path / "nofile")
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_bytes(tmp_path)


def test_the_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot write .*x\.txt: the folder .*gone does not exist"):
        write_text(tmp_path / "gone" / "x.txt", "text")


def test_what_the_system_says_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"cannot write .*x\.txt: No space left on device"):
        write_text(tmp_path / "x.txt", "text")
    assert os.listdir(tmp_path) == []
