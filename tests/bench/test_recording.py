import ast
import json
import re

import pytest

from analoghop import Circuit
from analoghop.bench import BenchDeck, Session, replay
from analoghop.bench.recording.deck_log import deck_of_session, record_of
from analoghop.bench.recording.film import film_of
from analoghop.bench.recording.page import bundled, film_page
from analoghop.bench.recording.script import script_of
from analoghop.bench.server.handler import PAGE
from analoghop.errors import FileFormatError, InputError
from tests.bench.examples import FLIPFLOP, memory, queens, triangle


def played_session(source=None, ticks=12):
    session = Session(source or BenchDeck(FLIPFLOP), seed=3)
    session.run(ticks // 2)
    name = next(iter(session.rig.knobs), None)
    if name is not None:
        session.apply({"do": "knob", "name": name, "value": session.rig.knobs[name].value * 1.25})
    session.run(ticks - ticks // 2)
    return session


@pytest.mark.parametrize(
    "source", [None, queens(), memory(), triangle()], ids=["deck", "queens", "memory", "cut"]
)
def test_a_deck_with_its_log_is_a_deck_and_a_session(source):
    session = played_session(source)
    text = deck_of_session(session)
    assert replay(record_of(text, "x.cir")).digest == session.digest
    if source is None:
        assert Circuit.parse(text).elements == Circuit.parse(FLIPFLOP).elements


def test_a_script_is_python_with_the_record(capsys):
    session = played_session()
    text = script_of(session)
    ast.parse(text)
    exec(compile(text, "script", "exec"), {"__name__": "__main__"})
    assert f"the last frame is {session.digest}, as in the browser" in capsys.readouterr().out


def test_titles_do_not_break_a_script():
    deck = FLIPFLOP.replace("Flip-flop of two amplifiers", 'a "title" \\ with """ {braces}')
    ast.parse(script_of(played_session(BenchDeck(deck))))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no session"),
        ("hello", "no session"),
        ("[1]", "no session"),
        ("{}", "no session"),
        ("title\n.end\n*bench {\n", "damaged"),
        ("[" * 100_000, "no session"),
    ],
)
def test_other_files_are_no_sessions(text, words):
    with pytest.raises(FileFormatError, match=words):
        record_of(text, "x.cir")


@pytest.mark.parametrize(
    "change",
    [
        {"source": None},
        {"source": {"kind": "deck", "text": 3}},
        {"source": {"kind": "cake"}},
        {"source": {"kind": "problem", "problem": "colouring", "text": "x", "name": "x.col", "colours": "3"}},
        {"seed": "x"},
        {"dt": -1.0},
        {"dt": "x"},
        {"ticks": -1},
        {"ticks": 1e300},
        {"ticks": "many"},
        {"actions": 3},
        {"actions": [3]},
        {"actions": [{"do": "reset"}]},
        {"actions": [{"tick": 0, "do": "fly"}]},
        {"actions": [{"tick": 0}]},
    ],
)
def test_damaged_records_are_refused_in_a_sentence(change):
    with pytest.raises(InputError) as caught:
        replay({**played_session().to_dict(), **change})
    assert str(caught.value)


def test_a_replay_can_be_limited_in_time():
    record = {**played_session().to_dict(), "ticks": 1_000_000}
    with pytest.raises(InputError, match="too long"):
        replay(record, time_limit=0.2)


@pytest.mark.parametrize("source", [None, queens(), memory()], ids=["deck", "queens", "memory"])
def test_a_film_ends_with_the_last_frame_of_its_session(source):
    session = played_session(source)
    film = film_of(session.to_dict())
    assert film["frames"][0]["tick"] == 0
    assert film["frames"][-1]["digest"] == session.digest
    assert [kind for _, kind, _ in film["events"]][0] == "setup"
    json.dumps(film)


def test_a_long_film_is_thinned_and_still_ends_at_the_end():
    session = Session(BenchDeck(FLIPFLOP))
    session.run(50)
    film = film_of(session.to_dict(), most_frames=20)
    assert len(film["frames"]) <= 22
    assert film["frames"][-1]["digest"] == session.digest
    samples = sum(len(times) for frame in film["frames"] for times, _ in frame["traces"])
    assert samples == 4 * 50


def test_the_modules_of_the_page_make_one_script():
    script = bundled("main.js")
    modules = set(re.findall(r'^modules\["([^"]+)"\] = ', script, re.MULTILINE))
    assert modules == {path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*.js")}
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)


def test_a_page_of_a_film_carries_all_it_needs_and_no_tag_of_the_deck():
    deck = FLIPFLOP.replace("Flip-flop of two amplifiers", "</script><script>alert(1)</script>")
    page = film_page(played_session(BenchDeck(deck)).to_dict())
    assert "src=" not in page
    assert 'href="style.css"' not in page
    assert page.count("</script>") == 2
    assert "alert(1)</title>" not in page
