import http.client
import json
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from analoghop.bench import BenchDeck, Session, replay
from analoghop.bench.server.desk import MOST
from analoghop.bench.server.guard import LARGEST_BODY
from analoghop.bench.server.live import WAITING, Busy, Live
from analoghop.bench.server.server import BenchServer, serving
from analoghop.errors import InputError
from tests.bench.examples import FLIPFLOP, queens


@pytest.fixture
def server():
    before = set(threading.enumerate())
    with serving(BenchServer(Session(BenchDeck(FLIPFLOP)).to_dict(), grace=0.3)) as running:
        yield running
    deadline = time.monotonic() + 5.0
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before


def asked(server, method, path, body=None, **headers):
    """Return the status and the answer to a request like those of the page; `headers` replace its own."""
    own = {"Host": server.guard.hosts[0]}
    if method == "POST":
        own["Origin"] = f"http://{server.guard.hosts[0]}"
    own |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.guard.port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    if method == "POST" and "Content-Length" not in own and "Transfer-Encoding" not in own:
        own["Content-Length"] = str(len(content))
    for name, value in own.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(content)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer, text


def posted(server, path, body):
    answer, text = asked(server, "POST", f"/{server.guard.token}/{path}", body)
    return answer.status, json.loads(text)


def opened(server, **body):
    status, answer = posted(server, "session", body)
    assert status == 200, answer
    return answer["session"]


@contextmanager
def events(server, name):
    """Yield the events of a session as pairs of their kind and value."""
    connection = http.client.HTTPConnection("127.0.0.1", server.guard.port, timeout=10)
    connection.request("GET", f"/{server.guard.token}/session/{name}/events")
    answer = connection.getresponse()
    assert answer.status == 200

    def read():
        kind = None
        while line := answer.readline().decode():
            word, _, value = line.rstrip("\n").partition(": ")
            if word == "event":
                kind = value
            elif word == "data":
                yield kind, json.loads(value)

    try:
        yield read()
    finally:
        answer.close()
        connection.close()


def next_frame(stream, wanted=lambda frame: True):
    return next(value for kind, value in stream if kind == "frame" and wanted(value))


def test_a_session_runs_acts_and_repeats(server):
    name = opened(server)
    with events(server, name) as stream:
        kind, setup = next(stream)
        assert kind == "setup"
        assert setup["title"] == "Flip-flop of two amplifiers"
        assert posted(server, f"session/{name}/control", {"run": True})[0] == 200
        assert next_frame(stream, lambda frame: frame["tick"] > 3)["running"]
        act = {"do": "knob", "name": "gain", "value": 2.0}
        assert posted(server, f"session/{name}/act", {"actions": [act]})[0] == 200
        assert posted(server, f"session/{name}/control", {"run": False})[0] == 200
        last = next_frame(stream, lambda frame: not frame["running"])
    _, text = asked(server, "GET", f"/{server.guard.token}/session/{name}/log")
    record = json.loads(text)
    assert record["actions"][0]["value"] == 2.0
    assert replay(record).digest == last["digest"]


def test_a_session_ends_when_nobody_listens_any_longer(server):
    name = opened(server)
    with events(server, name) as stream:
        next(stream)
        assert len(server.desk) == 1
    deadline = time.monotonic() + 8.0
    while len(server.desk) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(server.desk) == 0
    assert posted(server, f"session/{name}/control", {"run": True})[0] == 410


