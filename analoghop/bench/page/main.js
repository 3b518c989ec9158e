// The bench: it holds what the server sent last, and gives it to panels and views.
import { Link } from "./link.js";
import { make, tabs, quantity } from "./make.js";
import { Controls } from "./controls.js";
import { Knobs } from "./knobs.js";
import { Heat } from "./views/heat.js";
import { bytesOf } from "./views/canvas.js";

const MOST_WATCHED = 8;

class Bench {
  constructor() {
    this.link = new Link();
    this.parts = [];
    this.watched = [];
    this.chosen = null;
    this.latest = null;
    this.past = null;
    this.link.on("setup", (description) => this.setup(description));
    this.link.on("frame", (frame) => this.frame(frame));
    this.link.on("lost", (sentence) => this.lost(sentence));
    window.addEventListener("resize", () => this.redraw());
    window.addEventListener("pagehide", () => this.leave());
  }

  // The frame that views draw: an earlier one while somebody looks back.
  get shown() {
    return this.past ?? this.latest;
  }

  add(...parts) {
    this.parts.push(...parts);
  }

  each(what, ...given) {
    for (const part of this.parts) part[what]?.(...given);
  }

  setup(description) {
    this.description = description;
    document.getElementById("title").textContent = description.title;
    document.title = `${description.title} – analoghop bench`;
    const known = new Set([...description.signals, ...description.outputs]);
    const kept = this.watched.filter((name) => known.has(name));
    if (!kept.length) kept.push(...description.outputs.slice(0, 4));
    this.setWatched(kept);
    this.each("setup", description);
    document.body.dataset.setup = description.actions;
    document.body.dataset.title = description.title;
    this.redraw();
  }

  frame(frame) {
    frame.bytes = bytesOf(frame.v);
    this.latest = frame;
    this.each("frame", frame);
    this.publish(frame);
    this.redraw();
  }

  // The state in words and in data attributes: for screen readers, and for tests.
  publish(frame) {
    const { dataset } = document.body;
    Object.assign(dataset, { tick: frame.tick, t: frame.t, running: frame.running, digest: frame.digest, settled: frame.settled, v: frame.v, log: frame.log });
    dataset.frames = Number(dataset.frames ?? 0) + 1;
    const words = [`t = ${quantity(frame.t, "s", 4)}`];
    if (frame.running) words.push(`${Math.round(frame.pace)} ticks/s`);
    else if (frame.settled) words.push("settled");
    const { answer } = frame;
    if (answer) {
      words.push(answer.valid ? "valid" : "not valid");
      if (answer.cost !== null) words.push(`${answer.costName} ${Number(answer.cost.toPrecision(6))}`);
      if (answer.gap !== null) words.push(`gap ${answer.gap.toFixed(2)} %`);
    }
    const status = document.getElementById("status");
    const text = words.join(" · ");
    if (status.textContent !== text) status.textContent = text;
    if (frame.fault) this.say(frame.fault);
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.description) this.each("draw");
    });
  }

  say(sentence) {
    const notice = document.getElementById("notice");
    notice.textContent = sentence ?? "";
    notice.hidden = !sentence;
  }

  lost(sentence) {
    document.body.dataset.lost = sentence;
    this.say(`${sentence} Reload the page to begin again.`);
  }

  // What is asked of the server; a refusal is shown in its own words.
  async heard(promise) {
    try {
      const answer = await promise;
      this.say(null);
      return answer;
    } catch (error) {
      this.say(error.message);
      return null;
    }
  }

  act(...actions) {
    return this.heard(this.link.act(...actions));
  }

  turn(name, value) {
    this.heard(Promise.resolve(this.link.turn(name, value)));
  }

  control(value) {
    return this.heard(this.link.control(value));
  }

  ask(question) {
    return this.link.ask(question);
  }

  peek(past) {
    this.past = { ...this.latest, ...past, bytes: bytesOf(past.v), values: null };
    document.body.dataset.peek = past.tick;
    this.redraw();
  }

  unpeek() {
    this.past = null;
    delete document.body.dataset.peek;
    this.redraw();
  }

  watch(name) {
    const without = this.watched.filter((each) => each !== name);
    const names = without.length < this.watched.length ? without : [...without, name].slice(-MOST_WATCHED);
    this.setWatched(names);
  }

  setWatched(names) {
    this.watched = names;
    document.body.dataset.watched = names.join(" ");
    this.control({ watch: names });
    this.each("watching", names);
    this.redraw();
  }

  choose(k) {
    this.chosen = k;
    this.each("choosing", k);
  }

  leave() {
    if (this.link.session) fetch(`session/${this.link.session}/close`, { method: "POST", keepalive: true, body: "{}" }).catch(() => {});
  }
}

const bench = new Bench();
window.bench = bench;
const panels = tabs(document.getElementById("panel-tabs"), document.getElementById("panels"), "panel");
const views = tabs(document.getElementById("view-tabs"), document.getElementById("views"), "view");
const [knobs, heat] = [make("div"), make("div")];
panels.add("knobs", "Knobs", knobs);
views.add("heat", "Heat map", heat, () => bench.redraw());
bench.add(
  new Controls(bench, document.getElementById("controls"), document.getElementById("scrub")),
  new Knobs(bench, knobs),
  new Heat(bench, heat),
);
bench.heard(bench.link.open({}));
