// The knobs: a slider and a number for each, in equal ratios where the knob is logarithmic.
import { make, button, quantity } from "./make.js";

const STEPS = 1000;

export class Knobs {
  constructor(bench, panel) {
    this.bench = bench;
    this.panel = panel;
    this.rows = new Map();
  }

  settings(description) {
    this.setup(description);
  }

  setup(description) {
    const names = description.knobs.map((knob) => knob.name).join("\n");
    if (names !== this.names) this.build(description.knobs);
    this.names = names;
    for (const knob of description.knobs) this.rows.get(knob.name).show(knob);
  }

  build(knobs) {
    this.rows.clear();
    this.panel.replaceChildren();
    if (!knobs.length) this.panel.append(make("p", { className: "faint" }, "This circuit has no knobs."));
    for (const knob of knobs) {
      const row = new Row(this.bench, knob);
      this.rows.set(knob.name, row);
      this.panel.append(row.element);
    }
  }
}

class Row {
  constructor(bench, knob) {
    this.bench = bench;
    this.knob = knob;
    const label = knob.unit ? `${knob.label} (${knob.unit})` : knob.label;
    const id = `knob-${knob.name}`;
    this.range = make("input", { type: "range", min: 0, max: STEPS, step: 1, id, title: knob.about });
    this.range.dataset.knob = knob.name;
    this.field = make("input", { type: "number", step: "any" });
    this.field.dataset.number = knob.name;
    this.field.setAttribute("aria-label", `${label}, as a number`);
    this.range.addEventListener("input", () => this.turn(this.valueAt(Number(this.range.value) / STEPS)));
    this.field.addEventListener("change", () => this.turn(Number(this.field.value)));
    this.mark = make("span", { className: "mark", hidden: true });
    this.note = make("div", { className: "note", hidden: true });
    this.element = make(
      "div", { className: "knob" },
      make("label", { htmlFor: id, title: knob.about }, label),
      this.field,
      button("↺", () => this.turn(this.knob.nominal), { title: `${label}: back to its own value`, "aria-label": `Reset ${label}` }),
      make("div", { className: "slide" }, this.range, this.mark),
      this.note,
    );
    this.show(knob);
  }

  valueAt(share) {
    const { low, high, log, whole } = this.knob;
    const value = log ? low * (high / low) ** share : low + (high - low) * share;
    return whole ? Math.round(value) : Number(value.toPrecision(6));
  }

  shareOf(value) {
    const { low, high, log } = this.knob;
    const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return Math.min(1, Math.max(0, share));
  }

  turn(value) {
    if (!Number.isFinite(value)) return;
    this.place(value);
    this.bench.turn(this.knob.name, value);
  }

  place(value) {
    this.range.value = Math.round(STEPS * this.shareOf(value));
    this.range.setAttribute("aria-valuetext", quantity(value, this.knob.unit, 4));
    if (document.activeElement !== this.field) this.field.value = Number(value.toPrecision(4));
  }

  show(knob) {
    this.knob = knob;
    this.element.dataset.value = knob.value;
    if (document.activeElement !== this.range) this.place(knob.value);
    const { mark } = knob;
    const visible = mark !== null && mark >= knob.low && mark <= knob.high;
    this.mark.hidden = !visible;
    if (visible) this.mark.style.left = `calc(${100 * this.shareOf(mark)}% + ${8 - 16 * this.shareOf(mark)}px)`;
    this.note.hidden = mark === null;
    if (mark !== null) this.note.textContent = `critical gain g_c at ${Number(mark.toPrecision(4))}`;
  }
}