def test_a_closed_tab_ends_its_session_at_once(server):
    name = opened(server)
    assert posted(server, f"session/{name}/close", {})[0] == 200
    assert len(server.desk) == 0


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 403),
        ("/wrong/", {}, 403),
        ("/wr\xf6ng/", {}, 403),
        ("/{token}x/", {}, 403),
        ("/{token}/", {"Host": "evil.example"}, 403),
        ("/{token}/", {"Host": "127.0.0.1"}, 403),
        ("/{token}/", {"Host": None}, 403),
        ("/{token}/", {"Origin": "http://evil.example"}, 403),
        ("/{token}/", {"Origin": "null"}, 403),
        ("/{token}/", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("/{token}/../../../etc/passwd", {}, 404),
        ("/{token}/..%2f..%2fsession.py", {}, 404),
        ("/{token}//etc/passwd", {}, 404),
        ("/{token}/views/../../session.py", {}, 404),
        ("/{token}/views", {}, 404),
        ("/{token}/session/none/events", {}, 410),
        ("/{token}/", {}, 200),
        ("/{token}/main.js", {}, 200),
        ("/{token}/views/heat.js", {}, 200),
    ],
)
def test_only_the_page_itself_gets_an_answer(server, path, headers, status):
    path = path.replace("{token}", server.guard.token).encode("latin-1").decode("latin-1")
    if not path.isascii():
        with pytest.raises(UnicodeEncodeError):
            asked(server, "GET", path)
        return
    answer, text = asked(server, "GET", path, **headers)
    assert answer.status == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert b"root:" not in text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({}, {"Origin": None}, 403),
        ({}, {"Origin": "http://localhost:1"}, 403),
        ({}, {"Host": "evil.example"}, 403),
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"\xff", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"", {"Content_Length": str(100 * 2**20)}, 413),
        (b"", {"Content_Length": "9" * 40}, 413),
        (b"", {"Content_Length": "-1"}, 411),
        (b"", {"Transfer_Encoding": "chunked"}, 411),
        ({"source": {"kind": "deck", "text": "x"}}, {}, 422),
        ({"source": {"kind": "deck", "text": "x\n.include /etc/passwd\n"}}, {}, 422),
        ({"source": {"kind": "problem", "problem": "tsp", "text": "/etc/passwd"}}, {}, 422),
        ({"source": {"kind": "problem", "problem": "sudoku", "text": "/etc/passwd"}}, {}, 422),
        ({"source": {"kind": "problem", "problem": "tsp", "text": "x", "name": ".."}}, {}, 422),
        ({"source": {"kind": "problem", "problem": "tsp", "text": "x", "name": "a\0b"}}, {}, 422),
        ({"source": {"kind": "problem", "problem": "tsp", "text": "x", "name": "x" * 999}}, {}, 422),
        ({"source": {"kind": "problem", "problem": "model", "text": "x", "name": "x"}}, {}, 422),
        ({"source": {"kind": "problem", "problem": "queens", "text": "5", "best": "low"}}, {}, 422),
        ({"source": 1}, {}, 422),
        ({"record": {"actions": 1}}, {}, 422),
    ],
)
def test_bad_requests_are_refused_with_a_sentence(server, body, headers, status):
    answer, text = asked(server, "POST", f"/{server.guard.token}/session", body, **headers)
    assert answer.status == status
    assert json.loads(text)["error"]
    assert b"root:" not in text
    assert not len(server.desk)


def test_a_body_that_is_too_large_is_not_read(server):
    with socket.create_connection(("127.0.0.1", server.guard.port), timeout=10) as plug:
        head = (
            f"POST /{server.guard.token}/session HTTP/1.1\r\nHost: {server.guard.hosts[0]}\r\n"
            f"Origin: http://{server.guard.hosts[0]}\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n"
        )
        plug.sendall(head.encode())
        assert plug.recv(64).startswith(b"HTTP/1.1 413")


def test_bad_actions_and_controls_are_refused_and_the_session_lives_on(server):
    name = opened(server)
    for what, body in (
        ("act", {}),
        ("act", {"actions": ["x"]}),
        ("act", {"actions": [{"do": ["knob"]}]}),
        ("act", {"actions": [{"do": "knob", "name": ["gain"], "value": 1}]}),
        ("act", {"actions": [{"do": "rewind", "to": "x"}]}),
        ("act", {"actions": [{"do": "kick", "part": 3, "volts": 1}]}),
        ("control", {"run": "yes"}),
        ("control", {"step": 1_000_000}),
        ("control", {"watch": ["a"] * 99}),
        ("control", {"watch": [1]}),
    ):
        status, answer = posted(server, f"session/{name}/{what}", body)
        assert status == 422, (what, body, answer)
        assert answer["error"]
    assert posted(server, f"session/{name}/nothing", {})[0] == 404
    assert posted(server, f"session/{name}/control", {"step": 2})[0] == 200


def test_errors_of_a_deck_come_with_line_and_column(server):
    name = opened(server)
    action = {"do": "source", "source": {"kind": "deck", "text": "title\nr1 a 0 1k\nr2 a\n.end\n"}}
    status, answer = posted(server, f"session/{name}/act", {"actions": [action]})
    assert status == 422
    assert answer["line"] == 3
    assert answer["reason"] in answer["error"]


def test_only_so_many_tabs_are_served(server):
    names = [opened(server) for _ in range(MOST)]
    status, answer = posted(server, "session", {})
    assert status == 503
    assert "close" in answer["error"]
    posted(server, f"session/{names[0]}/close", {})
    assert opened(server)


