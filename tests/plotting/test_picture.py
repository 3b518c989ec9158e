import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from analoghop import __version__
from analoghop.errors import InputError
from analoghop.plotting import picture_format, save_figure, waveforms
from tests.plotting.runs import flip_flop

RECORD = {
    "title": "Flip & <flop>",
    "deck": "flipflop.cir",
    "settings": {"rtol": np.float64(1e-6)},
    "seeds": (1, 2),
}
EXPECTED = (
    {"program": "analoghop", "version": __version__} | RECORD | {"settings": {"rtol": 1e-6}, "seeds": [1, 2]}
)


@pytest.fixture(scope="module")
def figure():
    return waveforms(flip_flop()).figure


def test_a_png_carries_the_record(figure, tmp_path):
    save_figure(figure, tmp_path / "x.png", RECORD)
    with Image.open(tmp_path / "x.png") as image:
        assert image.size == (700, 300)
        assert json.loads(image.text["Description"]) == EXPECTED
        assert image.text["Software"] == f"analoghop {__version__}"
        assert image.text["Title"] == "Flip & <flop>"
        colours = np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)
    assert len(colours) > 20


def test_an_svg_carries_the_record(figure, tmp_path):
    save_figure(figure, tmp_path / "x.SVG", RECORD)
    tree = ElementTree.parse(tmp_path / "x.SVG")
    element = tree.find(".//{http://purl.org/dc/elements/1.1/}description")
    assert json.loads(element.text) == EXPECTED


def test_a_pdf_carries_the_record(figure, tmp_path):
    save_figure(figure, tmp_path / "x.pdf", RECORD)
    data = (tmp_path / "x.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    subject = re.search(rb"/Subject \((.*?)\)\n", data, re.S).group(1)
    assert json.loads(subject.replace(b"\\(", b"(").replace(b"\\)", b")")) == EXPECTED


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_picture_is_the_same_file(tmp_path, suffix):
    for name in "ab":
        save_figure(waveforms(flip_flop()).figure, tmp_path / f"{name}.{suffix}", RECORD)
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_without_a_record_the_version_is_there(figure, tmp_path):
    save_figure(figure, tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as image:
        assert json.loads(image.text["Description"]) == {"program": "analoghop", "version": __version__}


@pytest.mark.parametrize("name", ["x.jpg", "x", "png", "x.png.gz", ""])
def test_other_suffixes_are_refused_with_those_that_work(figure, tmp_path, name):
    with pytest.raises(InputError, match=r"\.png, \.svg or \.pdf"):
        save_figure(figure, tmp_path / name if name else "", RECORD)
    assert not list(tmp_path.iterdir())


def test_formats_are_told_by_the_suffix():
    assert [picture_format(f"a.b/c.{s}") for s in ("png", "SVG", "Pdf")] == ["png", "svg", "pdf"]


def test_a_folder_that_is_missing_is_named(figure, tmp_path):
    with pytest.raises(InputError, match="folder .* does not exist"):
        save_figure(figure, tmp_path / "none" / "x.png")


def test_a_record_that_is_no_json_is_refused_before_anything_is_written(figure, tmp_path):
    with pytest.raises(InputError, match="`record`"):
        save_figure(figure, tmp_path / "x.png", {"deck": object()})
    assert not list(tmp_path.iterdir())


class Broken(Figure):
    """A figure that cannot be drawn."""

    def draw(self, renderer):
        raise RuntimeError("no ink")


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_drawing_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="no ink"):
        save_figure(Broken(), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_letters_that_the_font_lacks_do_not_stop_a_picture(tmp_path):
    ax = waveforms(flip_flop())
    ax.set_title("\N{CJK UNIFIED IDEOGRAPH-4E2D} $x")
    save_figure(ax.figure, tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 1000
