"""No deck makes ngspice run a command, or read a file that its circuit does not include."""

import shutil
from pathlib import Path

import pytest

from .conftest import Command

pytestmark = [
    pytest.mark.ngspice,
    pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed"),
]

PLAIN = "t\nR1 u 0 1k\nC1 u 0 1n ic=1\n{}.tran 1u 10u uic\n.end\n"
HARMLESS = PLAIN.format("")
WORD = "kept_to_itself"
COMMANDS = ("shell touch {mark}", "echo x > {mark}", "write {mark}", "SHELL touch {mark}", "!touch {mark}")

INSIDE = {
    "a comment that is a command": "*#{command}\n",
    "a comment that is a command, in capitals": "*#SHELL touch {mark}\n",
    "a comment behind blanks": "  \t*#{command}\n",
    "a comment between continuations": "R2 u 0\n*#{command}\n+ 1k\n",
    "a comment in a subcircuit": ".subckt s a\nRa a 0 1k\n*#{command}\n.ends\nX1 u s\n",
    "a comment in an included file": ".include comment.inc\n",
    "a comment in a section of a library": ".lib some.lib part\n",
    "a block of commands": ".control\n{command}\n.endc\n",
    "a block in mixed case": ".CoNtRoL\n{command}\n.EnDc\n",
    "a block behind blanks": " \t.control\n{command}\n .endc\n",
    "a word that begins like a block": ".controlx\n{command}\n.endc\n",
    "an end of a block that is none": ".control\n.endcx\n{command}\n.endc\n",
    "a block that is never closed": ".control\n{command}\n",
    "a command to execute": ".exec {command}\n",
    "a carriage return": "* harmless\r*#{command}\n",
    "a vertical tab": "* harmless\x0b*#{command}\n",
    "a form feed": "* harmless\x0c*#{command}\n",
    "a next line": "* harmless\x85*#{command}\n",
    "a line separator": "* harmless\u2028*#{command}\n",
    "a paragraph separator": "* harmless\u2029.control\u2029{command}\u2029.endc\n",
    "a comment at the end of a line": "R2 u 0 1k ;*#{command}\n",
    "quotes that are run": "R2 u 0 1k `touch {mark}`\n",
    "a name that is a command": "R`touch_{mark}` u 0 1k\n",
    "a node that is a command": "R2 u .control 1k\nR3 .control 0 1k\n",
    "an option that names a file": ".options rawfile={mark}\n",
    "a model that is code": ".model m d_process(process_file={mark})\nA1 u m\n",
    "an expression with a string": 'B1 v 0 V="{command}"\n',
    "a parameter that is a string": ".param p='{command}'\n",
    "a measurement that is a command": ".meas tran shell MAX v(u)\n*#shell touch {mark}\n",
}
BEHIND = {
    "a comment behind the end": "*#{command}\n",
    "a block behind the end": ".control\n{command}\n.endc\n",
    "a file behind the end": ".include {secret}\n",
    "a file beside the folder": ".include ../secret.txt\n",
    "a second deck": "t\n.tran 1u 1m\n.control\n{command}\n.endc\n.end\n",
    "a resistor behind the end": "R2 u 0 1k\n",
    "a library behind the end": ".lib {secret} part\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "decks"
    place.mkdir()
    (tmp_path / "secret.txt").write_text(f"{WORD} 1 2 3\n.lib part\n{WORD} 4 5\n.endl\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".spiceinit").write_text(f"shell touch {tmp_path / 'mark'}\n")
    (place / ".spiceinit").write_text(f"shell touch {tmp_path / 'mark'}\n")
    for name, head, tail in (("comment.inc", "", ""), ("some.lib", ".lib part\n", ".endl\n")):
        (place / name).write_text(f"{head}*#shell touch {tmp_path / 'mark'}\nRi u 0 1k\n{tail}")
    monkeypatch.chdir(place)
    return place


def check_harmless(command: Command, folder: Path, content: bytes) -> None:
    """Compare a deck: refused as bad input or compared, nothing happened, nothing was read."""
    (folder / "deck.cir").write_bytes(content)
    before = sorted(folder.rglob("*"))
    answer = command("compare", folder / "deck.cir", "--json")
    assert answer.code in (0, 3), answer.err
    assert not (folder.parent / "mark").exists()
    assert sorted(folder.rglob("*")) == before
    assert WORD not in answer.out + answer.err.replace(str(folder), "")


def spelt(text: str, folder: Path, words: str) -> str:
    mark = folder.parent / "mark"
    words = words.format(mark=mark)
    return (
        text.replace("{command}", words)
        .replace("{mark}", str(mark))
        .replace("{secret}", str(folder.parent / "secret.txt"))
    )


@pytest.mark.parametrize("words", COMMANDS[:2])
@pytest.mark.parametrize("trick", INSIDE, ids=str)
def test_nothing_in_a_deck_is_run(command: Command, folder: Path, trick: str, words: str) -> None:
    text = PLAIN.format(spelt(INSIDE[trick], folder, words))
    check_harmless(command, folder, text.encode())


@pytest.mark.parametrize("words", COMMANDS)
def test_no_command_is_run(command: Command, folder: Path, words: str) -> None:
    check_harmless(command, folder, PLAIN.format(spelt("*#{command}\n", folder, words)).encode())


@pytest.mark.parametrize("trick", BEHIND, ids=str)
def test_what_stands_behind_the_end_is_not_there(command: Command, folder: Path, trick: str) -> None:
    check_harmless(command, folder, (HARMLESS + spelt(BEHIND[trick], folder, COMMANDS[0])).encode())
    answer = command("compare", folder / "deck.cir", "--json")
    assert answer.value["largest"] < 1e-5


@pytest.mark.parametrize("title", ["*ng_script", "*#shell touch {mark}", ".control", "\x1b]0;x\x07", "`id`"])
def test_a_title_is_no_command(command: Command, folder: Path, title: str) -> None:
    text = HARMLESS.replace("t\n", spelt(title, folder, "") + "\n", 1)
    text = text.replace("R1", spelt("*#shell touch {mark}", folder, "") + "\nR1", 1)
    check_harmless(command, folder, text.encode())


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff", b"\xe9 \xb5 "], ids=repr)
def test_bytes_that_are_no_ascii_change_nothing(command: Command, folder: Path, mark: bytes) -> None:
    line = spelt("*#shell touch {mark}\n", folder, "").encode()
    check_harmless(command, folder, mark + HARMLESS.encode().replace(b"R1", line + b"R1", 1))
    check_harmless(command, folder, HARMLESS.encode().replace(b"R1", b"* " + mark + b"\n" + line + b"R1", 1))


@pytest.mark.parametrize("how", [".include {}", ".INC '{}'", '.include "{}"', ".lib {} part", ".inc\t{}"])
@pytest.mark.parametrize("name", ["../secret.txt", "{secret}", "link.inc"])
def test_a_file_outside_the_folder_is_not_read(command: Command, folder: Path, how: str, name: str) -> None:
    (folder / "link.inc").symlink_to(folder.parent / "secret.txt")
    line = how.format(spelt(name, folder, "")) + "\n"
    check_harmless(command, folder, PLAIN.format(line).encode())
    assert command("compare", folder / "deck.cir").code == 3


def test_a_circuit_that_has_commands_for_names_agrees(command: Command, folder: Path) -> None:
    text = "t\nR.control u 0 1k\nC*# u ../x 1n ic=1\nR`id` ../x 0 1\n.tran 1u 10u uic\n.end\n"
    check_harmless(command, folder, text.encode())
    value = command("compare", folder / "deck.cir", "--json").value
    assert set(value["signals"]) == {"v(u)", "v(../x)"}
    assert value["largest"] < 1e-5