def test_eight_tabs_run_side_by_side_and_a_sleeping_one_holds_nobody_up(server):
    names = [opened(server) for _ in range(8)]
    with events(server, names[0]) as sleeping:
        next(sleeping)
        for name in names:
            posted(server, f"session/{name}/control", {"run": True})
        with events(server, names[1]) as stream:
            first = next_frame(stream)["tick"]
            assert next_frame(stream, lambda frame: frame["tick"] >= first + 5)
        # The tab that slept finds the newest frames only, not those that it missed.
        live = server.desk.find(names[0])
        assert len(live.traces) <= 90
        for name in names:
            posted(server, f"session/{name}/close", {})


def test_a_flood_of_requests_meets_a_queue_that_does_not_grow():
    live = Live(Session(queens(), seed=1))
    hold = threading.Event()
    floods = [threading.Thread(target=live.ask, args=(lambda session: hold.wait(10),))]
    floods += [threading.Thread(target=live.ask, args=(lambda session: None,)) for _ in range(WAITING)]
    floods[0].start()
    while live._asked:
        time.sleep(0.001)
    try:
        for flood in floods[1:]:
            flood.start()
        deadline = time.monotonic() + 5.0
        while len(live._asked) < WAITING and time.monotonic() < deadline:
            time.sleep(0.001)
        with pytest.raises(Busy, match="too many"):
            live.ask(lambda session: None)
    finally:
        hold.set()
        for flood in floods:
            flood.join()
        live.close()
    with pytest.raises(Busy, match="ended"):
        live.ask(lambda session: None)


def test_a_flood_of_actions_over_the_network_is_answered_or_refused_and_ends(server):
    name = opened(server)
    posted(server, f"session/{name}/control", {"run": True})
    seen = []

    def flood():
        for k in range(25):
            act = {"do": "knob", "name": "gain", "value": 1.0 + 0.01 * k}
            seen.append(posted(server, f"session/{name}/act", {"actions": [act]})[0])

    floods = [threading.Thread(target=flood) for _ in range(8)]
    for each in floods:
        each.start()
    for each in floods:
        each.join()
    assert len(seen) == 200
    assert set(seen) <= {200, 429, 503}
    assert seen.count(200) > 0
    assert posted(server, f"session/{name}/control", {"run": False})[0] == 200
    posted(server, f"session/{name}/close", {})


def test_connections_beyond_the_limit_are_turned_away(server):
    taken = [server._places.acquire(blocking=False) for _ in range(64)]
    try:
        assert all(taken)
        answer, text = asked(server, "GET", f"/{server.guard.token}/")
        assert answer.status == 503
    finally:
        for _ in taken:
            server._places.release()
    assert asked(server, "GET", f"/{server.guard.token}/")[0].status == 200


def test_a_port_that_is_taken_is_an_error_of_input(server):
    with pytest.raises(InputError, match="cannot be used"):
        BenchServer({}, port=server.guard.port)
    with pytest.raises(InputError, match="expected 0 to 65535"):
        BenchServer({}, port=70000)


def test_a_failure_within_a_picture_pauses_the_session_and_leaves_its_thread(monkeypatch):
    live = Live(Session(queens(), seed=1))
    try:

        def fail(session):
            raise ZeroDivisionError("of the test")

        monkeypatch.setattr("analoghop.bench.server.live.answer_of", fail)
        live.control(step=1)
        live.ask(lambda session: None)
        assert live.latest["fault"] == "internal failure, ZeroDivisionError: of the test"
        monkeypatch.undo()
        live.control(run=False, step=2)
        live.control(run=True)
        live.ask(lambda session: None)
        assert live.latest["fault"] is None
    finally:
        live.close()


def test_a_circuit_that_cannot_be_followed_pauses_with_its_reason(monkeypatch):
    monkeypatch.setattr("analoghop.bench.motion.PATIENCE", 0.2)
    deck = "runaway\nc1 a 0 1\nb1 a 0 i=-v(a)*v(a)\n.ic v(a)=1\n.tran 1m 3 uic\n.end\n"
    live = Live(Session(BenchDeck(deck)))
    try:
        live.control(step=300)
        live.ask(lambda session: None)  # answered after the frame of the request before
        assert "cannot be followed" in live.latest["fault"]
        assert not live.latest["running"]
    finally:
        live.close()
