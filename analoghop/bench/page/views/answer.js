// The answer that the circuit gives at this moment, drawn as the problem: tour, colouring, cut, board, grid.
import { make } from "../make.js";
import { Picture, colour, series } from "./canvas.js";
import { line } from "./axes.js";

export class Answer {
  constructor(bench, panel) {
    this.bench = bench;
    this.picture = new Picture("Answer of the circuit");
    this.verdict = make("p", { className: "bar", id: "verdict" });
    panel.append(this.verdict, this.picture.canvas);
  }

  setup(description) {
    this.instance = description.instance;
  }

  frame(frame) {
    const { answer } = frame;
    const words = [];
    if (answer) {
      words.push(frame.settled ? "settled" : "moving", answer.valid ? "valid" : "not valid");
      if (answer.cost !== null) words.push(`${answer.costName} ${Number(answer.cost.toPrecision(6))}`);
      if (answer.gap !== null) words.push(`gap ${answer.gap.toFixed(2)} %`);
      if (answer.pattern) words.push(`overlap ${answer.overlap.toFixed(3)} with pattern ${answer.pattern}`);
      for (const [name, count] of Object.entries(answer.violations)) if (count) words.push(`${count} ${name}`);
    }
    const text = words.join(" · ");
    if (this.verdict.textContent !== text) this.verdict.textContent = text;
    this.verdict.className = `bar ${answer?.valid ? "good" : "warn"}`;
    Object.assign(this.picture.canvas.dataset, { valid: answer?.valid ?? "", answer: JSON.stringify(answer?.answer ?? null).slice(0, 4000) });
  }

  draw() {
    const size = this.picture.fit();
    const frame = this.bench.shown;
    if (!size || !frame || !this.instance) return;
    const on = this.picture.context;
    const { answer } = frame;
    const kind = this.instance.kind;
    if (kind === "memory") this.memory(on, size, answer);
    else if (!answer?.answer) this.say(on, "No answer yet: the outputs do not decode.");
    else if (kind === "sudoku") this.sudoku(on, size, answer.answer);
    else if (kind === "queens") this.queens(on, size, answer.answer);
    else if (kind === "tsp") this.tour(on, size, answer.answer);
    else if (this.instance.edges) this.vertices(on, size, answer.answer);
    else if (kind === "qap") this.board(on, size, answer.answer.length, answer.answer, "■");
    else this.bits(on, size, answer.answer);
  }

  say(on, text) {
    on.fillStyle = colour("--faint");
    on.fillText(text, 12, 24);
  }

  places(size, n) {
    const { points } = this.instance;
    if (!points) {
      const radius = 0.5 * Math.min(size.width, size.height) - 20;
      return Array.from({ length: n }, (_, k) => [size.width / 2 + radius * Math.sin((2 * Math.PI * k) / n), size.height / 2 - radius * Math.cos((2 * Math.PI * k) / n)]);
    }
    const ends = [0, 1].map((axis) => [Math.min(...points.map((p) => p[axis])), Math.max(...points.map((p) => p[axis]))]);
    const spans = ends.map(([lo, hi]) => hi - lo || 1);
    const scale = Math.min((size.width - 40) / spans[0], (size.height - 40) / spans[1]);
    const left = (size.width - scale * spans[0]) / 2;
    const top = (size.height - scale * spans[1]) / 2;
    return points.map(([x, y]) => [left + scale * (x - ends[0][0]), size.height - top - scale * (y - ends[1][0])]);
  }

  tour(on, size, order) {
    const places = this.places(size, order.length);
    on.strokeStyle = colour("--accent");
    on.lineWidth = 2;
    order.forEach((city, k) => line(on, ...places[city], ...places[order[(k + 1) % order.length]]));
    places.forEach((place, k) => this.dot(on, place, colour("--ink"), places.length <= 60 ? String(k + 1) : ""));
  }

  dot(on, [x, y], fill, label, radius = 4) {
    on.beginPath();
    on.arc(x, y, radius, 0, 2 * Math.PI);
    on.fillStyle = fill;
    on.fill();
    if (!label) return;
    on.fillStyle = colour("--ink");
    on.fillText(label, x + radius + 2, y - radius);
  }

  // Vertices with colours and numbers: colours alone would not tell everybody.
  vertices(on, size, values) {
    const list = values.map(Number);
    const places = this.places(size, list.length);
    const conflicts = this.instance.kind === "colouring";
    for (const [a, b] of this.instance.edges) {
      const equal = list[a] === list[b];
      const marked = conflicts ? equal : !equal;
      on.strokeStyle = colour(marked ? (conflicts ? "--bad" : "--accent") : "--line");
      on.lineWidth = marked ? 2 : 1;
      line(on, ...places[a], ...places[b]);
    }
    const radius = list.length > 120 ? 3 : 8;
    places.forEach((place, k) => {
      this.dot(on, place, series(list[k]), "", radius);
      if (radius < 8) return;
      on.fillStyle = colour("--paper");
      on.textAlign = "center";
      on.fillText(String(list[k]), place[0], place[1] + 4);
      on.textAlign = "left";
    });
  }

