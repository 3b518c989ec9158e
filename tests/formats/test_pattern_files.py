"""Patterns in images, arrays, tables and idx files, with a threshold for grey ones."""

import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.images import read_image
from analoghop.formats.memories.patterns import read_patterns

INK = np.array([[1, 0, 1], [0, 0, 1]], dtype=np.uint8)
SIGNS = [1, -1, 1, -1, -1, 1]


def idx(array: np.ndarray) -> bytes:
    sizes = b"".join(size.to_bytes(4) for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


@pytest.mark.parametrize("name", ["x.png", "x.bmp", "x.pgm", "x.jpg", "x.jpeg"])
def test_dark_pixels_of_an_image_are_plus_one(name: str, tmp_path: Path) -> None:
    blocks = np.kron(255 * (1 - INK), np.ones((8, 8), dtype=np.uint8))  # whole blocks of JPEG
    Image.fromarray(blocks).save(tmp_path / name)
    found = read_patterns(tmp_path / name)
    assert found.shape == (16, 24)
    assert found.values.reshape(16, 24)[::8, ::8].ravel().tolist() == SIGNS


@pytest.mark.parametrize("content", [b"P1\n# ink\n3 2\n101\n001\n", b"P4 3 2\n\xa0\x20"])
def test_a_portable_bitmap_has_its_ones_as_plus_one(content: bytes, tmp_path: Path) -> None:
    for name in ("x.pbm", "no suffix"):
        (tmp_path / name).write_bytes(content)
        assert read_patterns(tmp_path / name).values.tolist() == [SIGNS]


def test_a_portable_image_of_16_bits_has_brightness_from_0_to_1(tmp_path: Path) -> None:
    (tmp_path / "x.pgm").write_bytes(b"P5 2 1 65535\n\x00\x00\xff\xff")
    assert read_image(tmp_path / "x.pgm").tolist() == [[0.0, 1.0]]


def test_a_threshold_of_images_is_a_brightness(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 100, 200, 255]], dtype=np.uint8)).save(tmp_path / "x.bmp")
    found = {t: read_patterns(tmp_path / "x.bmp", threshold=t).values[0].tolist() for t in (0.2, 0.5, 0.9)}
    assert found == {0.2: [1, -1, -1, -1], 0.5: [1, 1, -1, -1], 0.9: [1, 1, 1, -1]}


def test_a_folder_may_hold_images_of_several_formats(tmp_path: Path) -> None:
    Image.fromarray(255 * INK).save(tmp_path / "a.bmp")
    Image.fromarray(255 * (1 - INK)).save(tmp_path / "b.png")
    found = read_patterns(tmp_path)
    assert found.values.tolist() == [[-sign for sign in SIGNS], SIGNS]


@pytest.mark.parametrize(
    "text", ["1,0,1\n0,0,1\n", "# two\n1;-1;1\n\n-1;-1;1\n", "1 -1 1\n-1 -1 1\n", " 1, -1 ,1\n-1,-1,1"]
)
def test_a_table_has_a_pattern_on_each_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text)
    found = read_patterns(tmp_path / "x.csv")
    assert (found.shape, found.values.tolist()) == ((1, 3), [[1, -1, 1], [-1, -1, 1]])


