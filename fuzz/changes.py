"""`changed`: a file with a few bytes, words or lines that are not its own."""

from __future__ import annotations

from random import Random

BYTES = [
    b"\0",
    b"\xff",
    b"\x1b[31m",
    b"\r",
    b"\n",
    b"\x0b",
    b"\x0c",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
]
BYTES += [
    b"\xef\xbb\xbf",
    b"\t",
    b" ",
    b"+",
    b"-",
    b"*",
    b"(",
    b")",
    b"{",
    b"}",
    b"'",
    b'"',
    b"=",
    b",",
    b";",
    b".",
]
WORDS = [b"0", b"-1", b"1e308", b"-1e308", b"1e-308", b"1e999", b"nan", b"inf", b"1000000", b"999999999"]
WORDS += [
    b"99999999999999999999",
    b"1e5",
    b"0.1",
    b"x",
    b"1/0",
    b"\xc3\xa9",
    b"\xd9\xa3",
    b"1_0",
    b"0x10",
    b"--1",
]


def changed(random: Random, whole: bytes, others: tuple[bytes, ...] = ()) -> bytes:
    """Return `whole` changed in one to four places; `others` are files from which parts may come."""
    for _ in range(random.choice((1, 1, 2, 4))):
        whole = random.choice(_CHANGES)(random, whole, random.choice(others) if others else whole)
    return whole


def _byte(random: Random, whole: bytes, other: bytes) -> bytes:
    place = random.randrange(len(whole) + 1)
    return whole[:place] + bytes([random.randrange(256)]) + whole[place + 1 :]


def _insert(random: Random, whole: bytes, other: bytes) -> bytes:
    place = random.randrange(len(whole) + 1)
    return whole[:place] + random.choice(BYTES) + whole[place:]


def _cut(random: Random, whole: bytes, other: bytes) -> bytes:
    first, last = sorted(random.randrange(len(whole) + 1) for _ in range(2))
    return whole[:first] + whole[last:] if random.random() < 0.7 else whole[:last]


def _word(random: Random, whole: bytes, other: bytes) -> bytes:
    words = whole.split(b" ")
    words[random.randrange(len(words))] = random.choice(WORDS)
    return b" ".join(words)


def _number(random: Random, whole: bytes, other: bytes) -> bytes:
    """Replace a digit and those around it."""
    places = [k for k, byte in enumerate(whole) if chr(byte).isdigit()]
    if not places:
        return whole
    first = last = random.choice(places)
    while last < len(whole) and chr(whole[last]).isdigit():
        last += 1
    return whole[:first] + random.choice(WORDS) + whole[last:]


def _line(random: Random, whole: bytes, other: bytes) -> bytes:
    lines = whole.split(b"\n")
    line = random.choice(other.split(b"\n"))
    lines.insert(random.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _repeat(random: Random, whole: bytes, other: bytes) -> bytes:
    first, last = sorted(random.randrange(len(whole) + 1) for _ in range(2))
    return (
        whole[:last] + whole[first:last] * random.choice((1, 2, 50)) + whole[last:]
        if last - first < 200
        else whole
    )


_CHANGES = (_byte, _insert, _cut, _word, _number, _line, _repeat)
