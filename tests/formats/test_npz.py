from pathlib import Path

import numpy as np
import pytest

from analoghop.errors import FileFormatError
from analoghop.formats.waveforms.npz import read_npz, write_npz
from analoghop.formats.waveforms.waveforms import Waveforms


def test_numpy_reads_it(tmp_path: Path) -> None:
    data = np.array([[0.0, 0.1], [1 / 3, -2e-20]])
    write_npz(
        tmp_path / "x.npz", Waveforms(("time", "v(a)"), ("time", "voltage"), data, "Title", {"seed": 3})
    )
    with np.load(tmp_path / "x.npz") as archive:
        np.testing.assert_array_equal(archive["data"], data)
        assert archive["names"].tolist() == ["time", "v(a)"]
        assert str(archive["title"]) == "Title"
        assert str(archive["record"]) == '{"seed": 3}'


@pytest.mark.parametrize(
    "parts",
    [
        {"data": np.zeros((1, 2))},
        {"data": np.array([object()]), "names": ["time"], "kinds": ["time"], "title": "", "record": "{}"},
        {"data": np.zeros((1, 2), int), "names": ["time"], "kinds": ["time"], "title": "", "record": "{}"},
        {"data": np.zeros((1, 2)), "names": ["time"], "kinds": ["time"], "title": "", "record": "["},
        {"data": np.zeros((1, 2)), "names": ["time"], "kinds": ["time"], "title": "", "record": "[]"},
        {"data": np.zeros((2, 2)), "names": ["time"], "kinds": ["time"], "title": "", "record": "{}"},
        {"data": np.zeros((1, 2)), "names": "time", "kinds": ["time"], "title": "", "record": "{}"},
    ],
)
def test_foreign_archives(tmp_path: Path, parts: dict[str, object]) -> None:
    np.savez(tmp_path / "x.npz", **parts)
    with pytest.raises(FileFormatError, match=r"x\.npz:1:1: cannot be read as waveforms"):
        read_npz(tmp_path / "x.npz")


def test_no_archive(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"hello")
    with pytest.raises(FileFormatError, match="is no NumPy archive"):
        read_npz(tmp_path / "x.npz")


def test_an_archive_of_a_version_to_come_is_a_file_format_error(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    write_npz(path, Waveforms(("time",), ("time",), np.zeros((1, 2))))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 255  # the version of `zip` that is needed to read it
    path.write_bytes(bytes(content))
    with pytest.raises(FileFormatError, match="cannot be read as waveforms"):
        read_npz(path)