def test_an_archive_gives_its_only_array_or_the_one_that_is_called_patterns(tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", INK[None])
    assert read_patterns(tmp_path / "one.npz").values.tolist() == [SIGNS]
    assert read_patterns(tmp_path / "one.npz").shape == (2, 3)
    np.savez(tmp_path / "two.npz", labels=np.arange(2), patterns=INK)
    assert read_patterns(tmp_path / "two.npz").values.tolist() == [SIGNS[:3], SIGNS[3:]]
    np.savez(tmp_path / "none.npz", x_train=INK, y_train=np.arange(2))
    with pytest.raises(FileFormatError, match="holds the arrays x_train, y_train; expected one array, or"):
        read_patterns(tmp_path / "none.npz")


def test_grey_arrays_need_a_threshold(tmp_path: Path) -> None:
    np.save(tmp_path / "grey.npy", np.array([[0, 90, 200], [255, 127, 128]], dtype=np.uint8))
    with pytest.raises(FileFormatError, match="other numbers than two, from 0 to 255.*a threshold"):
        read_patterns(tmp_path / "grey.npy")
    found = read_patterns(tmp_path / "grey.npy", threshold=127.5)
    assert found.values.tolist() == [[-1, -1, 1], [1, -1, 1]]
    (tmp_path / "text.txt").write_text("1 2 1\n*.\n")
    with pytest.raises(InputError, match="`threshold` is for numbers and images"):
        read_patterns(tmp_path / "text.txt", threshold=0.5)
    for bad in (float("nan"), float("inf")):
        with pytest.raises(InputError, match="expected a finite number"):
            read_patterns(tmp_path / "grey.npy", threshold=bad)


@pytest.mark.parametrize("packed", [False, True])
def test_images_as_of_mnist(packed: bool, tmp_path: Path) -> None:
    images = np.stack([200 * INK, 100 * INK, 255 * (1 - INK)])
    content = idx(images)
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    found = read_patterns(path)
    assert found.shape == (2, 3)
    assert found.values.tolist() == [SIGNS, [-1] * 6, [-sign for sign in SIGNS]]
    assert read_patterns(path, threshold=50, take=2).values.tolist() == [SIGNS, SIGNS]
    grey = read_patterns(path, cues=True).values
    np.testing.assert_allclose(grey, images.reshape(3, 6) / 127.5 - 1.0)
    assert read_patterns(path, cues=True, threshold=50).values[1].tolist() == SIGNS


def test_only_the_first_patterns_are_taken(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", INK)
    assert len(read_patterns(tmp_path / "x.npy", take=1)) == 1
    assert len(read_patterns(tmp_path / "x.npy", take=9)) == 2
    with pytest.raises(InputError, match="`take` is 0, expected at least 1"):
        read_patterns(tmp_path / "x.npy", take=0)


def picture(name: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((16, 16), dtype=np.uint8)).save(stream, format=name)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.idx", idx(np.arange(3, dtype=np.uint8)), "is an idx file of labels; expected one of images"),
        ("x.idx", idx(INK[None])[:-1], "the header claims 1 x 2 x 3 bytes, 5 are there"),
        ("x.idx", b"\0\0\x08\x03\xff\xff", "bytes"),
        ("x.idx", b"\0\0\x0d\x03", "0"),
        ("x.gz", gzip.compress(idx(INK[None]), mtime=0)[:-9], "is cut off"),
        ("x.gz", b"\x1f\x8bnothing", "cannot be unpacked"),
        ("x.gz", gzip.compress(bytes(2**26 + 1), mtime=0), "would become more than 67108864 bytes"),
        ("x.gz", gzip.compress(b"text", mtime=0), "is no idx file of bytes"),
        ("x.csv", b"1,0\n1\n", "this line has 1 numbers, line 1 has 2"),
        ("x.csv", b"1,a\n", "a bit is 'a'; expected a finite number"),
        ("x.csv", b"# nothing\n", "holds no patterns"),
        ("x.jpg", picture("JPEG")[:200], "cannot be read as an image"),
        ("x.bmp", picture("BMP")[:40], "cannot be read as an image"),
        ("x.jpg", b"GIF89a", "is no image: PNG, JPEG, BMP and PBM are read"),
        ("x.pbm", b"P1\n9999999 9999999\n1", "has too many pixels"),
        ("x.pbm", b"P1\n9999 999\n1", "has 999 x 9999 pixels: at most 4194304 are read"),
        ("x.npz", b"PK", "cannot be read as an archive of arrays"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(name: str, content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError) as error:
        read_patterns(tmp_path / name)
    assert reason in str(error.value)
