// A damaged cue for a memory: drawn by hand, or a stored pattern of which bits are flipped.
import { make, button } from "../make.js";
import { Picture, colour } from "../views/canvas.js";

export class Cue {
  constructor(bench, panel, panels) {
    this.bench = bench;
    this.panels = panels;
    this.picture = new Picture("Cue: drag to draw, Enter turns a pixel");
    this.pattern = make("select", { id: "cue-pattern" });
    this.pattern.setAttribute("aria-label", "Stored pattern");
    this.pattern.addEventListener("change", () => this.take());
    this.share = make("input", { type: "number", id: "cue-share", value: 20, min: 0, max: 100 });
    this.share.setAttribute("aria-label", "Percent of bits to flip");
    panel.append(
      make("div", { className: "bar" }, "begin with", this.pattern, button("Empty", () => this.fill(() => -1), { id: "cue-empty" })),
      make("div", { className: "bar" }, this.share, "%", button("Flip bits", () => this.flip(), { id: "cue-flip" })),
      make("div", { className: "schedule square" }, this.picture.canvas),
      make("div", { className: "bar" }, button("Recall", () => this.recall(), { className: "main", id: "cue-recall" })),
      make("p", { className: "faint" }, "Drag over the pixels to draw; then let the circuit recall."),
    );
    const { canvas } = this.picture;
    canvas.addEventListener("pointerdown", (event) => {
      const k = this.cellAt(event);
      if (k < 0) return;
      this.pen = -this.cue[k];
      canvas.setPointerCapture(event.pointerId);
      this.paint(k);
    });
    canvas.addEventListener("pointermove", (event) => { if (this.pen) this.paint(this.cellAt(event)); });
    canvas.addEventListener("pointerup", () => { this.pen = 0; });
    canvas.addEventListener("keydown", (event) => this.key(event));
    this.cursor = 0;
  }

  setup(description) {
    this.panels.show("cue", description.memory);
    if (!description.memory || this.title === description.title) return;
    this.title = description.title;
    const { patterns, shape } = description.instance;
    [this.rows, this.columns] = shape;
    this.patterns = patterns;
    this.pattern.replaceChildren(...patterns.map((_, k) => make("option", { value: k }, `pattern ${k + 1}`)));
    this.take();
  }

  take() {
    const chosen = this.patterns[Number(this.pattern.value)];
    this.fill((k) => chosen[k]);
  }

  fill(bit) {
    this.cue = Array.from({ length: this.rows * this.columns }, (_, k) => bit(k));
    this.draw();
  }

  flip() {
    const share = Math.min(100, Math.max(0, Number(this.share.value))) / 100;
    const order = this.cue.map((_, k) => [Math.random(), k]).sort((a, b) => a[0] - b[0]);
    for (const [, k] of order.slice(0, Math.round(share * order.length))) this.cue[k] *= -1;
    this.draw();
  }

  paint(k) {
    if (k < 0 || this.cue[k] === this.pen) return;
    this.cue[k] = this.pen;
    this.draw();
  }

  async recall() {
    await this.bench.act({ do: "cue", values: this.cue });
    await this.bench.control({ run: true });
  }

  cellAt(event) {
    const { x, y, scale } = this.box;
    const [column, row] = [Math.floor((event.offsetX - x) / scale), Math.floor((event.offsetY - y) / scale)];
    return column < 0 || row < 0 || column >= this.columns || row >= this.rows ? -1 : row * this.columns + column;
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns }[event.key];
    if (event.key === "Enter") this.cue[this.cursor] *= -1;
    else if (step && this.cue[this.cursor + step] !== undefined) this.cursor += step;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  }

  draw() {
    if (!this.cue) return;
    this.picture.canvas.dataset.cue = this.cue.map((bit) => (bit > 0 ? "*" : ".")).join("");
    const size = this.picture.fit();
    if (!size) return;
    const on = this.picture.context;
    const scale = Math.min(size.width / this.columns, size.height / this.rows);
    this.box = { x: (size.width - scale * this.columns) / 2, y: 0, scale };
    this.cue.forEach((bit, k) => {
      on.fillStyle = colour(bit > 0 ? "--ink" : "--panel");
      on.fillRect(this.box.x + scale * (k % this.columns), scale * Math.floor(k / this.columns), scale - 0.6, scale - 0.6);
    });
    if (document.activeElement !== this.picture.canvas) return;
    on.strokeStyle = colour("--bad");
    on.lineWidth = 2;
    on.strokeRect(this.box.x + scale * (this.cursor % this.columns), scale * Math.floor(this.cursor / this.columns), scale, scale);
  }
}
