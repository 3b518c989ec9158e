// The network: amplifiers as nodes, couplings as lines, by sign and size.
import { make, quantity } from "../make.js";
import { Picture, colour, mapped } from "./canvas.js";
import { line } from "./axes.js";

export class Graph {
  constructor(bench, panel) {
    this.bench = bench;
    this.picture = new Picture("Network graph: amplifiers and couplings");
    this.text = make("p", { className: "bar", id: "graph-text" });
    panel.append(this.picture.canvas, this.text);
    const { canvas } = this.picture;
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("click", () => { if (this.near !== undefined) { bench.watch(this.names[this.near]); bench.choose(this.near); } });
  }

  setup(description) {
    this.names = description.outputs;
    this.edges = description.edges;
    this.layout = description.layout;
    this.states = description.states;
    this.text.textContent = this.edges.length
      ? `${this.edges.length} couplings${this.edges.length === 2000 ? " (the strongest)" : ""}: solid ones excite, dashed ones inhibit`
      : "This circuit has no matrix of couplings.";
    this.largest = Math.max(...this.edges.map((edge) => Math.abs(edge[2])), 0);
  }

  // Nodes on a circle, or in the shape of the problem where there are many.
  places(size) {
    const n = this.names.length;
    const { rows, columns, cells } = this.layout;
    const grid = n > 60 && rows > 1;
    return this.names.map((_, k) => {
      if (grid) return [((cells[k] % columns) + 0.5) * (size.width / columns), (Math.floor(cells[k] / columns) + 0.5) * (size.height / rows)];
      const angle = (2 * Math.PI * k) / n - Math.PI / 2;
      const radius = 0.5 * Math.min(size.width, size.height) - 34;
      return [size.width / 2 + radius * Math.cos(angle), size.height / 2 + radius * Math.sin(angle)];
    });
  }

  draw() {
    const frame = this.bench.shown;
    const size = this.picture.fit();
    if (!size || !frame || !this.names) return;
    const on = this.picture.context;
    const places = (this.at = this.places(size));
    const n = places.length;
    this.radius = Math.max(3, Math.min(16, 200 / Math.max(n, 1)));
    on.globalAlpha = Math.max(0.06, Math.min(0.7, 120 / this.edges.length));
    for (const [into, out, siemens] of this.edges) {
      if (into >= n || out >= n) continue;
      on.strokeStyle = colour(siemens > 0 ? "--series-0" : "--series-1");
      on.setLineDash(siemens > 0 ? [] : [5, 3]);
      on.lineWidth = 0.4 + 2.2 * Math.abs(siemens) / this.largest;
      if (into === out) {
        on.beginPath();
        on.arc(places[into][0], places[into][1] - this.radius, this.radius * 0.8, 0, 2 * Math.PI);
        on.stroke();
      } else line(on, ...places[out], ...places[into]);
    }
    on.globalAlpha = 1;
    on.setLineDash([]);
    on.textAlign = "center";
    places.forEach(([x, y], k) => {
      on.beginPath();
      on.arc(x, y, this.radius, 0, 2 * Math.PI);
      on.fillStyle = mapped(frame.bytes[k]);
      on.fill();
      on.strokeStyle = colour(this.bench.watched.includes(this.names[k]) ? "--bad" : "--ink");
      on.lineWidth = this.bench.watched.includes(this.names[k]) ? 2.5 : 1;
      on.stroke();
      if (n <= 40) {
        on.fillStyle = colour("--ink");
        const below = y > size.height / 2 ? this.radius + 13 : -this.radius - 5;
        on.fillText(this.names[k], x, y + below);
      }
    });
    on.textAlign = "left";
  }

  hover(event) {
    const near = (this.at ?? []).findIndex(([x, y]) => Math.hypot(x - event.offsetX, y - event.offsetY) < this.radius + 4);
    this.near = near < 0 ? undefined : near;
    if (near < 0) return;
    const into = this.edges.filter((edge) => edge[0] === near).length;
    const frame = this.bench.shown;
    const volts = frame.lo + (frame.bytes[near] / 255) * (frame.hi - frame.lo);
    this.text.textContent = `${this.names[near]} = ${quantity(volts, "V")}; ${into} couplings into its input; click: watch it`;
  }
}
