import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.memories.patterns import (
    Patterns,
    as_patterns,
    format_patterns,
    parse_patterns,
    read_patterns,
    write_patterns,
)

PAIR = "2 3 2\n\n*.*\n.*.\n\n***\n...\n"


@st.composite
def some_patterns(draw, erased=False):
    rows, cols, count = (draw(st.integers(1, 5)) for _ in range(3))
    signs = st.sampled_from([-1.0, 0.0, 1.0] if erased else [-1.0, 1.0])
    bits = draw(st.lists(signs, min_size=rows * cols * count, max_size=rows * cols * count))
    return Patterns(np.reshape(bits, (count, rows * cols)), (rows, cols))


def same(a, b):
    return a.shape == b.shape and np.array_equal(a.values, b.values)


@given(some_patterns(erased=True))
def test_text_comes_back(patterns):
    assert same(parse_patterns(format_patterns(patterns), cues=True), patterns)


@given(patterns=some_patterns(), suffix=st.sampled_from([".txt", ".npy"]))
def test_files_come_back(tmp_path_factory, patterns, suffix):
    path = tmp_path_factory.mktemp("patterns") / f"some{suffix}"
    write_patterns(path, patterns)
    assert same(read_patterns(path), patterns)


@given(some_patterns())
def test_images_come_back(tmp_path_factory, patterns):
    folder = tmp_path_factory.mktemp("images")
    for k, bits in enumerate(patterns.values):
        write_patterns(folder / f"{k}.png", Patterns(bits[None], patterns.shape))
    first = read_patterns(folder / "0.png")
    assert same(first, Patterns(patterns.values[:1], patterns.shape))
    assert same(read_patterns(folder), patterns)


def test_the_text_of_two_patterns():
    patterns = parse_patterns(PAIR)
    assert patterns.shape == (2, 3)
    assert patterns.values.tolist() == [[1, -1, 1, -1, 1, -1], [1, 1, 1, -1, -1, -1]]
    assert format_patterns(patterns) == PAIR


@pytest.mark.parametrize(
    "text", [PAIR.replace("\n", "\r\n"), "\n\n" + PAIR + "\n\n", PAIR.replace("\n\n", "\n")]
)
def test_blank_lines_and_line_ends_do_not_count(tmp_path, text):
    path = tmp_path / "some.txt"
    path.write_bytes(text.encode())
    assert same(read_patterns(path), parse_patterns(PAIR))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, 'holds no patterns; expected "rows cols count"'),
        ("\n  \n", 1, "holds no patterns"),
        ("2 3\n***\n", 1, "no head of a pattern file"),
        ("2 x 1\n", 1, "no head"),
        ("2 -3 1\n", 1, "no head"),
        ("0 3 1\n", 1, "no head"),
        ("\n2 3.0 1\n", 2, "no head"),
        ("²  3 1\n", 1, "no head"),
        ("99999 99999 9\n", 1, "more than 1e\\+08 bits"),
        ("1 3 1\n*.x\n", 2, "'x' stands for no bit"),
        ("1 3 1\n*?*\n", 2, "'\\?' stands for no bit"),
        ("1 3 1\n*.\n", 2, "this row has 2 bits; expected 3 of"),
        ("1 3 1\n\n*.**\n", 3, "this row has 4 bits"),
        ("2 3 1\n*.*\n", 2, "ends after 1 rows; expected 2 rows of 3 signs"),
        ("2 3 1\n", 1, "ends after 0 rows"),
        ("1 3 1\n*.*\n*.*\n", 3, "one too many: 1 x 1 are announced"),
    ],
)
def test_a_malformed_text_gives_its_line(tmp_path, text, line, message):
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_patterns(path)
    assert str(caught.value).startswith(f"{path}:{line}:")


