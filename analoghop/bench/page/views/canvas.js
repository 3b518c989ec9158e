// A canvas that is as sharp as the screen, and the colours that all pictures share.

export class Picture {
  constructor(label) {
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
    this.context = this.canvas.getContext("2d");
  }

  // Fit the canvas to its place; return width and height in CSS pixels, null while it is hidden.
  fit() {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (!width || !height) return null;
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.fillStyle = colour("--paper");
    this.context.fillRect(0, 0, width, height);
    this.context.font = '12px system-ui, "DejaVu Sans", sans-serif';
    return { width, height };
  }
}

let styles = null;
const known = new Map();

export function colour(name) {
  if (!known.has(name)) {
    styles ??= getComputedStyle(document.documentElement);
    known.set(name, styles.getPropertyValue(name).trim());
  }
  return known.get(name);
}

export function forgetColours() {
  known.clear();
  styles = null;
}

export const series = (k) => colour(`--series-${k % 8}`);

// Cividis (Nunez, Anderton, Renslow 2018): the same to people with and without colour blindness.
const ANCHORS = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]];

export const MAP = (() => {
  const map = new Uint8ClampedArray(256 * 4);
  for (let k = 0; k < 256; k++) {
    const place = (k / 255) * (ANCHORS.length - 1);
    const at = Math.min(Math.floor(place), ANCHORS.length - 2);
    for (let c = 0; c < 3; c++) {
      map[4 * k + c] = ANCHORS[at][c] + (place - at) * (ANCHORS[at + 1][c] - ANCHORS[at][c]);
    }
    map[4 * k + 3] = 255;
  }
  return map;
})();

export function mapped(byte) {
  return `rgb(${MAP[4 * byte]}, ${MAP[4 * byte + 1]}, ${MAP[4 * byte + 2]})`;
}

// Numbers of an axis: about `count` round values between the ends.
export function ticks(lo, hi, count) {
  const span = hi - lo;
  if (!(span > 0)) return [lo];
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const found = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * span; k++) found.push(k * step);
  return found;
}

export function bytesOf(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}
