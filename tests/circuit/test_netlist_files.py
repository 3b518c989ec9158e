"""Files: what may be included from where, and limits that end in one error."""

import os
import time

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.netlist.text import lines
from analoghop.errors import NetlistError


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    return write


def deck(*body):
    return "\n".join(["title", "r0 a 0 1", *body, ".end", ""])


def names(path, **options):
    return [e.name for e in netlist.read(path, **options).elements]


def refusal(path, **options):
    with pytest.raises(NetlistError) as caught:
        netlist.read(path, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        ".include sub/Parts.inc",
        '.include "sub/Parts.inc"',
        ".INC 'sub/Parts.inc'",
        ".include sub/Parts.inc ; tail",
        ".include sub/../sub/Parts.inc",
    ],
)
def test_an_included_file_has_no_title(write, line):
    write("sub/Parts.inc", "r1 a 0 1\n.include more.inc\nr3 a 0 1\n")
    write("sub/more.inc", "r2 a 0 1\n.end\nr9 a 0 1\n")
    path = write("deck.cir", deck(line, "r4 a 0 1"))
    assert names(path) == ["r0", "r1", "r2", "r3", "r4"]
    circuit = netlist.read(str(path))
    assert str(circuit.locations["r3"]) == f"{path.parent / 'sub/Parts.inc'}:3:1"
    assert str(circuit.locations["r4"]) == f"{path}:4:1"


def test_a_subcircuit_may_include_its_body(write):
    write("body.inc", ".param g=3\nr1 p 0 {g}\n")
    path = write("deck.cir", deck("x1 a s", ".subckt s p", ".include body.inc", ".ends"))
    assert netlist.read(path).elements[1] == ("r.x1.r1", "a", "0", 3.0)
    write("body.inc", "r1 p 0 1\n.ends\n")
    assert "`.ends` without `.subckt`" in refusal(path)
    write("body.inc", ".subckt t p\nr1 p 0 1\n")
    assert "body.inc:1:1: `.subckt` is not closed" in refusal(path)


def test_errors_in_an_included_file_name_it(write):
    write("bad.inc", "* fine\nR1 a\n")
    message = refusal(write("deck.cir", deck(".include bad.inc")))
    assert "bad.inc:2:5: the node is missing" in message


def test_a_path_may_hold_blanks_and_capitals(write):
    write("My Parts/A.inc", "r1 a 0 1\n")
    assert names(write("deck.cir", deck(".include 'My Parts/A.inc'"))) == ["r0", "r1"]


def test_sections_of_libraries(write):
    write(
        "parts.lib",
        "* a library\n.lib slow\nr1 a 0 {r}\n.lib 'parts.lib' common\n.endl slow\n"
        ".lib FAST\nr1 a 0 2\n.endl\n.lib common\nr2 a 0 3\n.endl\n",
    )
    assert names(write("a.cir", deck(".param r=1", ".lib parts.lib slow"))) == ["r0", "r1", "r2"]
    assert names(write("b.cir", deck(".lib 'parts.lib' Fast"))) == ["r0", "r1"]
    assert names(write("c.cir", deck(".lib here", "r8 a 0 1", ".endl here", "r9 a 0 1"))) == ["r0", "r9"]
    assert "has no section `medium`" in refusal(write("d.cir", deck(".lib parts.lib medium")))
    assert "`.lib` is not closed; expected `.endl`" in refusal(write("e.cir", deck(".lib open")))


def test_the_library_of_the_package_is_found(write):
    path = write("deck.cir", deck(".include amplifiers.lib"))
    assert names(path) == ["r0"]


def test_a_file_may_be_included_twice_if_it_defines_only_subcircuits(write):
    write("amp.inc", ".subckt amp p\nr1 p 0 1\n.ends\n")
    write("one.inc", ".include amp.inc\nx1 a amp\n")
    assert names(write("deck.cir", deck(".include one.inc", ".include amp.inc", "x2 a amp"))) == [
        "r0",
        "r.x1.r1",
        "r.x2.r1",
    ]


def test_other_folders_are_read_only_where_they_are_named(write, tmp_path):
    write("elsewhere/parts.inc", "r1 a 0 1\n")
    path = write("decks/deck.cir", deck(".include parts.inc"))
    assert "there is no file parts.inc in " in refusal(path)
    assert names(path, include_dirs=[tmp_path / "elsewhere"]) == ["r0", "r1"]
    outside = write("decks/out.cir", deck(".include ../elsewhere/parts.inc"))
    message = refusal(outside)
    assert "lies outside the folders that this deck may read" in message
    assert "--include-dir" in message
    assert names(outside, include_dirs=[str(tmp_path / "elsewhere")]) == ["r0", "r1"]
    absolute = write("decks/abs.cir", deck(f".include {tmp_path / 'elsewhere/parts.inc'}"))
    assert "lies outside" in refusal(absolute)


def test_links_lead_nowhere(write, tmp_path):
    secret = write("secret/file.inc", "secret r1 a 0 1\n")
    (tmp_path / "decks").mkdir()
    (tmp_path / "decks/link.inc").symlink_to(secret)
    (tmp_path / "decks/folder").symlink_to(tmp_path / "secret")
    for name in ("link.inc", "folder/file.inc"):
        message = refusal(write("decks/deck.cir", deck(f".include {name}")))
        assert "lies outside" in message
        assert "secret r1" not in message