  board(on, size, n, columns, sign) {
    const cell = Math.min(size.width, size.height) / (n + 0.5);
    const [left, top] = [(size.width - n * cell) / 2, (size.height - n * cell) / 2];
    on.font = `${0.7 * cell}px "DejaVu Sans", sans-serif`;
    on.textAlign = "center";
    on.textBaseline = "middle";
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        on.fillStyle = colour((row + column) % 2 ? "--panel" : "--paper");
        on.fillRect(left + column * cell, top + row * cell, cell, cell);
      }
      on.fillStyle = colour("--accent");
      if (columns[row] >= 0) on.fillText(sign, left + (columns[row] + 0.5) * cell, top + (row + 0.53) * cell);
    }
    on.strokeStyle = colour("--faint");
    on.strokeRect(left, top, n * cell, n * cell);
    on.textAlign = "left";
    on.textBaseline = "alphabetic";
  }

  queens(on, size, columns) {
    this.board(on, size, columns.length, columns, "♛");
  }

  sudoku(on, size, text) {
    const n = Math.round(Math.sqrt(text.length));
    const cell = Math.min(size.width, size.height) / (n + 0.4);
    const [left, top] = [(size.width - n * cell) / 2, (size.height - n * cell) / 2];
    on.textAlign = "center";
    on.textBaseline = "middle";
    const { given } = this.instance;
    [...text].forEach((digit, k) => {
      const fixed = /[1-9A-Z]/.test(given[k]);
      on.font = `${fixed ? "700" : "400"} ${0.6 * cell}px system-ui, "DejaVu Sans", sans-serif`;
      on.fillStyle = colour(fixed ? "--ink" : this.clash(text, k) ? "--bad" : "--accent");
      on.fillText(digit, left + ((k % n) + 0.5) * cell, top + (Math.floor(k / n) + 0.54) * cell);
    });
    on.strokeStyle = colour("--ink");
    for (let k = 0; k <= n; k++) {
      on.lineWidth = k % Math.round(Math.sqrt(n)) ? 0.6 : 2;
      line(on, left, top + k * cell, left + n * cell, top + k * cell);
      line(on, left + k * cell, top, left + k * cell, top + n * cell);
    }
    on.textAlign = "left";
    on.textBaseline = "alphabetic";
  }

  clash(text, k) {
    const n = Math.round(Math.sqrt(text.length));
    const box = Math.round(Math.sqrt(n));
    const [row, column] = [Math.floor(k / n), k % n];
    return [...text].some((digit, j) => {
      const [r, c] = [Math.floor(j / n), j % n];
      const block = Math.floor(r / box) === Math.floor(row / box) && Math.floor(c / box) === Math.floor(column / box);
      return j !== k && digit === text[k] && (r === row || c === column || block);
    });
  }

  bits(on, size, values) {
    const n = values.length;
    const columns = Math.ceil(Math.sqrt(n * (size.width / size.height)));
    const cell = Math.min(size.width / columns, size.height / Math.ceil(n / columns), 40);
    values.forEach((value, k) => {
      const [x, y] = [(k % columns) * cell, Math.floor(k / columns) * cell];
      on.fillStyle = colour(Number(value) > 0 ? "--accent" : "--panel");
      on.fillRect(x + 1, y + 1, cell - 2, cell - 2);
    });
  }

  // The stored patterns; the one that is nearest is framed.
  memory(on, size, answer) {
    const { patterns, shape } = this.instance;
    const [rows, columns] = shape;
    const wide = Math.max(1, Math.ceil(Math.sqrt((patterns.length * size.width * rows) / (size.height * columns))));
    const scale = Math.min(size.width / wide / (columns + 2), size.height / Math.ceil(patterns.length / wide) / (rows + 2));
    patterns.forEach((pattern, k) => {
      const [x, y] = [(k % wide) * scale * (columns + 2) + scale, Math.floor(k / wide) * scale * (rows + 2) + scale];
      on.fillStyle = colour("--panel");
      on.fillRect(x, y, scale * columns, scale * rows);
      on.fillStyle = colour("--ink");
      pattern.forEach((bit, j) => {
        if (bit > 0) on.fillRect(x + scale * (j % columns), y + scale * Math.floor(j / columns), scale + 0.3, scale + 0.3);
      });
      if (answer?.pattern === k + 1) {
        on.strokeStyle = colour(answer.valid ? "--good" : "--bad");
        on.lineWidth = 3;
        on.strokeRect(x - 3, y - 3, scale * columns + 6, scale * rows + 6);
      }
    });
  }
}
