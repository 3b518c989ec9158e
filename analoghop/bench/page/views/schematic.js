// The schematic: inputs are rows, outputs are columns, a resistor between them sits at their crossing.
import { make, quantity } from "../make.js";
import { Picture, colour, mapped } from "./canvas.js";
import { line } from "./axes.js";

const UNITS = { resistor: "Ω", capacitor: "F", inductor: "H", current: "A", voltage: "V" };

export class Schematic {
  constructor(bench, panel) {
    this.bench = bench;
    this.picture = new Picture("Schematic of the circuit");
    this.text = make("p", { className: "bar", id: "part" });
    this.rest = make("p", { className: "faint", id: "undrawn" });
    this.at = 0;
    panel.append(this.picture.canvas, this.text, this.rest);
    const { canvas } = this.picture;
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("click", () => this.pick());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  async setup(description) {
    this.parts = [];
    this.model = null;
    if (!description.drawn) return;
    const found = await this.bench.ask("schematic").catch(() => null);
    if (!found?.elements) return;
    this.built = found.built;
    this.model = arranged(found.elements);
    this.rest.textContent = [
      this.built ? "" : "A circuit that realises this network; its parts cannot be broken here.",
      this.model.rest.length ? `Not drawn: ${this.model.rest.map((e) => `${e.name} (${e.a}, ${e.b}) ${e.text}`).join("; ")}` : "",
    ].join(" ").trim();
    this.picture.canvas.dataset.elements = found.elements.length;
    this.bench.redraw();
  }

  volts(node) {
    if (node === "0") return 0;
    const values = this.bench.shown?.values;
    const k = this.bench.description.signals.indexOf(`v(${node})`);
    return values && k >= 0 ? values[k] : NaN;
  }

  // The current from a to b, where the parts of its node tell it.
  current(e) {
    const across = this.volts(e.a) - this.volts(e.b);
    if (e.kind === "resistor") return across / e.value;
    if (e.kind === "current" && e.value !== null) return e.value;
    const k = this.bench.description.signals.indexOf(`i(${e.name})`);
    if (k >= 0 && this.bench.shown?.values) return this.bench.shown.values[k];
    if (e.kind !== "capacitor") return NaN;
    const others = this.model.elements.filter((o) => o !== e && (o.a === e.a || o.b === e.a));
    if (!others.every((o) => o.kind === "resistor" || (o.kind === "current" && o.value !== null))) return NaN;
    return -others.reduce((sum, o) => sum + (o.a === e.a ? 1 : -1) * this.current(o), 0);
  }

  draw() {
    const size = this.picture.fit();
    if (!size) return;
    const on = this.picture.context;
    if (!this.model) {
      on.fillStyle = colour("--faint");
      on.fillText("The schematic is for circuits of up to 12 amplifiers.", 12, 24);
      return;
    }
    const { rows, columns } = this.model;
    this.parts = [];
    const shelf = Math.min(4, Math.max(1, ...rows.map((row) => row.shelf.length)));
    const dx = (size.width - 90) / (columns.length + shelf + 2.4);
    const dy = (size.height - 60) / Math.max(1, rows.length + 0.4);
    const left = 46 + shelf * dx * 0.9;
    const at = { row: (r) => 44 + (r + 0.5) * dy, column: (c) => left + (c + 0.7) * dx };
    const right = at.column(columns.length - 1) + 0.8 * dx;
    const s = Math.max(4, Math.min(15, 0.24 * dx, 0.26 * dy));
    on.font = `${Math.max(9, Math.min(12, dy * 0.36))}px system-ui, "DejaVu Sans", sans-serif`;
    on.lineWidth = 1.3;
    rows.forEach((row, r) => {
      const y = at.row(r);
      this.wire(on, row.node, left - shelf * dx * 0.9, y, right, y);
      this.label(on, row.node, left - shelf * dx * 0.9 - 6, y - 4, "right");
      row.shelf.slice(0, 4).forEach((e, k) => this.shunt(on, e, left - (k + 0.5) * dx * 0.9, y, Math.min(0.42 * dy, 3 * s), s));
    });
    columns.forEach((column, c) => {
      const x = at.column(c);
      const reader = column.source && column.source.reads.map((node) => rows.findIndex((row) => row.node === node)).find((r) => r >= 0);
      const bottom = rows.length ? at.row(rows.length - 1) : 60;
      this.wire(on, column.node, x, 26, x, bottom + 0.3 * dy);
      this.label(on, column.node, x + 3, 22, "left");
      if (reader === undefined) {
        this.circle(on, column.source, x, 34, s);
        return;
      }
      const y = at.row(reader);
      const same = columns.slice(0, c).filter((o) => o.source && o.source.reads[0] === column.source.reads[0]).length;
      this.triangle(on, column.source, right + (0.35 + 0.9 * same) * Math.min(dx, 3 * s), y, s);
      const driven = columns.filter((o) => o.source && o.source.reads[0] === column.source.reads[0]).map((o) => o.node);
      if (!same) this.label(on, `→ ${driven.join(", ")}`, right + 0.35 * Math.min(dx, 3 * s) - s, y - s - 4, "left");
    });
    for (const { e, row, column } of this.model.crossings) this.crossing(on, e, at.column(column), at.row(row), s);
    for (const { e, one, other } of this.model.bridges) {
      const x = left - 0.2 * dx;
      line(on, x, at.row(one), x, at.row(other));
      this.box(on, e, x, (at.row(one) + at.row(other)) / 2, s, true);
    }
    this.mark(on);
    this.describe();
  }

  wire(on, node, x0, y0, x1, y1) {
    const frame = this.bench.shown;
    const share = (this.volts(node) - frame.lo) / (frame.hi - frame.lo);
    on.strokeStyle = colour("--faint");
    on.lineWidth = 5;
    line(on, x0, y0, x1, y1);
    on.strokeStyle = Number.isFinite(share) ? mapped(Math.round(255 * Math.min(1, Math.max(0, share)))) : colour("--faint");
    on.lineWidth = 3;
    line(on, x0, y0, x1, y1);
    on.lineWidth = 1.3;
  }

  label(on, text, x, y, align) {
    on.fillStyle = colour("--ink");
    on.textAlign = align;
    on.fillText(text, x, y);
    on.textAlign = "left";
  }

  pen(on, e) {
    on.strokeStyle = colour("--ink");
    on.fillStyle = colour(this.bench.description.faults.some((fault) => fault.part === e.name) ? "--bad" : "--paper");
  }

  box(on, e, x, y, s, upright = false) {
    this.pen(on, e);
    const [w, h] = upright ? [0.8 * s, 1.7 * s] : [1.7 * s, 0.8 * s];
    if (e.kind === "capacitor") {
      on.fillStyle = colour("--paper");
      on.fillRect(x - w / 2, y - 0.25 * s, w, 0.5 * s);
      on.lineWidth = 2;
      line(on, x - 0.8 * s, y - 0.25 * s, x + 0.8 * s, y - 0.25 * s);
      line(on, x - 0.8 * s, y + 0.25 * s, x + 0.8 * s, y + 0.25 * s);
      on.lineWidth = 1.3;
    } else if (e.kind === "resistor") {
      on.fillRect(x - w / 2, y - h / 2, w, h);
      on.strokeRect(x - w / 2, y - h / 2, w, h);
    } else {
      this.circle(on, e, x, y, 0.8 * s);
      return;
    }
    this.parts.push({ e, x, y, r: s });
  }

  // A part from a row to ground.
  shunt(on, e, x, y, drop, s) {
    on.strokeStyle = colour("--ink");
    line(on, x, y, x, y + drop);
    line(on, x - 0.5 * s, y + drop, x + 0.5 * s, y + drop);
    this.box(on, e, x, y + drop / 2, 0.8 * s, true);
  }

  crossing(on, e, x, y, s) {
    const [top, left] = [y - 1.4 * s, x - 2.6 * s];
    on.strokeStyle = colour("--ink");
    line(on, x, top, left, top);
    line(on, left, top, left, y);
    this.box(on, e, (x + left) / 2, top, s);
    on.fillStyle = colour("--ink");
    for (const [px, py] of [[x, top], [left, y]]) {
      on.beginPath();
      on.arc(px, py, 2.6, 0, 2 * Math.PI);
      on.fill();
    }
  }

  triangle(on, e, x, y, s) {
    this.pen(on, e);
    on.beginPath();
    on.moveTo(x - s, y - s);
    on.lineTo(x + s, y);
    on.lineTo(x - s, y + s);
    on.closePath();
    on.fill();
    on.stroke();
    this.parts.push({ e, x, y, r: s });
  }

  circle(on, e, x, y, s) {
    this.pen(on, e ?? {});
    on.beginPath();
    on.arc(x, y, s, 0, 2 * Math.PI);
    on.fill();
    on.stroke();
    if (!e) return;
    on.fillStyle = colour("--ink");
    on.textAlign = "center";
    on.fillText(e.kind === "current" || e.kind === "transconductor" ? "I" : "V", x, y + 4);
    on.textAlign = "left";
    this.parts.push({ e, x, y, r: s });
  }

  mark(on) {
    const part = this.parts[this.at];
    if (!part) return;
    on.strokeStyle = colour("--bad");
    on.lineWidth = 1.5;
    on.strokeRect(part.x - part.r - 3, part.y - part.r - 3, 2 * part.r + 6, 2 * part.r + 6);
  }

  hover(event) {
    const near = this.parts.findIndex(({ x, y, r }) => Math.abs(x - event.offsetX) < r + 4 && Math.abs(y - event.offsetY) < r + 4);
    if (near < 0 || near === this.at) return;
    this.at = near;
    this.bench.redraw();
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") this.pick();
    if (!step || !this.parts.length) return;
    event.preventDefault();
    event.stopPropagation();
    this.at = (this.at + step + this.parts.length) % this.parts.length;
    this.bench.redraw();
  }

  pick() {
    const e = this.parts[this.at]?.e;
    if (!e) return;
    if (e.kind === "amplifier" && e.a !== "0") this.bench.watch(`v(${e.a})`);
    this.bench.choosePart(e.name);
  }

  describe() {
    const e = this.parts[this.at]?.e;
    if (!e) return;
    const value = e.value === null ? e.text : quantity(e.value, UNITS[e.kind]);
    const current = this.current(e);
    const across = this.volts(e.a) - this.volts(e.b);
    const words = [`${e.name} (${e.a}, ${e.b}): ${e.kind} ${value}`, Number.isFinite(across) ? quantity(across, "V") : "", Number.isFinite(current) ? quantity(current, "A") : ""];
    const text = words.filter(Boolean).join(" · ");
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}

// Rows are the nodes that keep a voltage of their own, columns those that a source drives.
function arranged(elements) {
  const driving = elements.filter((e) => ["amplifier", "voltage"].includes(e.kind) && (e.b === "0" || e.a === "0"));
  const columns = driving.map((source) => ({ node: source.b === "0" ? source.a : source.b, source }));
  const columnOf = new Map(columns.map((column, k) => [column.node, k]));
  const rows = [];
  const rowOf = new Map();
  for (const e of elements) {
    for (const node of [e.a, e.b]) {
      if (node === "0" || columnOf.has(node) || rowOf.has(node)) continue;
      rowOf.set(node, rows.length);
      rows.push({ node, shelf: [] });
    }
  }
  const [crossings, bridges, rest] = [[], [], []];
  for (const e of elements) {
    if (driving.includes(e)) continue;
    const [ra, rb, ca, cb] = [rowOf.get(e.a), rowOf.get(e.b), columnOf.get(e.a), columnOf.get(e.b)];
    if (ra !== undefined && rb !== undefined) bridges.push({ e, one: ra, other: rb });
    else if (ra !== undefined && cb !== undefined) crossings.push({ e, row: ra, column: cb });
    else if (rb !== undefined && ca !== undefined) crossings.push({ e, row: rb, column: ca });
    else if (ra !== undefined && rows[ra].shelf.length < 4) rows[ra].shelf.push(e);
    else if (rb !== undefined && rows[rb].shelf.length < 4) rows[rb].shelf.push(e);
    else rest.push(e);
  }
  return { elements, rows, columns, crossings, bridges, rest };
}
