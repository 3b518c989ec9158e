// Run control: run, pause, single step, reset, new start, speed, and the scrub bar over the past.
import { make, button, quantity } from "./make.js";

const RATE = 30;

export class Controls {
  constructor(bench, bar, footer) {
    this.bench = bench;
    this.run = button("Run", () => this.toggle(), { id: "run", className: "main", title: "Run or pause (Space)" });
    this.step = button("Step", () => bench.control({ run: false, step: 1 }), { id: "step", title: "One tick (.)" });
    this.reset = button("Reset", () => bench.act({ do: "reset" }), { id: "reset", title: "Back to the start (R)" });
    this.start = button("New start", () => this.newStart(), { id: "start", title: "A random start (N)" });
    this.seed = make("input", { type: "number", id: "seed", min: 0, step: 1, title: "Seed of start and noise" });
    this.seed.setAttribute("aria-label", "Seed");
    this.seed.addEventListener("change", () => bench.act({ do: "start", seed: Math.max(0, Math.round(Number(this.seed.value))) }));
    this.speed = make("input", { type: "text", id: "speed", title: "Circuit seconds per second" });
    this.speed.setAttribute("aria-label", "Speed in circuit seconds per second");
    this.speed.addEventListener("change", () => this.setSpeed(Number(this.speed.value)));
    bar.append(
      this.run, this.step, this.reset, this.start,
      make("label", {}, "seed ", this.seed),
      make("label", {}, "speed ", this.speed, " s/s"),
      button("½×", () => this.setSpeed(this.dt * RATE / 2), { "aria-label": "Half speed", id: "slower" }),
      button("2×", () => this.setSpeed(this.dt * RATE * 2), { "aria-label": "Double speed", id: "faster" }),
    );
    this.scrub = make("input", { type: "range", id: "rewind", min: 0, max: 0, value: 0, step: 1 });
    this.scrub.setAttribute("aria-label", "Past: rewind to a tick");
    this.when = make("output", { id: "when" }, "now");
    this.back = button("Go on from here", () => this.goBack(), { id: "go-back", hidden: true });
    this.scrub.addEventListener("input", () => this.look());
    footer.append(make("label", { htmlFor: "rewind" }, "past"), this.scrub, this.when, this.back);
    this.looking = false;
  }

  setSpeed(value) {
    if (value > 0) this.bench.act({ do: "speed", dt: value / RATE });
    else this.speed.value = quantity(this.dt * RATE);
  }

  toggle() {
    if (this.looking) this.goBack();
    this.bench.control({ run: !this.running });
  }

  newStart() {
    this.bench.act({ do: "start", seed: Math.floor(Math.random() * 1e6) });
  }

  async look() {
    const tick = Number(this.scrub.value);
    this.looking = tick < this.tick;
    this.back.hidden = !this.looking;
    if (this.running) await this.bench.control({ run: false });
    if (!this.looking) return this.bench.unpeek();
    const past = await this.bench.ask(`peek/${tick}`).catch(() => null);
    if (past && this.looking) {
      this.when.textContent = `t = ${quantity(past.t, "s", 4)}`;
      this.bench.peek(past);
    }
  }

  async goBack() {
    this.looking = false;
    this.back.hidden = true;
    await this.bench.act({ do: "rewind", to: Number(this.scrub.value) });
    this.bench.unpeek();
  }

  settings(description) {
    this.setup(description);
  }

  setup(description) {
    if (document.activeElement !== this.seed) this.seed.value = description.seed ?? "";
    this.seed.placeholder = description.seed === null ? "own" : "";
  }

  frame(frame) {
    this.running = frame.running;
    this.dt = frame.dt;
    this.tick = frame.tick;
    this.run.textContent = frame.running ? "Pause" : "Run";
    this.run.setAttribute("aria-pressed", String(frame.running));
    if (document.activeElement !== this.speed) this.speed.value = Number((frame.dt * RATE).toPrecision(4));
    this.scrub.min = frame.first;
    this.scrub.max = Math.max(frame.tick, this.bench.link.frames?.at(-1).tick ?? 0);
    if (!this.looking) {
      this.scrub.value = frame.tick;
      this.when.textContent = `t = ${quantity(frame.t, "s", 4)}`;
    }
  }
}