def test_a_wrong_sign_gives_its_column(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_text("1 4 1\n*.,.\n")
    with pytest.raises(FileFormatError) as caught:
        read_patterns(path)
    assert str(caught.value).startswith(f"{path}:2:3: ',' stands for no bit; expected * or .")
    assert str(caught.value).endswith("*.,.")


def test_cues_may_be_erased_and_analog(tmp_path):
    text, array = tmp_path / "cue.txt", tmp_path / "cue.npy"
    text.write_text("1 4 1\n*?.?\n")
    assert read_patterns(text, cues=True).values.tolist() == [[1, 0, -1, 0]]
    np.save(array, np.array([[0.3, -2.5, 0.0]]))
    assert read_patterns(array, cues=True).values.tolist() == [[0.3, -2.5, 0.0]]
    with pytest.raises(
        FileFormatError, match="other numbers than two, from -2.5 to 0.3; expected -1 and 1, or 0 and 1"
    ):
        read_patterns(array)


def test_arrays_of_zero_and_one_are_patterns(tmp_path):
    path = tmp_path / "bits.npy"
    for values in (np.array([[1, 0, 1]]), np.array([[True, False, True]]), np.array([1.0, -1.0, 1.0])):
        np.save(path, values)
        assert read_patterns(path).values.tolist() == [[1, -1, 1]]
    np.save(path, np.ones((2, 3, 4), dtype=np.int8))
    assert read_patterns(path).shape == (3, 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read as an array"),
        (b"\x93NUMPY", "cannot be read as an array"),
        (b"not an array", "cannot be read as an array"),
        (np.ones((1, 1, 1, 1)), r"an array of shape \(1, 1, 1, 1\); expected"),
        (np.zeros((0, 3)), "holds no array of numbers"),
        (np.array(["*."]), "holds no array of numbers"),
        (np.array([[1.0, np.nan]]), "not finite"),
        (np.array([[1.0, 0.5]]), "other numbers than two"),
    ],
    ids=str,
)
def test_bad_arrays(tmp_path, content, message):
    path = tmp_path / "bad.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.save(path, content)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_patterns(path)
    assert str(caught.value).startswith(f"{path}:1:")


def test_nothing_in_an_array_is_executed(tmp_path):
    path = tmp_path / "bad.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(FileFormatError, match="cannot be read as an array"):
        read_patterns(path)


def image_bytes(mode, pixels):
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.array(pixels, dtype=np.uint8), mode=None).convert(mode).save(buffer, "png")
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "1", "P"])
def test_images_of_every_kind(tmp_path, mode):
    path = tmp_path / "a.PNG"
    path.write_bytes(image_bytes(mode, [[0, 255, 0], [255, 255, 0]]))
    patterns = read_patterns(path)
    assert patterns.shape == (2, 3)
    assert patterns.values.tolist() == [[1, -1, 1, -1, -1, 1]]


def test_transparent_pixels_are_paper(tmp_path):
    from PIL import Image

    path = tmp_path / "a.png"
    pixels = np.zeros((1, 2, 4), dtype=np.uint8)
    pixels[0, 1, 3] = 255
    Image.fromarray(pixels).save(path)
    assert read_patterns(path).values.tolist() == [[-1, 1]]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_bad_images(tmp_path, content):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="is no image|cannot be read as an image"):
        read_patterns(path)


def test_folders_of_images(tmp_path):
    with pytest.raises(FileFormatError, match="folder without images"):
        read_patterns(tmp_path)
    write_patterns(tmp_path / "a.png", as_patterns([1, -1]))
    write_patterns(tmp_path / "b.png", as_patterns([1, -1, 1]))
    with pytest.raises(FileFormatError, match=r"b.png.*has 1 x 3 pixels; expected 1 x 2 as in a.png"):
        read_patterns(tmp_path)


def test_what_a_format_cannot_hold(tmp_path):
    with pytest.raises(InputError, match="write other values to a .npy file"):
        write_patterns(tmp_path / "a.txt", as_patterns([0.5, 1.0]))
    with pytest.raises(InputError, match="one pattern, not 2"):
        write_patterns(tmp_path / "a.png", as_patterns([[1, -1], [1, 1]]))
    with pytest.raises(InputError, match=r"\+1 and -1 only"):
        write_patterns(tmp_path / "a.png", as_patterns([0.0, 1.0]))
    assert not list(tmp_path.iterdir())
    analog = as_patterns([0.25, -3.0])
    write_patterns(tmp_path / "a.npy", analog)
    assert same(read_patterns(tmp_path / "a.npy", cues=True), analog)


def test_text_that_is_none(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe1 2 3")
    with pytest.raises(FileFormatError, match="is not text in UTF-8"):
        read_patterns(path)
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(FileFormatError, match="cannot be read as an image"):
        read_patterns(path)
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_patterns(tmp_path / "nothing.txt")


def test_patterns_fit_together():
    with pytest.raises(InputError, match=r"shape \(1, 3\), expected \(count, 4\)"):
        Patterns(np.ones((1, 3)), (2, 2))
    with pytest.raises(InputError, match="not finite"):
        Patterns(np.array([[np.inf]]), (1, 1))
