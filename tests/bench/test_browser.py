import json
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from analoghop import Circuit, equilibria
from analoghop.bench import BenchDeck, Session, replay
from analoghop.bench.recording.deck_log import record_of
from analoghop.bench.recording.page import film_page
from analoghop.errors import NetlistError
from tests.bench.examples import FLIPFLOP, memory, queens

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


def test_a_wrong_deck_is_refused_at_its_line_in_the_parsers_own_words(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.click("#panel-deck")
        here.page.fill("#deck", "title\nr1 a 0 1k\nr2 a\n.end\n")
        here.page.press("#deck", "Control+Enter")
        here.wait("#deck-error[data-line='3']")
        with pytest.raises(NetlistError) as caught:
            BenchDeck("title\nr1 a 0 1k\nr2 a\n.end\n")
        assert here.page.inner_text("#deck-error").split("\n")[0] == str(caught.value).split("\n")[0]
        assert here.page.inner_text(".editor .wrong").strip() == "3"
        assert log_of(here)["actions"] == []


def test_an_applied_deck_keeps_voltages_and_undo_keeps_time_and_knobs(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.run_for(5)
        here.page.fill("[data-number=gain]", "3")
        here.page.press("[data-number=gain]", "Enter")
        here.wait("body[data-log='1']")
        tick, digest = here.data("tick"), here.data("digest")
        here.page.click("#panel-deck")
        here.page.fill("#deck", FLIPFLOP.replace("10k", "11k", 1))
        here.page.click("#apply")
        here.wait("body[data-log='2']")
        assert (here.data("tick"), here.data("digest")) == (tick, digest)
        here.page.click("#undo-deck")
        here.wait("body[data-log='3']")
        assert here.page.input_value("#deck") == FLIPFLOP
        here.page.click("#panel-knobs")
        assert here.page.input_value("[data-number=gain]") == "3"
        assert here.data("tick") == tick


def test_an_example_is_picked(tab):
    ring = FLIPFLOP.replace("Flip-flop of two amplifiers", "Another circuit")
    examples = [("ring.cir", "another", BenchDeck(ring).to_dict()), ("queens", "", queens().to_dict())]
    with tab(BenchDeck(FLIPFLOP), examples=examples) as here:
        here.page.click("#panel-deck")
        here.page.select_option("#examples", "ring.cir")
        here.wait("body[data-title='Another circuit']")
        here.page.select_option("#examples", "queens")
        here.wait("body[data-title^='queens5']")
        here.page.click("#undo-deck")
        here.wait("body[data-title='Another circuit']")
        assert here.complaints == []


def test_kick_clamp_kill_cut_change_repair_and_undo(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.click("#panel-faults")
        here.page.fill("#fault-volts", "0.25")
        for k, button in enumerate(("#kick", "#clamp", "#kill", "#cut"), 1):
            here.page.click(button)
            here.wait(f"body[data-log='{k}']")
        here.page.select_option("#fault-part", "r21")
        here.page.fill("#fault-value", "20000")
        here.page.click("#change")
        here.wait("body[data-log='5']")
        assert len(here.page.query_selector_all("#faults button")) == 4
        here.page.click("#undo")
        here.wait("body[data-log='6']")
        here.page.click("#faults button >> nth=0")
        here.wait("body[data-log='7']")
        kinds = [(a["do"], a.get("kind")) for a in log_of(here)["actions"]]
        assert kinds[1:5] == [("break", kind) for kind in ("clamp", "kill", "cut", "change")]
        assert kinds[5:] == [("undo", None), ("repair", None)]
        here.run_for(2)
        assert here.complaints == []


def test_an_anneal_follows_the_points_of_its_table(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.click("#panel-anneal")
        here.page.fill("#anneal-points", "0 0.2\n0.01 2\n")
        here.page.click("#anneal")
        here.wait("body[data-log='1']")
        action = log_of(here)["actions"][0]
        assert (action["what"], action["knots"], action["levels"]) == ("gain", [0, 0.01], [0.2, 2])
        assert here.page.get_attribute("#theorem", "data-applies") == "false"
        here.run_for(3)
        assert "left" in here.page.inner_text("#annealing")


def test_a_point_of_a_schedule_is_dragged(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.click("#panel-anneal")
        before = here.page.input_value("#anneal-points")
        box = here.page.locator("#panel-panel-anneal canvas").bounding_box()
        here.page.mouse.move(box["x"] + 59, box["y"] + 135)
        here.page.mouse.down()
        here.page.mouse.move(box["x"] + 59, box["y"] + 60)
        here.page.mouse.up()
        assert here.page.input_value("#anneal-points") != before


def test_a_memory_recalls_the_cue_that_was_drawn(tab):
    with tab(memory()) as here:
        here.page.click("#panel-cue")
        canvas = here.page.locator("#panel-panel-cue canvas")
        before = canvas.get_attribute("data-cue")
        box = canvas.bounding_box()
        here.page.mouse.click(box["x"] + box["width"] / 2 - 10, box["y"] + 10)
        drawn = canvas.get_attribute("data-cue")
        assert sum(a != b for a, b in zip(before, drawn, strict=True)) == 1
        here.page.click("#cue-recall")
        here.page.click("#view-answer")
        here.wait("#view-panel-answer canvas[data-valid=true]")
        assert "overlap 1.000" in here.page.inner_text("#verdict")


def test_the_answer_of_a_problem_is_judged_live(tab):
    with tab(queens()) as here:
        here.page.click("#view-answer")
        here.run_for(30)
        canvas = here.page.locator("#view-panel-answer canvas")
        answer = json.loads(canvas.get_attribute("data-answer"))
        session = replay(log_of(here))
        outputs = session.rig.outputs(session.t, session.x[:, None])
        raw = session.rig.built.encoding.decode(outputs)[0]
        assert answer == (None if raw.answer is None else list(raw.answer))


def test_the_energy_says_whether_a_theorem_applies_and_why_not(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.run_for(5)
        assert here.page.inner_text("#theorem") == "theorem applies: Hopfield 1984"
        assert here.page.get_attribute("#theorem", "data-rises") == "0"
        here.page.fill("[data-number=noise]", "0.5")
        here.page.press("[data-number=noise]", "Enter")
        here.wait("#theorem[data-applies=false]")
        assert "noise" in here.page.inner_text("#reason")


def test_a_rise_that_the_theorem_forbids_is_marked(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.run_for(2)
        here.page.evaluate(
            """() => {
            const { energy, t, ...rest } = bench.latest;
            bench.frame({ ...rest, t: t + 1e-6, energy: { ...energy, rose: true } });
            }"""
        )
        here.wait("#theorem.bad[data-rises='1']")
        assert "rose" in here.page.inner_text("#theorem")


def test_eight_tabs_have_sessions_of_their_own_that_end_with_them(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        pages = [here.page.context.new_page() for _ in range(7)]
        for page in pages:
            page.goto(here.server.url)
            page.wait_for_selector("body[data-tick]")
            page.click("#run")
        here.run_for(3)
        assert len(here.server.desk) == 8
        for page in pages:
            page.wait_for_selector("body[data-running=true]")
            assert int(page.get_attribute("body", "data-tick")) > 0
            page.close()
        deadline = time.monotonic() + 10.0
        while len(here.server.desk) > 1 and time.monotonic() < deadline:
            here.page.wait_for_timeout(50)
        assert len(here.server.desk) == 1
        here.run_for(2)


def test_a_tab_that_sleeps_wakes_to_the_newest_frame_and_holds_nobody_up(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        other = here.page.context.new_page()
        other.goto(here.server.url)
        other.wait_for_selector("body[data-tick]")
        other.click("#run")
        switch = here.page.context.new_cdp_session(other)
        switch.send("Page.enable")
        switch.send("Page.setWebLifecycleState", {"state": "frozen"})
        here.run_for(20)
        switch.send("Page.setWebLifecycleState", {"state": "active"})
        other.bring_to_front()
        live = next(each.live for each in here.server.desk._seats.values() if each.live.running)
        reached = live.latest["tick"]
        assert reached >= 20
        while int(other.get_attribute("body", "data-tick")) < reached:
            other.wait_for_timeout(20)
        # It has not been given more frames than there were: the missed ones are not sent again.
        frames = int(other.get_attribute("body", "data-frames"))
        assert frames <= int(other.get_attribute("body", "data-tick")) + 20


def test_the_oscilloscope_has_samples_and_two_cursors(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.run_for(10)
        canvas = here.page.locator("#records canvas").first
        assert int(canvas.get_attribute("data-samples")) >= 4 * 5
        box = canvas.bounding_box()
        for share in (0.4, 0.7):
            here.page.mouse.click(box["x"] + share * box["width"], box["y"] + 40)
        here.page.wait_for_timeout(100)
        text = here.page.inner_text("#cursors")
        assert "A:" in text
        assert "B:" in text
        assert "Δt" in text
        here.page.select_option("#time-base", "all")
        here.page.uncheck("#autoscale")
        here.page.click("#no-cursors")
        here.page.select_option("#watch-signal", "v(u1)")
        here.wait("#legend [data-signal='v(u1)']")
        assert here.complaints == []


def test_the_phase_plane_has_the_equilibria_of_the_study(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.click("#view-plane")
        canvas = here.wait("#view-panel-plane canvas[data-equilibria]")
        found = equilibria(Circuit.parse(FLIPFLOP))
        assert int(canvas.get_attribute("data-equilibria")) == len(found)
        assert int(canvas.get_attribute("data-stable")) == found.stable


def test_more_than_two_states_show_the_way_of_two_watched_signals_and_say_why(tab):
    with tab(queens()) as here:
        here.page.click("#view-plane")
        here.run_for(6)
        canvas = here.page.locator("#view-panel-plane canvas")
        assert int(canvas.get_attribute("data-way")) >= 3
        assert "Nullclines and equilibria need exactly two states" in here.page.inner_text("#plane-text")
        assert here.complaints == []


def test_a_machine_says_that_it_can_be_kicked_but_has_no_parts_to_break(tab):
    with tab(queens()) as here:
        here.page.click("#panel-faults")
        assert "has no resistors and no amplifiers as parts" in here.page.inner_text("#panel-panel-faults")
        assert here.page.locator("#kill").is_hidden()
        here.page.click("#kick")
        here.wait("body[data-log='1']")


def test_the_schematic_shows_the_current_of_a_part(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.click("#view-schematic")
        canvas = here.wait("#view-panel-schematic canvas[data-elements='8']")
        canvas.focus()
        seen = set()
        for _ in range(8):
            here.page.keyboard.press("ArrowRight")
            here.page.wait_for_timeout(60)
            seen.add(here.page.inner_text("#part"))
        assert len(seen) == 8
        r12 = next(text for text in seen if text.startswith("r12 "))
        # u1 before 10 kOhm, the output v2 behind.
        assert "resistor 10 kΩ" in r12
        start = log_of(here)
        session = replay(start, ticks=0)
        u1, v2 = session.rig.system.observe(0.0, session.x[:, None], ["v(u1)", "v(v2)"])[:, 0]
        assert float(r12.split("·")[2].split()[0]) == pytest.approx(abs(u1 - v2) / 10e3 * 1e6, rel=1e-2) or (
            float(r12.split("·")[2].split()[0]) == pytest.approx((u1 - v2) / 10e3 * 1e6, rel=1e-2)
        )


def test_the_graph_draws_the_couplings(tab):
    with tab(memory()) as here:
        here.page.click("#view-graph")
        here.page.wait_for_timeout(100)
        assert "couplings" in here.page.inner_text("#graph-text")
        assert here.complaints == []


def downloaded(here, button):
    with here.page.expect_download() as waiting:
        here.page.click(button)
    return Path(waiting.value.path()).read_bytes()


def test_what_is_exported_repeats_the_session_and_shows_it(tab, tmp_path):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.run_for(4)
        here.page.fill("[data-number=noise]", "0.4")
        here.page.press("[data-number=noise]", "Enter")
        here.wait("body[data-log='1']")
        here.run_for(6)
        digest = here.data("digest")
        here.page.click("#panel-export")
        deck = downloaded(here, "#export-deck").decode()
        assert replay(record_of(deck, "session.cir")).digest == digest
        assert Circuit.parse(deck).title == "Flip-flop of two amplifiers"
        assert replay(json.loads(downloaded(here, "#export-json"))).digest == digest
        script = tmp_path / "session.py"
        script.write_bytes(downloaded(here, "#export-script"))
        ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
        assert f"the last frame is {digest}, as in the browser" in ran.stdout
        assert downloaded(here, "#export-png").startswith(b"\x89PNG")
        assert downloaded(here, "#export-svg").decode().startswith("<svg ")
        rows = downloaded(here, "#export-csv").decode().splitlines()
        assert rows[0].startswith('"time","v(')
        assert len(rows) > 20
        assert here.complaints == []


def test_every_picture_is_also_svg(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.run_for(3)
        here.page.click("#panel-export")
        for view in ("heat", "graph", "schematic", "plane"):
            here.page.click(f"#view-{view}")
            here.page.wait_for_timeout(150)
            root = ElementTree.fromstring(downloaded(here, "#export-svg"))
            assert len(list(root.iter())) >= 8, view


def test_a_link_carries_the_session_in_its_fragment(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.fill("#seed", "9")
        here.page.press("#seed", "Enter")
        here.run_for(5)
        digest = here.data("digest")
        here.page.click("#panel-export")
        here.page.click("#export-link")
        here.page.wait_for_timeout(200)
        link = here.page.input_value("#permalink")
        assert "#session=" in link
        other = here.page.context.new_page()
        other.goto(link)
        other.wait_for_selector(f"body[data-digest='{digest}']", state="attached", timeout=15_000)


def test_a_session_is_opened_from_a_file(tab, tmp_path):
    session = Session(BenchDeck(FLIPFLOP), seed=2)
    session.run(7)
    (tmp_path / "s.json").write_text(json.dumps(session.to_dict()))
    (tmp_path / "bad.json").write_text("{")
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.page.click("#panel-export")
        here.page.set_input_files("#replay-file", tmp_path / "s.json")
        here.wait(f"body[data-digest='{session.digest}']")
        here.page.set_input_files("#replay-file", tmp_path / "bad.json")
        here.page.wait_for_selector("#notice:not([hidden])")


def test_an_answer_takes_away_no_notice_that_came_after_its_question(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        here.wait("body[data-frames]")
        hidden = here.page.evaluate(
            """async () => {
                const hidden = () => document.getElementById("notice").hidden;
                const slow = bench.heard(new Promise((done) => setTimeout(done, 50)));
                bench.say("refused");
                await slow;
                const kept = hidden();
                await bench.heard(Promise.resolve());
                return [kept, hidden()];
            }"""
        )
        assert hidden == [False, True]


def test_everything_important_is_done_by_keys(tab):
    with tab(BenchDeck(FLIPFLOP)) as here:
        press = here.page.keyboard.press
        here.page.focus("#scrub input")
        here.page.evaluate("document.activeElement.blur()")
        press("Space")
        here.wait("body[data-running=true]")
        press("Space")
        here.wait("body[data-running=false]")
        tick = int(here.data("tick"))
        press(".")
        here.wait(f"body[data-tick='{tick + 1}']")
        for key, log in (("n", 1), ("k", 2), ("]", 3), ("[", 4), ("r", 5)):
            press(key)
            here.wait(f"body[data-log='{log}']")
        press("5")
        assert here.page.is_visible("#view-panel-plane")
        press("ArrowLeft")
        assert here.page.is_visible("#view-panel-schematic")
        press("?")
        assert here.page.is_visible("#panel-panel-help")
        before = here.page.get_attribute("html", "data-theme")
        press("t")
        assert here.page.get_attribute("html", "data-theme") != before
        press("e")
        assert here.page.evaluate("document.activeElement.id") == "deck"


def test_every_control_has_a_name_for_screen_readers(tab):
    with tab(memory()) as here:
        nameless = here.page.evaluate(
            """() => [...document.querySelectorAll("button, input, select, textarea, canvas")]
            .filter((each) => !each.getAttribute("aria-label") && !each.textContent.trim())
            .filter((each) => !each.labels?.length).map((each) => each.outerHTML)"""
        )
        assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_light_and_dark(tab, scheme):
    with tab(BenchDeck(FLIPFLOP), color_scheme=scheme) as here:
        assert here.page.get_attribute("html", "data-theme") == scheme
        for ink, least in (("--ink", 7), ("--faint", 4.5), ("--good", 4.5), ("--bad", 4.5), ("--warn", 4.5)):
            assert contrast(here, ink, "--paper") >= least, ink


def contrast(here, one, other):
    """Return the ratio of luminances of WCAG of two colours of the page."""

    def luminance(name):
        text = here.page.evaluate(
            f"getComputedStyle(document.documentElement).getPropertyValue('{name}').trim()"
        )
        parts = [int(text[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_is_cut_off_on_a_screen_or_a_phone(tab, width, height):
    with tab(queens()) as here:
        here.page.set_viewport_size({"width": width, "height": height})
        here.run_for(2)
        wider = here.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0
        box = here.page.locator("#view-panel-heat canvas").bounding_box()
        assert box["width"] > 250
        assert box["height"] > 250


def test_an_exported_page_plays_without_a_server(chromium, tmp_path):
    session = Session(queens(), seed=1)
    session.run(20)
    session.apply({"do": "knob", "name": "option.gain", "value": 30.0})
    session.run(20)
    (tmp_path / "film.html").write_text(film_page(session.to_dict()))
    page = chromium.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.goto((tmp_path / "film.html").as_uri())
    page.wait_for_selector("body[data-tick='0']")
    page.click("#run")
    page.wait_for_selector(f"body[data-digest='{session.digest}']", timeout=15_000)
    page.wait_for_selector(".knob[data-value='30'] [data-number='option.gain']")
    page.click("#view-answer")
    page.click("#reset")
    page.wait_for_selector("body[data-tick='0']")
    page.wait_for_selector(".knob[data-value='20'] [data-number='option.gain']")
    page.click("#start")
    page.wait_for_selector("#notice:not([hidden])")
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    page.close()
