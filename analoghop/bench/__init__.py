"""The bench: a circuit under your hands.

A `Session` advances a circuit tick by tick and carries out actions on it; its log replays bit for bit:

    from analoghop.bench import Session, replay, read_bench_deck

    session = Session(read_bench_deck("flipflop.cir"))
    session.run(30)
    session.apply({"do": "knob", "name": "gain", "value": 2.0})
    session.run(30)
    assert replay(session.to_dict()).digest == session.digest

`analoghop bench` shows it in a browser.
"""

from analoghop.bench.recording.replaying import replay
from analoghop.bench.session import ACTIONS, Session
from analoghop.bench.sources.deck import BenchDeck
from analoghop.bench.sources.problem import BenchProblem
from analoghop.bench.sources.reading import read_bench_deck, read_bench_problem, source_of

__all__ = [
    "ACTIONS",
    "BenchDeck",
    "BenchProblem",
    "Session",
    "read_bench_deck",
    "read_bench_problem",
    "replay",
    "source_of",
]
