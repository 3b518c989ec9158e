// Axes of a picture over time: a box with numbers, and the way from values to pixels.
import { colour, ticks } from "./canvas.js";
import { quantity } from "../make.js";

export class Axes {
  constructor(size, x, y, units) {
    Object.assign(this, { x, y, units });
    this.left = 58;
    this.top = 8;
    this.width = Math.max(10, size.width - this.left - 10);
    this.height = Math.max(10, size.height - this.top - 24);
  }

  px(x) {
    return this.left + ((x - this.x[0]) / (this.x[1] - this.x[0] || 1)) * this.width;
  }

  py(y) {
    return this.top + (1 - (y - this.y[0]) / (this.y[1] - this.y[0] || 1)) * this.height;
  }

  value(px) {
    return this.x[0] + ((px - this.left) / this.width) * (this.x[1] - this.x[0]);
  }

  draw(on) {
    on.save();
    on.strokeStyle = colour("--line");
    on.fillStyle = colour("--faint");
    on.lineWidth = 1;
    on.textAlign = "right";
    on.textBaseline = "middle";
    for (const y of ticks(...this.y, Math.max(2, this.height / 44))) {
      line(on, this.left, this.py(y), this.left + this.width, this.py(y));
      on.fillText(quantity(y, this.units[1]), this.left - 5, this.py(y));
    }
    on.textAlign = "center";
    on.textBaseline = "top";
    for (const x of ticks(...this.x, Math.max(2, this.width / 90))) {
      line(on, this.px(x), this.top, this.px(x), this.top + this.height);
      on.fillText(quantity(x, this.units[0], 4), Math.min(this.px(x), this.left + this.width - 18), this.top + this.height + 5);
    }
    on.strokeStyle = colour("--faint");
    on.strokeRect(this.left, this.top, this.width, this.height);
    on.restore();
  }

  // A curve through samples, not finer than the pixels.
  curve(on, record, pick, stroke, width = 1.6) {
    on.save();
    on.beginPath();
    on.rect(this.left, this.top, this.width, this.height);
    on.clip();
    on.beginPath();
    const first = Math.max(0, record.at(this.x[0]));
    const last = Math.min(record.length - 1, record.at(this.x[1]) + 1);
    const step = Math.max(1, Math.floor((last - first) / (3 * this.width)));
    let begun = false;
    for (let k = first; k <= last; k = k === last ? last + 1 : Math.min(k + step, last)) {
      const value = pick(record.values[k]);
      if (!Number.isFinite(value)) continue;
      const [x, y] = [this.px(record.times[k]), this.py(value)];
      if (begun) on.lineTo(x, y);
      else on.moveTo(x, y);
      begun = true;
    }
    on.strokeStyle = stroke;
    on.lineWidth = width;
    on.lineJoin = "round";
    on.stroke();
    on.restore();
  }
}

export function line(on, x0, y0, x1, y1) {
  on.beginPath();
  on.moveTo(x0, y0);
  on.lineTo(x1, y1);
  on.stroke();
}

// The range of values with some room; a flat one gets some height.
export function range(lo, hi) {
  if (!(lo <= hi)) return [0, 1];
  const room = 0.06 * (hi - lo) || 0.1 * Math.abs(hi) || 1e-3;
  return [lo - room, hi + room];
}
