"""The bench in a real browser: frames a second, and the time from a knob to the screen.

    python -m benchmarks.speed.bench [--seconds S]

Needs Playwright and Chromium. Frames are those that the page has received and drawn. A knob counts from the
event of its slider until the first frame that has the new value in its log has been drawn, and the screen has
had its turn.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from analoghop.bench import Session, read_bench_problem
from analoghop.bench.server.server import BenchServer, serving

TURNS = 40
TURN = """([name, value]) => new Promise((resolve) => {
  const slider = document.querySelector(`[data-knob="${name}"]`);

  const log = Number(document.body.dataset.log);
  const begin = performance.now();
  const look = () => {
    if (Number(document.body.dataset.log) > log) {
      requestAnimationFrame(() => resolve(performance.now() - begin));
    } else requestAnimationFrame(look);
  };
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(look);
})"""


def patterns(folder: str, side: int, count: int) -> str:
    """Write a file of random patterns and return its name."""
    rng = np.random.default_rng(0)
    blocks = ["\n".join("".join(row) for row in rng.choice(["*", "."], (side, side))) for _ in range(count)]
    path = Path(folder) / f"random{side}.txt"
    path.write_text(f"{side} {side} {count}\n" + "\n\n".join(blocks) + "\n")
    return str(path)


def cities(folder: str, count: int) -> str:
    """Write random cities and return the name of the file."""
    places = np.random.default_rng(0).uniform(0, 100, (count, 2))
    path = Path(folder) / f"random{count}.csv"
    path.write_text("x,y\n" + "\n".join(f"{x:.3f},{y:.3f}" for x, y in places) + "\n")
    return str(path)


def measured(browser, source, knob: str, seconds: float) -> None:
    session = Session(source, seed=1)
    with serving(BenchServer(session.to_dict())) as server:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(server.url)
        page.wait_for_selector("body[data-tick]")
        page.click("#run")
        page.wait_for_timeout(1000)
        count = lambda: (int(page.get_attribute("body", "data-frames")), time.perf_counter())  # noqa: E731
        first, began = count()
        page.wait_for_timeout(1000 * seconds)
        last, ended = count()
        times = [page.evaluate(TURN, [knob, 300 + 10 * (k % 40)]) for k in range(TURNS)]
        page.close()
    title, n = session.rig.setup.source.title, session.rig.system.n_outputs
    middle, high = statistics.median(times), float(np.quantile(times, 0.95))
    print(f"| {title} | {n} | {(last - first) / (ended - began):.1f} | {knob} | {middle:.0f} | {high:.0f} |")


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        print("| circuit | amplifiers | frames/s | knob | median ms | 95 % ms |\n|---|---|---|---|---|---|")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for source, knob in (
            (read_bench_problem("memory", patterns(folder, 10, 8)), "gain"),
            (read_bench_problem("memory", patterns(folder, 30, 60)), "gain"),
            (read_bench_problem("memory", patterns(folder, 30, 60)), "noise"),
            (read_bench_problem("tsp", cities(folder, 30), "potts"), "option.sigma"),
            (read_bench_problem("tsp", cities(folder, 30), "subspace"), "gain"),
        ):
            measured(browser, source, knob, seconds)
        browser.close()


if __name__ == "__main__":
    main()
