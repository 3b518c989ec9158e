"""What comes from outside is limited: kinds of files, bytes, claims of headers, depth, pixels."""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analoghop.cli import main
from analoghop.errors import FileFormatError
from analoghop.formats import intake
from analoghop.formats.images import PNG, read_image
from analoghop.formats.intake import read_bytes, read_head, read_json, read_toml
from analoghop.formats.numpy_files import read_archive, read_array
from tests.examples.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["device", "pipe", "link to a device"])
def test_no_reader_waits_for_what_is_no_file(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = path.with_name("link")
        path.symlink_to("/dev/zero")
        path = path.rename(tmp_path / name)
    else:
        (tmp_path / "first").symlink_to("/dev/zero")
        path.symlink_to(tmp_path / "first")
    with pytest.raises(FileFormatError, match=r"cannot be read: it is (not a regular file|a folder)"):
        FORMATS[name].read(path)


@pytest.mark.parametrize("name", FORMATS)
def test_no_reader_takes_a_file_beyond_the_limit(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    os.truncate(path, intake.LARGEST + 1)  # a hole, which takes no room
    with pytest.raises(FileFormatError, match=r"it has \d+ bytes: at most \d+ are accepted"):
        FORMATS[name].read(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for read in (read_bytes, read_json, read_toml):
        with pytest.raises(FileFormatError, match="it is a folder"):
            read(tmp_path)


def test_the_beginning_of_a_file_is_read_alone(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abcdef")
    assert read_head(tmp_path / "x", 3) == b"abc"
    assert read_bytes(tmp_path / "x", 6) == b"abcdef"
    with pytest.raises(FileFormatError, match="it has 6 bytes: at most 5 are accepted"):
        read_bytes(tmp_path / "x", 5)


@pytest.mark.parametrize("text", ["a = " + "[" * 3000 + "]" * 3000, "a = " + "{b=" * 3000, "a" + ".a" * 3000])
def test_settings_that_are_nested_too_deep_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(FileFormatError, match="is nested too deep|is no TOML file"):
        read_toml(tmp_path / "x.toml")
    assert main(["memory", "recall", "--random", "9,2", "--config", str(tmp_path / "x.toml")]) == 3


def test_json_that_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[" * 100_000)
    with pytest.raises(FileFormatError, match="is nested too deep"):
        read_json(tmp_path / "x.json")


CLAIMS = {
    "x.rud": "1000000 1\n1 2 1\n",
    "x.ising": "1000000 1\n1 2 1\n",
    "x.col": "p edge 1000000 1\ne 1 2\n",
    "x.cnf": "p cnf 1000000 1\n1 0\n",
    "x.qubo": "p qubo 0 1000000 1 0\n0 0 1\n",
    "x.coo": "999999 0 1\n",
    "x.sparse": "1000000 1\n1 2 1\n",
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_small_file_claims_no_million(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(CLAIMS[name])
    with pytest.raises(FileFormatError, match=r"is 1000000, in a file of \d\d bytes"):
        FORMATS[name].read(tmp_path / name)
    (tmp_path / name).write_text(CLAIMS[name].replace("1000000", "9000").replace("999999", "8999"))
    FORMATS[name].read(tmp_path / name)


def npy(header: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


HEADERS = {
    "more numbers than there are": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000, 1000)}\n"),
    "more than any memory": npy(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999, 9)}\n"
    ),
    "less than nothing": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-4, -4)}\n"),
    "a large element": npy("{'descr': '<V4000000000', 'fortran_order': False, 'shape': (9,)}\n"),
    "objects": npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", b"cos\nsystem\n(S'id'\ntR."),
    "fields of objects": npy("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,)}\n", bytes(8)),
    "a damaged header": npy("{'descr': '<"),
    "a deep header": npy("(" * 9000),
    "a long header": npy("{" + " " * 60_000),
    "a version to come": b"\x93NUMPY\x09\x00" + bytes(20),
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("name", ["pixels.npy", "x.npz", "columns.npz", "weights.npz"])
def test_the_header_of_an_array_is_looked_at_first(tmp_path: Path, name: str, header: str) -> None:
    path, form = tmp_path / name, FORMATS[name]
    if name.endswith(".npy"):
        path.write_bytes(HEADERS[header])
    else:
        form.write(path, form.record)
        with zipfile.ZipFile(path) as archive:
            members = [info.filename for info in archive.infolist()]
        for member in members:
            with zipfile.ZipFile(path, "w") as archive:
                for other in members:
                    archive.writestr(other, HEADERS[header] if other == member else b"")
            with pytest.raises(FileFormatError):
                form.read(path)
    with pytest.raises(FileFormatError):
        form.read(path)


class Pickled:
    """What leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("name", ["pixels.npy", "x.npz", "columns.npz", "weights.npz", "matrix.npy"])
def test_no_reader_unpickles(tmp_path: Path, name: str) -> None:
    path, mark = tmp_path / name, tmp_path / "mark"
    bad = np.array([[Pickled(mark)]], dtype=object)
    read = FORMATS["x.qubo" if name == "matrix.npy" else name].read
    if name.endswith(".npy"):
        np.save(path, bad, allow_pickle=True)
    else:
        keys = ("data", "names", "kinds", "title", "record", "W", "threshold", "load")
        np.savez(path, **dict.fromkeys(keys, bad))
    with pytest.raises(FileFormatError, match="objects, which are never read"):
        read(path)
    assert not mark.exists()
    raw = path.with_suffix(".bare" + path.suffix)
    raw.write_bytes(b"cposix\nmkdir\n(S'" + str(mark).encode() + b"'\ntR.")
    with pytest.raises(FileFormatError):
        read(raw)
    assert not mark.exists()


@pytest.mark.parametrize("name", ["x.npz", "columns.npz", "weights.npz"])
def test_an_archive_that_would_become_far_larger_is_refused(tmp_path: Path, name: str) -> None:
    keys = ("data", "names", "kinds", "title", "record", "W", "threshold", "load")
    np.savez_compressed(tmp_path / name, **dict.fromkeys(keys, np.zeros(3_000_000)))
    with pytest.raises(FileFormatError, match=r"it would become \d+ bytes, from \d+"):
        FORMATS[name].read(tmp_path / name)


def test_a_member_that_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(10_000_000))
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("W.npy", buffer.getvalue())
    content = (tmp_path / "x.npz").read_bytes()
    (tmp_path / "x.npz").write_bytes(
        content.replace(struct.pack("<I", len(buffer.getvalue())), bytes([99, 0, 0, 0]))
    )
    with pytest.raises(FileFormatError, match="cannot be read as weights"):
        read_archive(tmp_path / "x.npz", "weights")


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", W=np.eye(2))
    content = bytearray((tmp_path / "x.npz").read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "x.npz").write_bytes(bytes(content))
    with pytest.raises(FileFormatError, match="it is encrypted"):
        FORMATS["weights.npz"].read(tmp_path / "x.npz")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*headers: tuple[int, int], data: bytes = b"") -> bytes:
    heads = (chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 0, 0, 0, 0)) for w, h in headers)
    return PNG + b"".join(heads) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png((20_000, 18_000), data=zlib.compress(bytes(11_000))), "has 18000 x 20000 pixels"),
        (png((2**31 - 1, 2**31 - 1)), "pixels"),
        (png((2, 2), (20_000, 18_000)), "pixels"),
        (png((2, 2), (2, 2)), "no header of its own, or two"),
        (png(), "no header of its own, or two"),
        (PNG, "no header of its own, or two"),
        (PNG + chunk(b"tEXt", b"a\0b") + png((20_000, 18_000))[8:], "no header of its own"),
        (png((2, 2)), "cannot be read as an image"),
        (png((0, 0)), "cannot be read as an image|has no pixels"),
        (png((2, 2), data=b"no stream"), "cannot be read as an image"),
    ],
)
def test_an_image_says_its_size_before_it_is_unpacked(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(FileFormatError, match=message):
        read_image(tmp_path / "x.png")


def test_arrays_of_every_plain_kind_are_read(tmp_path: Path) -> None:
    for values in (np.eye(3), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.array(2), np.array(["a"])):
        np.save(tmp_path / "x.npy", values)
        assert np.array_equal(read_array(tmp_path / "x.npy", "an array"), values)
