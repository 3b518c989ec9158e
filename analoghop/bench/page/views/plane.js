// The phase plane of two states: flow, nullclines, equilibria, and the way of the circuit. Of other circuits the
// way of two watched signals, which has neither of these: its points do not decide where it goes on.
import { make } from "../make.js";
import { Axes, line } from "./axes.js";
import { Picture, colour, series } from "./canvas.js";

export class Plane {
  constructor(bench, panel) {
    this.bench = bench;
    this.picture = new Picture("Phase plane with nullclines and equilibria");
    this.text = make("p", { className: "bar", id: "plane-text" });
    this.way = [];
    panel.append(this.picture.canvas, this.text);
  }

  // The nullclines move with every knob.
  settings(description) {
    if (description.plane) this.setup(description, true);
  }

  async setup(description, keep = false) {
    if (!keep) {
      this.plane = null;
      this.watching();
    }
    if (!description.plane) return;
    const plane = await this.bench.ask("plane").catch(() => null);
    if (!plane?.x) return;
    this.plane = plane;
    const stable = plane.equilibria.filter((point) => point[2]).length;
    this.text.textContent = `${plane.equilibria.length} equilibria, ${stable} stable (filled); lines: where d${plane.names[0]}/dt and d${plane.names[1]}/dt are zero`;
    this.picture.canvas.dataset.equilibria = plane.equilibria.length;
    this.picture.canvas.dataset.stable = stable;
    this.bench.redraw();
  }

  // Other signals are watched: their way begins anew.
  watching() {
    const { description, watched } = this.bench;
    if (!description || description.plane) return;
    this.way = [];
    this.pair = watched.slice(0, 2);
    const why = `Nullclines and equilibria need exactly two states; this circuit has ${description.states.length}.`;
    this.text.textContent = this.pair.length < 2 ? `${why} Watch two signals to see their way here.` : `${why} This is the way of the first two watched signals.`;
    if (this.bench.latest) this.frame(this.bench.latest);
  }

  // The value of a signal in a frame: to a byte where the frame has no more.
  value(frame, name) {
    const { signals, outputs } = this.bench.description;
    const k = signals.indexOf(name);
    if (frame.values && k >= 0) return frame.values[k];
    const byte = frame.bytes[outputs.indexOf(name)];
    return byte === undefined ? NaN : frame.lo + (byte / 255) * (frame.hi - frame.lo);
  }

  frame(frame) {
    const { description } = this.bench;
    const names = this.plane?.names ?? (description?.plane ? [] : this.pair ?? []);
    if (names.length < 2) return;
    const at = names.map((name) => this.value(frame, name));
    if (at.some((value) => !Number.isFinite(value))) return;
    if (this.last !== undefined && frame.t < this.last) this.way = [];
    this.last = frame.t;
    this.way.push(at);
    if (this.way.length > 3000) this.way.splice(0, 1000);
  }

  draw() {
    const size = this.picture.fit();
    if (!size) return;
    const on = this.picture.context;
    this.picture.canvas.dataset.way = this.way.length;
    const names = this.plane?.names ?? this.pair;
    if (!this.plane && !this.way.length) return;
    const { x, y, dx, dy, equilibria } = this.plane ?? { x: reach(this.way, 0), y: reach(this.way, 1), equilibria: [] };
    const axes = new Axes(size, [x[0], x.at(-1)], [y[0], y.at(-1)], ["V", "V"]);
    axes.draw(on);
    if (this.plane) {
      this.arrows(on, axes);
      this.zero(on, axes, dx, series(0));
      this.zero(on, axes, dy, series(1));
    }
    on.strokeStyle = colour("--ink");
    on.lineWidth = 1.8;
    on.beginPath();
    this.way.forEach(([a, b], k) => (k ? on.lineTo(axes.px(a), axes.py(b)) : on.moveTo(axes.px(a), axes.py(b))));
    on.stroke();
    for (const [a, b, stable] of equilibria) {
      on.beginPath();
      on.arc(axes.px(a), axes.py(b), 5, 0, 2 * Math.PI);
      on.fillStyle = colour(stable ? "--good" : "--paper");
      on.fill();
      on.strokeStyle = colour(stable ? "--good" : "--bad");
      on.lineWidth = 2;
      on.stroke();
    }
    const at = this.way.at(-1);
    if (at) {
      on.fillStyle = colour("--bad");
      on.beginPath();
      on.arc(axes.px(at[0]), axes.py(at[1]), 4, 0, 2 * Math.PI);
      on.fill();
    }
    on.fillStyle = colour("--ink");
    on.textAlign = "right";
    on.fillText(names[0], axes.left + axes.width - 4, axes.top + axes.height - 6);
    on.textAlign = "left";
    on.fillText(names[1], axes.left + 5, axes.top + 13);
  }

  arrows(on, axes) {
    const { x, y, dx, dy } = this.plane;
    const n = x.length;
    on.strokeStyle = colour("--faint");
    on.lineWidth = 1;
    for (let i = 4; i < n; i += 8) {
      for (let j = 4; j < n; j += 8) {
        const u = (dx[i * n + j] / (x.at(-1) - x[0])) * axes.width;
        const v = (-dy[i * n + j] / (y.at(-1) - y[0])) * axes.height;
        const size = Math.hypot(u, v);
        if (!size) continue;
        const [px, py, a, b] = [axes.px(x[j]), axes.py(y[i]), (11 * u) / size, (11 * v) / size];
        line(on, px - a / 2, py - b / 2, px + a / 2, py + b / 2);
        line(on, px + a / 2, py + b / 2, px + a / 2 - 0.35 * (a - b * 0.6), py + b / 2 - 0.35 * (b + a * 0.6));
        line(on, px + a / 2, py + b / 2, px + a / 2 - 0.35 * (a + b * 0.6), py + b / 2 - 0.35 * (b - a * 0.6));
      }
    }
  }

  // Where a field on the grid is zero: marching squares with straight pieces.
  zero(on, axes, field, stroke) {
    const { x, y } = this.plane;
    const n = x.length;
    on.strokeStyle = stroke;
    on.lineWidth = 2;
    for (let i = 0; i + 1 < n; i++) {
      for (let j = 0; j + 1 < n; j++) {
        const corners = [[j, i], [j + 1, i], [j + 1, i + 1], [j, i + 1]];
        const found = [];
        corners.forEach(([c, r], k) => {
          const [d, s] = corners[(k + 1) % 4];
          const [one, other] = [field[r * n + c], field[s * n + d]];
          if ((one < 0) === (other < 0)) return;
          const share = one / (one - other);
          found.push([axes.px(x[c] + share * (x[d] - x[c])), axes.py(y[r] + share * (y[s] - y[r]))]);
        });
        for (let k = 0; k + 1 < found.length; k += 2) line(on, ...found[k], ...found[k + 1]);
      }
    }
  }
}

// The range of a coordinate of the way, with a margin.
function reach(way, k) {
  const values = way.map((at) => at[k]);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const margin = 0.06 * (high - low) || 0.05 * Math.abs(high) || 1e-3;
  return [low - margin, high + margin];
}
