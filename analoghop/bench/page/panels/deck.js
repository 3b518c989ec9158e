// The editor of the deck: line numbers, errors at their line in the parser's own words, examples.
import { make, button } from "../make.js";

export class Deck {
  constructor(bench, panel) {
    this.bench = bench;
    this.numbers = make("pre", { ariaHidden: "true" });
    this.area = make("textarea", { id: "deck", spellcheck: false, wrap: "off" });
    this.area.setAttribute("aria-label", "Deck; Ctrl+Enter applies it");
    this.error = make("p", { className: "error", id: "deck-error", hidden: true });
    this.error.setAttribute("role", "alert");
    this.examples = make("select", { id: "examples" });
    this.examples.setAttribute("aria-label", "Examples");
    this.examples.addEventListener("change", () => this.pick());
    this.undo = button("Undo", () => bench.act({ do: "undo" }), { id: "undo-deck", title: "Take back the last change of the circuit (U)" });
    panel.append(
      make("div", { className: "bar" }, this.examples, button("Apply", () => this.apply(), { className: "main", id: "apply", title: "Apply (Ctrl+Enter)" }), this.undo),
      make("div", { className: "editor" }, this.numbers, this.area), this.error,
      make("p", { className: "faint" }, "Applying keeps the voltages of all nodes whose names survive; undo keeps time and knobs."),
    );
    this.area.addEventListener("input", () => { this.edited = true; this.count(); });
    this.area.addEventListener("scroll", () => { this.numbers.scrollTop = this.area.scrollTop; });
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.apply(); }
    });
    this.load();
  }

  async load() {
    const found = await this.bench.link.get("examples").catch(() => []);
    this.sources = new Map(found.map(([name, , source]) => [name, source]));
    this.examples.replaceChildren(make("option", { value: "" }, "examples …"), ...found.map(([name, about]) => make("option", { value: name, title: about }, name)));
  }

  pick() {
    const name = this.examples.value;
    this.examples.value = "";
    if (!this.sources.has(name)) return;
    this.source = this.sources.get(name);
    this.put(this.source.text);
    this.apply();
  }

  put(text) {
    this.area.value = text;
    this.count();
  }

  count(wrong = 0) {
    const lines = this.area.value.split("\n").length;
    this.numbers.replaceChildren();
    for (let k = 1; k <= lines; k++) this.numbers.append(make("span", { className: k === wrong ? "wrong" : "" }, `${k}\n`));
    this.numbers.scrollTop = this.area.scrollTop;
  }

  settings(description) {
    this.setup(description);
  }

  setup(description) {
    this.undo.disabled = !description.canUndo;
    const text = description.source.text;
    if (text !== this.applied) {
      this.applied = text;
      this.source = { ...description.source };
      if (this.area.value !== text) this.put(text);
      this.edited = false;
      this.tell(null);
    }
  }

  async apply() {
    const text = this.area.value;
    try {
      await this.bench.link.act({ do: "source", source: { ...this.source, text } });
      this.tell(null);
      this.bench.say(null);
    } catch (error) {
      this.tell(error);
    }
  }

  tell(error) {
    this.error.hidden = !error;
    this.error.textContent = error?.message ?? "";
    delete this.error.dataset.line;
    if (!error?.line) { this.count(); return; }
    Object.assign(this.error.dataset, { line: error.line, column: error.column });
    this.count(error.line);
    const lines = this.area.value.split("\n");
    const begin = lines.slice(0, error.line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    this.area.focus();
    this.area.setSelectionRange(begin + Math.max(0, error.column - 1), begin + (lines[error.line - 1]?.length ?? 0));
  }
}
