// The anneal: a schedule, drawn and editable, that the circuit runs through once.
import { make, button, quantity } from "../make.js";
import { Axes, range } from "../views/axes.js";
import { Picture, colour } from "../views/canvas.js";

export class Anneal {
  constructor(bench, panel) {
    this.bench = bench;
    this.what = make("select", { id: "anneal-what" });
    this.what.setAttribute("aria-label", "Quantity to anneal");
    this.what.addEventListener("change", () => this.choose(this.what.value));
    this.kind = make("select", { id: "anneal-kind" }, make("option", { value: "geometric" }, "geometric"), make("option", { value: "linear" }, "linear"));
    this.kind.setAttribute("aria-label", "Course between the points");
    this.kind.addEventListener("change", () => this.draw());
    this.picture = new Picture("Schedule: drag its points");
    this.table = make("textarea", { id: "anneal-points", rows: 8, spellcheck: false });
    this.table.setAttribute("aria-label", "Points of the schedule: a time in seconds and a level in each line");
    this.table.addEventListener("input", () => { this.read(); this.draw(); });
    this.begin = button("Anneal", () => this.start(), { className: "main", id: "anneal" });
    this.none = make("p", { className: "faint" }, "This circuit has nothing to anneal.");
    this.body = make("div", {}, make("div", { className: "bar" }, this.what, this.kind, this.begin), make("div", { className: "schedule" }, this.picture.canvas), make("p", { className: "faint" }, "time (s) and level, one point in a line:"), this.table);
    this.progress = make("p", { id: "annealing", className: "faint" });
    panel.append(this.none, this.body, this.progress);
    const { canvas } = this.picture;
    canvas.addEventListener("pointerdown", (event) => { this.held = this.nearest(event); canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", () => { this.held = undefined; });
  }

  settings(description) {
    this.setup(description);
  }

  setup(description) {
    const text = JSON.stringify(description.schedules);
    this.annealing = description.annealing;
    if (text === this.text) return;
    this.text = text;
    this.schedules = description.schedules;
    const names = Object.keys(this.schedules);
    this.none.hidden = names.length > 0;
    this.body.hidden = names.length === 0;
    this.what.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
    if (names.length) this.choose(names[0]);
  }

  choose(name) {
    const { knots, levels, kind } = this.schedules[name];
    this.points = knots.map((knot, k) => [knot, levels[k]]);
    this.kind.value = kind;
    this.write();
    this.draw();
  }

  write() {
    this.table.value = this.points.map(([knot, level]) => `${Number(knot.toPrecision(5))} ${Number(level.toPrecision(5))}`).join("\n");
  }

  read() {
    const rows = this.table.value.split("\n").map((row) => row.trim().split(/[\s,;]+/).map(Number)).filter((row) => row.length === 2 && row.every(Number.isFinite));
    if (rows.length) this.points = rows;
  }

  start() {
    this.read();
    this.bench.act({ do: "anneal", what: this.what.value, knots: this.points.map((p) => p[0]), levels: this.points.map((p) => p[1]), kind: this.kind.value });
  }

  frame(frame) {
    const { annealing } = this;
    const left = annealing ? annealing.end - frame.t : 0;
    const text = left > 0 ? `annealing ${annealing.what}: ${quantity(left, "s")} left` : "";
    if (this.progress.textContent !== text) this.progress.textContent = text;
  }

  nearest(event) {
    if (!this.axes) return undefined;
    const far = this.points.map(([x, y]) => Math.hypot(this.axes.px(x) - event.offsetX, this.axes.py(y) - event.offsetY));
    const k = far.indexOf(Math.min(...far));
    return far[k] < 24 ? k : undefined;
  }

  drag(event) {
    if (this.held === undefined) return;
    const { y, height, top } = this.axes;
    const level = y[0] + (1 - (event.offsetY - top) / height) * (y[1] - y[0]);
    const [before, after] = [this.points[this.held - 1]?.[0] ?? 0, this.points[this.held + 1]?.[0] ?? Infinity];
    const time = this.held ? Math.min(after, Math.max(before, this.axes.value(event.offsetX))) : this.points[0][0];
    const least = this.kind.value === "geometric" ? 1e-6 : 0;
    this.points[this.held] = [time, Math.max(least, level)];
    this.write();
    this.draw(true);
  }

  draw(keep = false) {
    const size = this.picture.fit();
    if (!size || !this.points?.length) return;
    const end = Math.max(...this.points.map((p) => p[0])) || 1;
    const levels = this.points.map((p) => p[1]);
    if (!keep || !this.axes) this.axes = new Axes(size, [0, 1.1 * end], range(Math.min(0, ...levels), Math.max(...levels)), ["s", ""]);
    const on = this.picture.context;
    this.axes.draw(on);
    on.strokeStyle = colour("--accent");
    on.lineWidth = 2;
    on.beginPath();
    this.points.forEach(([x, y], k) => {
      if (!k) { on.moveTo(this.axes.px(x), this.axes.py(y)); return; }
      const [a, b] = this.points[k - 1];
      for (let s = 1; s <= 12; s++) {
        const level = this.kind.value === "geometric" && b > 0 && y > 0 ? b * (y / b) ** (s / 12) : b + (y - b) * (s / 12);
        on.lineTo(this.axes.px(a + ((x - a) * s) / 12), this.axes.py(level));
      }
    });
    on.stroke();
    if (this.points.length > 24) return;
    on.fillStyle = colour("--accent");
    for (const [x, y] of this.points) on.fillRect(this.axes.px(x) - 4, this.axes.py(y) - 4, 8, 8);
  }
}
