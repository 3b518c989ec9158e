// The oscilloscope: the watched signals over time, with a time base, autoscale and two cursors.
import { make, button, quantity } from "../make.js";
import { Axes, line, range } from "./axes.js";
import { Picture, colour, series } from "./canvas.js";
import { TimeRecord } from "./record.js";

const MOST = 20000;
const BASES = [1, 2, 5, 10, 30];

export class Scope {
  constructor(bench, panel) {
    this.bench = bench;
    this.picture = new Picture("Oscilloscope: watched signals over time");
    this.records = new Map();
    this.base = 10;
    this.auto = true;
    this.cursors = [null, null];
    this.held = [0, 1];
    const base = make("select", { id: "time-base", title: "Time base: circuit time across the screen" });
    for (const seconds of BASES) base.append(make("option", { value: seconds }, `${seconds} s of running`));
    base.append(make("option", { value: "all" }, "everything"));
    base.value = 10;
    base.setAttribute("aria-label", "Time base");
    base.addEventListener("change", () => { this.base = base.value === "all" ? Infinity : Number(base.value); this.bench.redraw(); });
    const auto = make("input", { type: "checkbox", id: "autoscale", checked: true });
    auto.addEventListener("change", () => { this.auto = auto.checked; this.bench.redraw(); });
    this.choice = make("select", { id: "watch-signal", title: "Watch a signal, or leave it out" });
    this.choice.setAttribute("aria-label", "Watch a signal");
    this.choice.addEventListener("change", () => { if (this.choice.value) bench.watch(this.choice.value); this.choice.value = ""; });
    this.legend = make("div", { className: "bar", id: "legend" });
    this.readout = make("output", { className: "faint", id: "cursors" });
    panel.append(
      make("div", { className: "bar" }, make("h2", {}, "Oscilloscope"), base, make("label", {}, auto, " autoscale"), this.choice,
        button("No cursors", () => { this.cursors = [null, null]; this.bench.redraw(); }, { id: "no-cursors" })),
      this.picture.canvas, this.legend, this.readout,
    );
    const { canvas } = this.picture;
    canvas.addEventListener("pointerdown", (event) => { this.grab(event.offsetX); canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointermove", (event) => { if (this.grabbed !== undefined) this.move(event.offsetX); });
    canvas.addEventListener("pointerup", () => { this.grabbed = undefined; });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  setup(description) {
    const title = description.title;
    if (title !== this.title) for (const record of this.records.values()) record.clear();
    this.title = title;
    const names = [...new Set([...description.signals, ...description.outputs])].slice(0, 2000);
    this.choice.replaceChildren(make("option", { value: "" }, "watch …"), ...names.map((name) => make("option", { value: name }, name)));
  }

  watching(names) {
    for (const name of [...this.records.keys()]) if (!names.includes(name)) this.records.delete(name);
    for (const name of names) if (!this.records.has(name)) this.records.set(name, new TimeRecord(MOST));
    this.legend.replaceChildren(...names.map((name, k) => {
      const value = make("span", { className: "value" });
      value.dataset.signal = name;
      return make("button", { type: "button", title: `Leave out ${name}`, onclick: () => this.bench.watch(name) }, make("span", { className: `swatch swatch-${k % 8}` }, "━ "), `${name} `, value);
    }));
  }

  frame(frame) {
    for (const [times, values] of frame.traces) {
      for (const [name, samples] of Object.entries(values)) {
        const record = this.records.get(name);
        if (record) times.forEach((time, k) => record.add(time, samples[k]));
      }
    }
    for (const record of this.records.values()) if (record.length && record.times.at(-1) > frame.t * (1 + 1e-12)) record.cut(frame.t);
  }

  window(frame) {
    const ends = [...this.records.values()].filter((record) => record.length);
    const start = Math.min(...ends.map((record) => record.times[0]), frame.t);
    const span = this.base * 30 * frame.dt;
    const end = Math.max(frame.t, frame.dt);
    return [Number.isFinite(span) ? Math.max(end - span, Math.min(start, end - frame.dt)) : Math.min(start, end - frame.dt), end];
  }

  draw() {
    const frame = this.bench.shown;
    const size = this.picture.fit();
    if (!size || !frame) return;
    const x = this.window(frame);
    if (this.auto || !this.y) this.y = this.range(x, frame);
    const on = this.picture.context;
    this.axes = new Axes(size, x, this.y, ["s", "V"]);
    this.axes.draw(on);
    [...this.records.values()].forEach((record, k) => this.axes.curve(on, record, (value) => value, series(k)));
    this.drawCursors(on);
    [...this.records].forEach(([name, record], k) => {
      const place = this.legend.children[k]?.querySelector(".value");
      if (place && place.dataset.signal === name) place.textContent = record.length ? quantity(record.values[Math.max(0, record.at(frame.t))], "V") : "";
    });
    this.picture.canvas.dataset.samples = Math.max(0, ...[...this.records.values()].map((record) => record.length));
  }

  range(x) {
    let [lo, hi] = [Infinity, -Infinity];
    for (const record of this.records.values()) {
      for (let k = Math.max(0, record.at(x[0])); k < record.length; k++) {
        lo = Math.min(lo, record.values[k]);
        hi = Math.max(hi, record.values[k]);
      }
    }
    return range(lo, hi);
  }

  drawCursors(on) {
    const { cursors, axes } = this;
    on.save();
    on.setLineDash([4, 3]);
    on.strokeStyle = colour("--ink");
    on.fillStyle = colour("--ink");
    const texts = [];
    cursors.forEach((time, k) => {
      if (time === null) return;
      line(on, axes.px(time), axes.top, axes.px(time), axes.top + axes.height);
      on.fillText("AB"[k], axes.px(time) + 3, axes.top + 12);
      const seen = [...this.records].map(([name, record]) => `${name} ${record.at(time) < 0 ? "–" : quantity(record.values[record.at(time)], "V")}`);
      texts.push(`${"AB"[k]}: ${quantity(time, "s", 4)}; ${seen.join(", ")}`);
    });
    if (cursors[0] !== null && cursors[1] !== null) {
      const apart = Math.abs(cursors[1] - cursors[0]);
      texts.push(`Δt = ${quantity(apart, "s", 4)}${apart ? `, 1/Δt = ${quantity(1 / apart, "Hz", 4)}` : ""}`);
    }
    on.restore();
    const text = texts.join(" · ");
    if (this.readout.textContent !== text) this.readout.textContent = text;
  }

  grab(px) {
    if (!this.axes) return;
    const time = this.axes.value(px);
    const [a, b] = this.cursors;
    if (a === null) this.grabbed = 0;
    else if (b === null) this.grabbed = 1;
    else this.grabbed = Math.abs(time - a) < Math.abs(time - b) ? 0 : 1;
    this.move(px);
  }

  move(px) {
    const { x } = this.axes;
    this.cursors[this.grabbed] = Math.min(x[1], Math.max(x[0], this.axes.value(px)));
    this.bench.redraw();
  }

  // A and B choose a cursor, the arrows move it by a hundredth of the screen.
  key(event) {
    if (!this.axes) return;
    const { x } = this.axes;
    if ("ab".includes(event.key)) {
      this.last = event.key === "a" ? 0 : 1;
      this.cursors[this.last] ??= (x[0] + x[1]) / 2;
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const k = this.last ?? 0;
      const step = (event.key === "ArrowRight" ? 0.01 : -0.01) * (x[1] - x[0]);
      this.cursors[k] = Math.min(x[1], Math.max(x[0], (this.cursors[k] ?? (x[0] + x[1]) / 2) + step));
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.bench.redraw();
  }

  // The samples as a table: time and one column for each watched signal.
  csv() {
    const names = [...this.records.keys()];
    const records = [...this.records.values()];
    const times = [...new Set(records.flatMap((record) => record.times))].sort((a, b) => a - b);
    const rows = times.map((time) => [time, ...records.map((record) => {
      const k = record.at(time);
      return k >= 0 && record.times[k] === time ? record.values[k] : "";
    })].join(","));
    return [["time", ...names].map((name) => `"${name.replaceAll('"', '""')}"`).join(","), ...rows, ""].join("\n");
  }
}