def test_text_without_a_folder_reads_only_the_library():
    with pytest.raises(NetlistError, match="there is no file deck.inc"):
        netlist.parse(deck(".include deck.inc"))
    assert len(netlist.parse(deck(".include amplifiers.lib")).elements) == 1


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        ({"a.inc": ".include a.inc\n"}, "a.inc -> a.inc"),
        ({"a.inc": ".include b.inc\n", "b.inc": ".include sub/../a.inc\n"}, "a.inc -> b.inc -> a.inc"),
    ],
)
def test_files_that_include_themselves_are_refused(write, files, shown):
    for name, text in files.items():
        write(name, text)
    write("sub/x", "")
    assert f"the file includes itself: {shown}" in refusal(write("deck.cir", deck(".include a.inc")))


def test_exponential_inclusion_is_refused(write):
    for k in range(6):
        write(f"c{k}.inc", f".include c{k + 1}.inc\n" * 10)
    write("c6.inc", "* nothing\n")
    assert "10000 files are included" in refusal(write("deck.cir", deck(".include c0.inc")))


def test_the_sum_of_all_files_is_limited(write, monkeypatch):
    monkeypatch.setattr("analoghop.circuit.netlist.text.includes.MAX_BYTES", 1000)
    write("a.inc", "* " + "x" * 400 + "\n")
    path = write("deck.cir", deck(*[".include a.inc"] * 3))
    assert "the included files have more than 1000 bytes together" in refusal(path)


@pytest.mark.parametrize(
    "line",
    [
        ".include",
        ".include ''",
        ".include a.inc b.inc",
        ".include /dev/zero",
        ".include .",
        ".include " + "x" * 9000,
    ],
)
def test_what_is_no_file_is_refused(write, line):
    write("a.inc", "* nothing\n")
    assert len(refusal(write("deck.cir", deck(line)))) < 1500


def test_pipes_and_folders_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is not a regular file" in refusal(tmp_path / "pipe")
    assert "is a folder" in refusal(tmp_path)
    assert "cannot be read: No such file" in refusal(tmp_path / "nothing.cir")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the deck is empty"),
        (b"\n\n\n", "the deck is empty"),
        (b"title", "the deck describes no element"),
        (b"title\nR1 a 0", "the resistance is missing"),
        (b"title\nR1 a 0 1\n.subckt s p\nr1 p", "the node is missing"),
        (b"title\nR1 a 0 1\n.subckt s p\nr1 p 0 1\n", "`.subckt` is not closed"),
        (bytes(range(256)), "is a binary file, not a deck"),
        (b"\x7fELF\x02\x01\x01", "is this a binary file?"),
        (b"title\nR1 a 0 1\x1b[0m\n", "is this a binary file?"),
        (b"title\nR1 a 0 1" + b"0" * 1_500_000, "a line has 1500008 characters; expected at most 1000000"),
    ],
)
def test_broken_files_end_in_one_error(write, data, reason):
    assert reason in refusal(write("deck.cir", data))


def test_encodings_and_line_ends(write):
    for data in ("title\r\nr1 é 0 1µ\r\nr2 é 0 1\r\n".encode(), "\ufefftitle\rr1 é 0 1µ\rr2 é 0 1".encode()):
        circuit = netlist.read(write("deck.cir", data))
        assert (circuit.title, circuit.elements[0].a) == ("title", "é")
        assert circuit.elements[0].value == 1e-6
    circuit = netlist.read(write("deck.cir", "title\nr1 é 0 1µ\nr2 é 0 1".encode("latin-1")))
    assert circuit.elements[0][1:] == ("é", "0", 1e-6)


def test_a_large_file_is_refused_unread(write, monkeypatch):
    path = write("deck.cir", deck())
    with path.open("r+b") as stream:
        stream.truncate(lines.MAX_BYTES + 1)
    assert "bytes: at most" in refusal(path)
    monkeypatch.setattr("analoghop.circuit.netlist.reading.MAX_BYTES", 10)
    with pytest.raises(NetlistError, match="the deck has 20 characters"):
        netlist.parse(deck())


HOSTILE = {
    "a hundred megabytes of one line": "t\n" + "r1 a 0 1 " * 11_000_000,
    "a title of one hundred megabytes": "t" * 100_000_000,
    "parentheses": "t\nr0 a 0 1\nb1 b 0 V=" + "(" * 400_000 + "1" + ")" * 400_000,
    "open braces": "t\nr1 a 0 " + "{" * 900_000,
    "quotes": "t\nr1 a 0 " + "'" * 900_000,
    "signs": "t\nr0 a 0 1\nb1 b 0 V=" + "-" * 300_000 + "x",
    "words": "t\nx1 " + "a " * 400_000,
    "continuations": "t\n" + "+ a\n" * 300_000,
    "ports": "t\nr0 a 0 1\n.subckt s " + " ".join(f"n{k}" for k in range(100_000)),
    "initial voltages": "t\nr0 a 0 1\n.ic " + "v(a)=1 " * 100_000 + "v(",
    "blocks": "t\n" + ".if (1)\n" * 100_000,
    "towers": "t\nr0 a 0 {9**9**9**9}\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_decks_end_soon(kind):
    start = time.process_time()
    with pytest.raises(NetlistError) as caught:
        netlist.parse(HOSTILE[kind])
    assert len(str(caught.value)) < 1000
    assert time.process_time() - start < 10.0
