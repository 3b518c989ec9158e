import json
from urllib.parse import urlsplit

import pytest

from analoghop.bench import BenchDeck, replay
from tests.bench.examples import FLIPFLOP, queens

pytestmark = pytest.mark.browser


def log_of(tab):
    """Return the record of the session behind a tab."""
    name = next(iter(tab.server.desk._seats))
    return tab.server.desk.find(name).ask(lambda session: session.to_dict())


def test_run_pause_step_and_reset(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        ticks = here.run_for(5)
        assert ticks >= 5
        here.page.click("#step")
        here.wait(f"body[data-tick='{ticks + 1}']")
        here.page.click("#reset")
        here.wait("body[data-t='0']")
        assert here.complaints == []


def test_a_page_asks_nothing_of_any_other_server(tab):
    with tab(queens()) as here:
        here.run_for(3)
        hosts = {urlsplit(url).netloc for url in here.requests if not url.startswith(("data:", "blob:"))}
        assert hosts == {here.server.guard.hosts[0]}
        assert here.complaints == []


def test_a_knob_turns_by_slider_and_by_number_and_is_in_the_log(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.fill("[data-number=gain]", "2.5")
        here.page.press("[data-number=gain]", "Enter")
        here.wait(".knob[data-value='2.5'] [data-number=gain]")
        here.page.focus("[data-knob=noise]")
        here.page.keyboard.press("ArrowRight")
        here.wait(".knob[data-value='0.005'] [data-number=noise]")
        names = [action["name"] for action in log_of(here)["actions"]]
        assert names == ["gain", "noise"]


def test_a_new_start_shows_its_seed(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.fill("#seed", "42")
        here.page.press("#seed", "Enter")
        here.wait("body[data-log='1']")
        assert log_of(here)["actions"][0] == {"tick": 0, "do": "start", "seed": 42}


def test_speed_is_a_number_of_circuit_seconds_per_second(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.fill("#speed", "0.03")
        here.page.press("#speed", "Enter")
        here.wait("body[data-log='1']")
        assert log_of(here)["actions"][0]["dt"] == pytest.approx(0.001)


def test_looking_back_changes_nothing_and_going_on_from_there_rewinds(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.run_for(8)
        digest = here.data("digest")
        here.page.focus("#rewind")
        for _ in range(4):
            here.page.keyboard.press("ArrowLeft")
        here.wait("body[data-peek]")
        assert here.data("digest") == digest
        to = int(here.page.input_value("#rewind"))
        here.page.click("#go-back")
        here.wait("body[data-log='1']:not([data-peek])")
        action = log_of(here)["actions"][0]
        assert (action["do"], action["to"]) == ("rewind", to)


def test_what_a_page_did_replays_to_its_last_frame(tab):
    with tab(queens()) as here:
        here.run_for(4)
        here.page.fill("#seed", "5")
        here.page.press("#seed", "Enter")
        here.run_for(3)
        record = json.loads(json.dumps(log_of(here)))
        assert replay(record).digest == here.data("digest")


def test_a_click_on_a_cell_watches_it(tab):
    with tab(queens()) as here:
        before = here.data("watched").split()
        canvas = here.page.locator("#view-panel-heat canvas")
        box = canvas.bounding_box()
        here.page.mouse.click(box["x"] + (box["width"] - 60) / 2, box["y"] + box["height"] / 2)
        here.page.wait_for_timeout(100)
        assert here.data("watched").split() != before


def test_a_server_that_is_killed_is_told_of(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.server.shutdown()
        here.server.socket.close()
        here.server.desk.close()
        here.wait("body[data-lost]")
        assert here.page.inner_text("#notice")
