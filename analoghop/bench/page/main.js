// The bench: it holds what the server sent last, and gives it to panels and views.
import { Link } from "./link.js";
import { make, tabs, quantity } from "./make.js";
import { Film } from "./film.js";
import { Controls } from "./controls.js";
import { Keys } from "./keys.js";
import { Knobs } from "./knobs.js";
import { Anneal } from "./panels/anneal.js";
import { Cue } from "./panels/cue.js";
import { Deck } from "./panels/deck.js";
import { Exports, unpackedText } from "./panels/exports.js";
import { Faults } from "./panels/faults.js";
import { Answer } from "./views/answer.js";
import { bytesOf, forgetColours } from "./views/canvas.js";
import { Energy } from "./views/energy.js";
import { Graph } from "./views/graph.js";
import { Heat } from "./views/heat.js";
import { Plane } from "./views/plane.js";
import { Schematic } from "./views/schematic.js";
import { Scope } from "./views/scope.js";

const MOST_WATCHED = 8;

class Bench {
  constructor() {
    const film = document.getElementById("film");
    this.link = film ? new Film(JSON.parse(film.textContent)) : new Link();
    document.body.dataset.film = Boolean(film);
    this.parts = [];
    this.watched = [];
    this.chosen = null;
    this.latest = null;
    this.past = null;
    this.said = 0; // the number of notices so far
    this.link.on("setup", (description) => this.setup(description));
    this.link.on("settings", (settings) => this.settings(settings));
    this.link.on("frame", (frame) => this.frame(frame));
    this.link.on("lost", (sentence) => this.lost(sentence));
    window.addEventListener("resize", () => this.redraw());
    window.addEventListener("pagehide", () => this.leave());
    // A page that the browser has kept comes back without its session.
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
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

  // What a knob can change; the circuit has the parts that it had.
  settings(settings) {
    Object.assign(this.description, settings);
    this.each("settings", this.description);
    document.body.dataset.setup = settings.actions;
  }

  frame(frame) {
    frame.bytes = bytesOf(frame.v);
    if (document.body.dataset.lost) {
      delete document.body.dataset.lost;
      this.say(null);
    }
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
    const { answer } = frame;
    const words = [];
    if (answer) {
      words.push(answer.valid ? "valid" : "not valid");
      if (answer.cost !== null) words.push(`${answer.costName} ${Number(answer.cost.toPrecision(6))}`);
      if (answer.gap !== null) words.push(`gap ${answer.gap.toFixed(2)} %`);
    }
    words.push(`t = ${quantity(frame.t, "s", 4)}`);
    if (frame.running && frame.pace) words.push(`${Math.round(frame.pace)} ticks/s`);
    else if (frame.settled) words.push("settled");
    const status = document.getElementById("status");
    const text = words.join(" · ");
    if (status.textContent !== text) status.textContent = status.title = text;
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
    if (document.body.dataset.lost) return;
    const notice = document.getElementById("notice");
    this.said += 1;
    notice.textContent = sentence ?? "";
    notice.hidden = !sentence;
  }

  lost(sentence) {
    this.say(`${sentence} Reload the page to begin again.`);
    document.body.dataset.lost = sentence;
  }

  // Wait for an answer of the server; a refusal is shown in its own words. Success takes away a notice that
  // stood when the question was asked, never one that came after it.
  async heard(promise) {
    const { said } = this;
    try {
      const answer = await promise;
      if (this.said === said) this.say(null);
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

  choosePart(name) {
    this.each("choosingPart", name);
  }

  // Repeat the session in a text: JSON, or a deck with the lines of a log.
  async openText(text) {
    const lines = text.split("\n").filter((line) => line.startsWith("*bench "));
    let record = null;
    try {
      record = JSON.parse(lines.length ? lines.map((line) => line.slice(7)).join("") : text);
    } catch {
      this.say("This is no session of the bench: JSON is expected, or a deck with its log.");
      return false;
    }
    return (await this.heard(this.link.open({ record }).then(() => true))) ?? false;
  }

  leave() {
    if (this.link instanceof Link && this.link.session) fetch(`session/${this.link.session}/close`, { method: "POST", keepalive: true, body: "{}" }).catch(() => {});
  }
}

const bench = new Bench();
window.bench = bench; // for the console
const place = (id) => document.getElementById(id);
const panels = tabs(place("panel-tabs"), place("panels"), "panel");
const views = (bench.views = tabs(place("view-tabs"), place("views"), "view"));
const panel = (key, text) => {
  const element = make("div");
  panels.add(key, text, element, () => bench.redraw());
  return element;
};
const view = (key, text) => {
  const element = make("div");
  views.add(key, text, element, () => bench.redraw());
  return element;
};
const record = () => {
  const element = make("div", { className: "record" });
  place("records").append(element);
  return element;
};

const drawn = {
  heat: new Heat(bench, view("heat", "Heat map")),
  answer: new Answer(bench, view("answer", "Answer")),
  graph: new Graph(bench, view("graph", "Graph")),
  schematic: new Schematic(bench, view("schematic", "Schematic")),
  plane: new Plane(bench, view("plane", "Plane")),
  scope: new Scope(bench, record()),
  energy: new Energy(bench, record()),
};
bench.add(
  { setup: (description) => {
    views.show("answer", description.instance !== null);
    views.show("schematic", description.drawn);
    views.show("graph", description.edges.length > 0);
  } },
  new Controls(bench, place("controls"), place("scrub")),
  new Knobs(bench, panel("knobs", "Knobs")),
  new Deck(bench, panel("deck", "Deck")),
  new Anneal(bench, panel("anneal", "Anneal")),
  new Faults(bench, panel("faults", "Break")),
  new Cue(bench, panel("cue", "Cue"), panels),
  new Exports(bench, panel("export", "Export"), drawn),
  ...Object.values(drawn),
);
new Keys(bench, panel("help", "?"), views, panels);

const dark = matchMedia("(prefers-color-scheme: dark)");
function theme(name) {
  document.documentElement.dataset.theme = name;
  forgetColours();
  bench.redraw();
}
dark.addEventListener("change", () => theme(dark.matches ? "dark" : "light"));
place("controls").append(
  make("button", { type: "button", id: "theme", title: "Light or dark (T)", ariaLabel: "Light or dark", onclick: () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark") }, "◐"),
);
theme(dark.matches ? "dark" : "light");

async function begin() {
  const packed = new URLSearchParams(location.hash.slice(1)).get("session");
  if (packed && (await bench.openText(await unpackedText(packed).catch(() => "")))) return;
  await bench.heard(bench.link.open({}));
}
window.addEventListener("hashchange", begin);
begin();
