// A stand-in for the context of a canvas that writes SVG: the pictures are drawn by the same code.
import { colour } from "./canvas.js";

const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const short = (number) => Number(number.toFixed(2));

class SvgContext {
  constructor() {
    Object.assign(this, { parts: [], path: [], clips: 0, clip_: "", saved: [], dash: [], fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1, font: "12px sans-serif", textAlign: "left", textBaseline: "alphabetic", isSvg: true });
  }

  setTransform() {}
  save() { this.saved.push({ ...this, saved: undefined, parts: undefined, path: undefined }); }
  restore() {
    const { saved: _s, parts: _p, path: _q, clips: _c, ...before } = this.saved.pop();
    Object.assign(this, before);
  }
  setLineDash(dash) { this.dash = dash; }
  beginPath() { this.path = []; }
  closePath() { this.path.push("Z"); }
  moveTo(x, y) { this.path.push(`M${short(x)} ${short(y)}`); }
  lineTo(x, y) { this.path.push(`L${short(x)} ${short(y)}`); }
  rect(x, y, w, h) { this.path.push(`M${short(x)} ${short(y)}h${short(w)}v${short(h)}h${short(-w)}Z`); }
  arc(x, y, r) { this.path.push(`M${short(x - r)} ${short(y)}a${short(r)} ${short(r)} 0 1 0 ${short(2 * r)} 0a${short(r)} ${short(r)} 0 1 0 ${short(-2 * r)} 0Z`); }

  clip() {
    this.clips += 1;
    this.parts.push(`<clipPath id="c${this.clips}"><path d="${this.path.join("")}"/></clipPath>`);
    this.clip_ = ` clip-path="url(#c${this.clips})"`;
  }

  pen() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    return `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"${dash}${this.rest()}`;
  }

  rest() { return `${this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : ""}${this.clip_}`; }
  stroke() { this.parts.push(`<path d="${this.path.join("")}" ${this.pen()}/>`); }
  fill() { this.parts.push(`<path d="${this.path.join("")}" fill="${this.fillStyle}"${this.rest()}/>`); }
  box(x, y, w, h) { return `<rect x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}"`; }
  fillRect(x, y, w, h) { this.parts.push(`${this.box(x, y, w, h)} fill="${this.fillStyle}"${this.rest()}/>`); }
  strokeRect(x, y, w, h) { this.parts.push(`${this.box(x, y, w, h)} ${this.pen()}/>`); }

  fillText(text, x, y) {
    const anchor = { left: "start", right: "end", center: "middle" }[this.textAlign];
    const base = { middle: "central", top: "hanging" }[this.textBaseline] ?? "auto";
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" fill="${this.fillStyle}" text-anchor="${anchor}" dominant-baseline="${base}" style="font: ${escaped(this.font)}">${escaped(text)}</text>`);
  }
}

export function drawnAsSvg(view) {
  const { picture } = view;
  const size = picture.fit();
  if (!size) return "";
  const [context, fit] = [picture.context, picture.fit];
  const svg = new SvgContext();
  try {
    picture.context = svg;
    picture.fit = () => size;
    view.draw();
  } finally {
    Object.assign(picture, { context, fit });
  }
  const background = `<rect width="100%" height="100%" fill="${colour("--paper")}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">${background}${svg.parts.join("\n")}</svg>\n`;
}
