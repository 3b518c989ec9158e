// The energy over time, split into its parts, with the theorem that holds or the reason why none does.
import { make, quantity } from "../make.js";
import { Axes, range } from "./axes.js";
import { Picture, colour, series } from "./canvas.js";
import { TimeRecord } from "./record.js";

const MOST = 6000;

export class Energy {
  constructor(bench, panel) {
    this.bench = bench;
    this.picture = new Picture("Energy over time, with its parts");
    this.record = new TimeRecord(MOST);
    this.badge = make("span", { className: "badge", id: "theorem" });
    this.split = make("input", { type: "checkbox", id: "energy-parts", checked: true });
    this.split.addEventListener("change", () => bench.redraw());
    this.reason = make("p", { className: "faint", id: "reason" });
    this.legend = make("div", { className: "bar", id: "energy-legend" });
    panel.append(make("div", { className: "bar" }, make("h2", {}, "Energy"), this.badge, make("label", {}, this.split, " parts")), this.reason, this.picture.canvas, this.legend);
  }

  settings(description) {
    this.setup(description);
  }

  setup(description) {
    const { theorem, hasEnergy } = description;
    this.has = hasEnergy;
    const text = !hasEnergy ? "no energy" : theorem.applies ? "theorem applies" : "no theorem";
    this.badge.textContent = theorem.applies ? `${text}: ${theorem.name}` : text;
    this.badge.className = `badge ${theorem.applies ? "good" : "warn"}`;
    this.badge.dataset.applies = String(theorem.applies);
    this.reason.textContent = theorem.applies ? "" : theorem.reasons.join("; ");
    this.reason.title = this.reason.textContent;
    if (this.title !== description.title) this.record.clear();
    this.title = description.title;
  }

  frame(frame) {
    if (!frame.energy) return;
    this.record.add(frame.t, frame.energy);
    const rises = this.record.values.filter((energy) => energy.rose).length;
    this.badge.dataset.rises = rises;
    if (rises) {
      this.badge.className = "badge bad";
      this.badge.textContent = `the energy rose ${rises} times`;
    }
  }

  draw() {
    const frame = this.bench.shown;
    const size = this.picture.fit();
    if (!size || !frame) return;
    const on = this.picture.context;
    if (!this.record.length) {
      on.fillStyle = colour("--faint");
      on.fillText("This circuit has no energy function.", 12, 24);
      return;
    }
    const names = Object.keys(this.record.values.at(-1).parts);
    const split = this.split.checked;
    let [lo, hi] = [Infinity, -Infinity];
    for (const { total, parts } of this.record.values) {
      const all = split ? [total, ...names.map((name) => parts[name] ?? total)] : [total];
      lo = Math.min(lo, ...all);
      hi = Math.max(hi, ...all);
    }
    const end = Math.max(frame.t, frame.dt);
    const axes = new Axes(size, [Math.min(this.record.times[0], end - frame.dt), end], range(lo, hi), ["s", "W"]);
    axes.draw(on);
    if (split) names.forEach((name, k) => axes.curve(on, this.record, (energy) => energy.parts[name], series(k + 1), 1.1));
    axes.curve(on, this.record, (energy) => energy.total, colour("--ink"), 2.2);
    on.fillStyle = colour("--bad");
    this.record.values.forEach((energy, k) => {
      if (energy.rose) on.fillRect(axes.px(this.record.times[k]) - 3, axes.py(energy.total) - 3, 6, 6);
    });
    this.legend.replaceChildren(
      make("span", {}, `━ total ${quantity(this.record.values.at(-1).total, "W", 4)}`),
      ...(split ? names.map((name, k) => make("span", {}, make("span", { className: `swatch swatch-${(k + 1) % 8}` }, "━ "), name)) : []),
    );
  }
}
