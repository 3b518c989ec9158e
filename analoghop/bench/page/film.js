// A recorded session in the place of a server: it plays, and it can be looked at at any tick.

const INTERVAL = 1000 / 30;

export class Film {
  constructor(film) {
    Object.assign(this, film);
    this.session = "film";
    this.listeners = { setup: [], settings: [], frame: [], lost: [] };
    this.at = 0;
    this.running = false;
  }

  on(kind, listener) {
    this.listeners[kind].push(listener);
  }

  tell(kind, value) {
    for (const listener of this.listeners[kind]) listener(value);
  }

  async open() {
    this.show(0, 0);
  }

  // Show a frame; what was changed up to it has happened.
  show(at, since) {
    for (const [before, kind, value] of this.events) if (before >= since && before <= at) this.tell(kind, value);
    const frame = this.frames[at];
    const traces = this.frames.slice(since, at + 1).flatMap((each) => each.traces);
    this.at = at;
    this.tell("frame", { ...frame, running: this.running, first: this.frames[0].tick, traces });
  }

  next() {
    if (this.at + 1 >= this.frames.length) this.stop();
    else this.show(this.at + 1, this.at + 1);
  }

  stop() {
    this.running = false;
    clearInterval(this.timer);
    this.show(this.at, this.at + 1);
  }

  async control({ run, step }) {
    if (run) {
      if (this.at + 1 >= this.frames.length) this.show(0, 0);
      this.running = true;
      clearInterval(this.timer);
      this.timer = setInterval(() => this.next(), INTERVAL);
    } else if (run === false && this.running) this.stop();
    for (let k = 0; k < (step ?? 0); k++) this.next();
  }

  // The only action that a recording knows is to go to one of its ticks, or to the start.
  async act(action) {
    const to = action.do === "reset" ? 0 : action.do === "rewind" ? this.nearest(action.to) : -1;
    if (to < 0) throw new Error("This is a recording: it can be watched, not changed. `analoghop bench --replay` goes on from its log.");
    this.show(to, 0);
  }

  async turn() {
    return this.act({});
  }

  nearest(tick) {
    let best = 0;
    this.frames.forEach((frame, k) => { if (Math.abs(frame.tick - tick) < Math.abs(this.frames[best].tick - tick)) best = k; });
    return best;
  }

  async ask(question) {
    if (question.startsWith("peek/")) return this.frames[this.nearest(Number(question.slice(5)))];
    if (!(question in this.answers)) throw new Error("This recording does not tell that.");
    return this.answers[question];
  }

  async get() {
    return [];
  }
}
