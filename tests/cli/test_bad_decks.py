"""Whatever a deck is, a verb ends in bounded time with one clear error and exit code 3."""

import time
from pathlib import Path

import pytest

from .conftest import Command

TEXTS = {
    "empty": b"",
    "blank": b"\n\n  \n",
    "binary": bytes(range(256)) * 40,
    "nul": b"title\nR1 a 0 1k\n\x00\n",
    "truncated": b"title\nR1 a 0",
    "no such element": b"title\nQ1 a b c model\nC1 a 0 1u\n.tran 1u 1m\n.end\n",
    "zero": b"title\nR1 a 0 0\nC1 a 0 1u\n.tran 1u 1m uic\n.end\n",
    "negative": b"title\nR1 a 0 1k\nC1 a 0 -1u\n.tran 1u 1m uic\n.end\n",
    "nan": b"title\nR1 a 0 nan\nC1 a 0 1u\n.tran 1u 1m uic\n.end\n",
    "overflow": b"title\nR1 a 0 1e999\nC1 a 0 1u\n.tran 1u 1m uic\n.end\n",
    "recursive include": b"title\n.include deck.cir\n.end\n",
    "recursive subckt": b"title\n.subckt s a\nX1 a s\n.ends\nX1 a s\nC1 a 0 1u\n.tran 1u 1m uic\n.end\n",
    "recursive param": b"title\n.param a={b} b={a}\nR1 x 0 {a}\nC1 x 0 1u\n.tran 1u 1m uic\n.end\n",
    "missing include": b"title\n.include nowhere.lib\n.end\n",
    "include above": b"title\n.include ../../../../etc/passwd\n.end\n",
    "fourier analysis": b"title\nV1 a 0 1\nR1 a 0 1k\n.four 1k v(a)\n.end\n",
    "endless sweep": b"title\nV1 a 0 1\nR1 a 0 1k\n.dc V1 0 1 -0.1\n.end\n",
    "no path": b"title\nC1 a 0 1u\nC2 a 0 1u\n.tran 1u 1m uic\n.end\n",
    "loop": b"title\nB1 a 0 V=tanh(2*V(b))\nB2 b 0 V=tanh(2*V(a))\nR1 a b 1k\n.tran 1u 1m uic\n.end\n",
    "deep": b"title\nB1 a 0 V="
    + b"(" * 20000
    + b"1"
    + b")" * 20000
    + b"\nC1 a 0 1u\n.tran 1u 1m uic\n.end\n",
    "long line": b"title\nR1 a 0 " + b"1" * 20_000_000,
}


@pytest.mark.parametrize("verb", ["run", "show", "op", "compare"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_bad_deck(command: Command, tmp_path: Path, verb: str, text: bytes) -> None:
    deck = tmp_path / "deck.cir"
    deck.write_bytes(text)
    began = time.monotonic()
    answer = (
        command(verb, deck, "--json", "--plot", tmp_path / "x.png") if verb != "op" else command(verb, deck)
    )
    assert time.monotonic() - began < 5
    assert answer.code == 3, answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err
    assert answer.err.startswith("analoghop: ")
    assert len(answer.err) < 1000
    assert [path.name for path in tmp_path.iterdir()] == ["deck.cir"]


@pytest.mark.parametrize("verb", ["run", "show", "op", "compare"])
def test_missing_deck_and_folder(command: Command, tmp_path: Path, verb: str) -> None:
    assert command(verb, tmp_path / "nothing.cir").code == 3
    assert command(verb, tmp_path).code == 3
    assert "cannot be read: it is a folder" in command(verb, tmp_path).err


def test_errors_carry_file_line_column_and_text(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "deck.cir"
    deck.write_text("title\nR1 a 0 1k\nC1 a 0 -1u\n.tran 1u 1m uic\n.end\n")
    err = command("run", deck, "--quiet").err
    assert f"{deck}:3:8: " in err
    assert "C1 a 0 -1u" in err
