// The connection to the server: one session, its events, and what is asked of it.

const PATIENCE = 1500;

export class Link {
  constructor() {
    this.session = null;
    this.listeners = { setup: [], settings: [], frame: [], lost: [] };
    this.pending = new Map();
    this.sending = false;
  }

  on(kind, listener) {
    this.listeners[kind].push(listener);
  }

  tell(kind, value) {
    for (const listener of this.listeners[kind]) listener(value);
  }

  async post(path, value) {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(value),
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.error), answer, { status: response.status });
    return answer;
  }

  async get(path) {
    const response = await fetch(path);
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.error), answer, { status: response.status });
    return answer;
  }

  ask(question) {
    return this.get(`session/${this.session}/${question}`);
  }

  async open(value) {
    const before = this.session;
    const answer = await this.post("session", value);
    this.close();
    this.session = answer.session;
    if (before) this.post(`session/${before}/close`, {}).catch(() => {});
    this.listen();
  }

  listen() {
    this.events = new EventSource(`session/${this.session}/events`);
    for (const kind of ["setup", "settings", "frame"]) {
      this.events.addEventListener(kind, (event) => {
        clearTimeout(this.doubt);
        this.doubt = undefined;
        this.tell(kind, JSON.parse(event.data));
      });
    }
    this.events.onerror = () => { this.doubt ??= setTimeout(() => { this.doubt = undefined; this.check(); }, PATIENCE); };
  }

  // A stream that ends is opened again by the browser; if it stays away, the session or the server is gone.
  async check() {
    const session = this.session;
    try {
      await this.ask("alive");
    } catch (error) {
      if (session !== this.session) return;
      const ended = error.status === 410;
      this.tell("lost", ended ? "This session has ended." : "The server cannot be reached.");
      if (ended) this.close();
      else if (this.events?.readyState === EventSource.CLOSED) setTimeout(() => this.listen(), PATIENCE);
    }
  }

  close() {
    if (this.events) this.events.close();
    this.events = null;
  }

  // Turning a knob makes more requests than the network carries: of each name only the last is sent.
  turn(name, value) {
    this.pending.set(name, value);
    if (!this.sending) this.flush();
  }

  async flush() {
    this.sending = true;
    try {
      while (this.pending.size) {
        const actions = [...this.pending].map(([name, value]) => ({ do: "knob", name, value }));
        this.pending.clear();
        await this.act(...actions);
      }
    } finally {
      this.sending = false;
    }
  }

  act(...actions) {
    return this.post(`session/${this.session}/act`, { actions });
  }

  control(value) {
    return this.post(`session/${this.session}/control`, value);
  }
}
