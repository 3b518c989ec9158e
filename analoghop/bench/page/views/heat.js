// The heat map: one cell per amplifier, shaped like the problem. A click watches the amplifier.
import { make } from "../make.js";
import { Picture, MAP, colour, mapped, series } from "./canvas.js";

export class Heat {
  constructor(bench, panel) {
    this.bench = bench;
    this.picture = new Picture("Heat map of the amplifiers' outputs");
    this.image = document.createElement("canvas");
    this.text = make("p", { className: "bar", id: "cell" });
    this.cursor = 0;
    panel.append(this.picture.canvas, this.text);
    const { canvas } = this.picture;
    canvas.addEventListener("click", (event) => this.pick(this.cellAt(event)));
    canvas.addEventListener("pointermove", (event) => this.hover(this.cellAt(event)));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  setup(description) {
    this.layout = description.layout;
    this.names = description.outputs;
    this.place = new Map(this.layout.cells.map((cell, k) => [cell, k]));
    this.cursor = Math.min(this.cursor, Math.max(0, this.names.length - 1));
    this.image.width = this.layout.columns;
    this.image.height = this.layout.rows;
    this.picture.canvas.dataset.rows = this.layout.rows;
    this.picture.canvas.dataset.columns = this.layout.columns;
  }

  draw() {
    const frame = this.bench.shown;
    const size = this.picture.fit();
    if (!size || !frame || !this.layout) return;
    const { rows, columns, cells } = this.layout;
    const context = this.image.getContext("2d");
    const image = context.createImageData(columns, rows);
    frame.bytes.forEach((byte, k) => {
      for (let c = 0; c < 4; c++) image.data[4 * cells[k] + c] = MAP[4 * byte + c];
    });
    context.putImageData(image, 0, 0);
    const scale = Math.min((size.width - 60) / columns, size.height / rows);
    this.box = { x: (size.width - 60 - scale * columns) / 2, y: (size.height - scale * rows) / 2, scale };
    const on = this.picture.context;
    if (on.isSvg) this.cellsOf(on, frame);
    else {
      on.imageSmoothingEnabled = false;
      on.drawImage(this.image, this.box.x, this.box.y, scale * columns, scale * rows);
    }
    this.bench.watched.forEach((name, k) => this.frameOf(this.names.indexOf(name), series(k), 2.5));
    if (document.activeElement === this.picture.canvas) this.frameOf(this.cursor, colour("--bad"), 1.5);
    this.scale(on, size, frame);
    this.describe(this.cursor);
  }

  cellsOf(on, frame) {
    const { x, y, scale } = this.box;
    const { columns, cells } = this.layout;
    frame.bytes.forEach((byte, k) => {
      on.fillStyle = mapped(byte);
      on.fillRect(x + scale * (cells[k] % columns), y + scale * Math.floor(cells[k] / columns), scale, scale);
    });
  }

  frameOf(k, stroke, width) {
    if (k < 0 || !this.box) return;
    const { x, y, scale } = this.box;
    const cell = this.layout.cells[k];
    const on = this.picture.context;
    on.strokeStyle = stroke;
    on.lineWidth = width;
    on.strokeRect(x + scale * (cell % this.layout.columns) + 1, y + scale * Math.floor(cell / this.layout.columns) + 1, scale - 2, scale - 2);
  }

  scale(on, size, frame) {
    const [x, y, h] = [size.width - 50, 16, Math.min(160, size.height - 32)];
    for (let k = 0; k < h; k++) {
      on.fillStyle = mapped(Math.round(255 * (1 - k / (h - 1))));
      on.fillRect(x, y + k, 12, 1.5);
    }
    on.fillStyle = colour("--ink");
    on.fillText(`${Number(frame.hi.toPrecision(3))} V`, x + 16, y + 8);
    on.fillText(`${Number(frame.lo.toPrecision(3))} V`, x + 16, y + h);
  }

  cellAt(event) {
    if (!this.box) return -1;
    const { x, y, scale } = this.box;
    const column = Math.floor((event.offsetX - x) / scale);
    const row = Math.floor((event.offsetY - y) / scale);
    if (column < 0 || row < 0 || column >= this.layout.columns || row >= this.layout.rows) return -1;
    return this.place.get(row * this.layout.columns + column) ?? -1;
  }

  hover(k) {
    if (k < 0) return;
    this.cursor = k;
    this.describe(k);
  }

  pick(k) {
    if (k < 0) return;
    this.cursor = k;
    this.bench.watch(this.names[k]);
    this.bench.choose(k);
  }

  key(event) {
    const { columns } = this.layout;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (event.key === "Enter") this.pick(this.cursor);
    if (step === undefined) return;
    event.preventDefault();
    const k = this.place.get(this.layout.cells[this.cursor] + step);
    if (k !== undefined) this.cursor = k;
    this.draw();
  }

  describe(k) {
    const frame = this.bench.shown;
    if (!frame || !this.names.length) return;
    const volts = frame.lo + (frame.bytes[k] / 255) * (frame.hi - frame.lo);
    const text = `${this.names[k]} = ${Number(volts.toPrecision(3))} V; click or Enter: show it in the oscilloscope`;
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}
