import logging
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from analoghop.errors import FileFormatError
from analoghop.formats.waveforms.raw import read_plots, read_raw, write_raw
from analoghop.formats.waveforms.waveforms import Waveforms

HEADER = """Title: a deck
Date: Mon Jan  5 10:00:00  2026
Plotname: {plot}
Flags: {flags}
No. Variables: 2
No. Points: 3
Variables:
\t0\t{axis}\t{axis}
\t1\tv(u1)\tvoltage
{form}:
"""


def header(plot="Transient Analysis", flags="real", axis="time", form="Binary") -> bytes:
    return HEADER.format(plot=plot, flags=flags, axis=axis, form=form).encode()


NUMBERS = struct.pack("<6d", 0, 1, 1, 2, 2, 3)
ASCII = b" 0\t0.0e+00\n\t1.0\n\n 1\t1.0\n\t2.0\n\n 2\t2.0\n\t3.0\n\n"
EXPECTED = [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]


@pytest.mark.parametrize("content", [header() + NUMBERS, header(form="Values") + ASCII])
def test_both_forms_of_ngspice(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.raw").write_bytes(content)
    got = read_raw(tmp_path / "x.raw")
    np.testing.assert_array_equal(got.data, EXPECTED)
    assert (got.title, got.names, got.kinds) == ("a deck", ("time", "v(u1)"), ("time", "voltage"))
    assert got.record == {}


def test_several_plots(tmp_path: Path) -> None:
    content = header(axis="v-sweep") + NUMBERS + header(form="Values") + ASCII + header() + NUMBERS + b"\n"
    (tmp_path / "x.raw").write_bytes(content)
    assert [plot.data.tolist() for plot in read_plots(tmp_path / "x.raw")] == [EXPECTED, EXPECTED]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "holds nothing, no transient"),
        (b"\x00\x01\x02" * 100, 1, "header of a raw file ends early"),
        (b"hello\n", 1, "no header line of an ngspice raw file"),
        (b"Date: today\n", 1, "no header line"),
        (b"T\x00i\x00t\x00l\x00e\x00:\x00\n\x00", 1, "no header line"),
        (header()[:-9], 9, "ends early"),
        (header(), 10, "truncated: 0 bytes, 48 announced"),
        (header() + NUMBERS[:-1], 10, "truncated: 47 bytes, 48 announced"),
        (header() + NUMBERS + b"rubbish", 11, "ends early"),
        (header(flags="complex", plot="AC Analysis") + NUMBERS, 10, "AC Analysis has complex numbers"),
        (header(axis="v-sweep", plot="DC transfer") + NUMBERS, 1, "holds only DC transfer, no transient"),
        (header().replace(b"Points: 3", b"Points: 1e9") + NUMBERS, 10, "says '1e9' under 'no. points'"),
        (header().replace(b"Points: 3", b"Points: 99999999999999") + NUMBERS, 10, "truncated"),
        (
            header().replace(b"Variables: 2", b"Variables: 3") + NUMBERS,
            10,
            "announces 3 variables and describes 2",
        ),
        (header().replace(b"\tvoltage", b"") + NUMBERS, 10, "announces 2 variables and describes 2"),
        (header().replace(b"v(u1)", b"time") + NUMBERS, 10, "repeat"),
        (header(form="Values") + ASCII[:-8], 10, "8 words of data, 9 announced"),
        (header(form="Values") + ASCII.replace(b"3.0", b"3.x"), 10, "does not consist of numbers"),
        (header(form="Values") + ASCII.replace(b" 1\t", b" 7\t"), 10, "not numbered from 0 on"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    (tmp_path / "x.raw").write_bytes(content)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_raw(tmp_path / "x.raw")
    assert caught.value.where is not None
    assert (caught.value.where.file, caught.value.where.line) == (str(tmp_path / "x.raw"), line)


def example() -> Waveforms:
    times = np.linspace(0.0, 1e-3, 7)
    record = {
        "version": "0.1.0",
        "deck": "a.cir",
        "trap": "!x $HOME `touch pwned` ; shell touch pwned",
        "long": "y" * 3000,
    }
    return Waveforms(
        ("time", "v(u1)", "v(x1.out)", "i(vdd)"),
        ("time", "voltage", "voltage", "current"),
        np.array([times, np.sin(1e4 * times) / 3, times**2, -times]),
        "Flip-flop; $HOME",
        record,
    )


def test_header_lines_are_short_enough_for_ngspice(tmp_path: Path) -> None:
    write_raw(tmp_path / "x.raw", example())
    lines = (tmp_path / "x.raw").read_bytes().partition(b"Binary:")[0].split(b"\n")
    assert max(map(len, lines)) < 500
    assert all(line.startswith(b"Command: * ") for line in lines if b"ommand" in line)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_ngspice_loads_what_we_write_and_writes_it_back(tmp_path: Path) -> None:
    write_raw(tmp_path / "x.raw", example())
    commands = "load x.raw\nprint v(u1)\nwrite back.raw all\nquit\n"
    done = subprocess.run(
        ["ngspice", "-n", "-p"],
        input=commands,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "rror" not in done.stdout + done.stderr
    back = read_raw(tmp_path / "back.raw")
    assert not (tmp_path / "pwned").exists()
    assert set(back.names) == set(example().names)
    for name in back.names:
        np.testing.assert_array_equal(back[name], example()[name])


def test_spicelib_reads_what_we_write(tmp_path: Path) -> None:
    spicelib = pytest.importorskip("spicelib")
    logging.getLogger("spicelib").setLevel(logging.ERROR)
    write_raw(tmp_path / "x.raw", example())
    got = spicelib.RawRead(str(tmp_path / "x.raw"))
    assert got.get_trace_names() == list(example().names)
    for name in example().names:
        np.testing.assert_array_equal(got.get_trace(name).data, example()[name])
