// What can be taken away: the session as a deck, a script or a link, and pictures and samples.
import { make, button } from "../make.js";
import { drawnAsSvg } from "../views/svg.js";

export class Exports {
  constructor(bench, panel, views) {
    this.bench = bench;
    this.views = views;
    this.link = make("input", { type: "text", id: "permalink", readOnly: true });
    this.link.setAttribute("aria-label", "Link to this session");
    this.open = make("input", { type: "file", id: "replay-file", accept: ".json,.cir,.txt" });
    this.open.setAttribute("aria-label", "Repeat a session from a file");
    this.open.addEventListener("change", () => this.replay());
    panel.append(
      make("h2", {}, "The session"),
      make("p", { className: "faint" }, "All of them repeat it to the last bit, without the browser."),
      make("div", { className: "bar" },
        button("Deck with log", () => this.text("deck", "session.cir", "text/plain"), { id: "export-deck" }),
        button("Python script", () => this.text("script", "session.py", "text/x-python"), { id: "export-script" }),
        button("JSON", () => this.json(), { id: "export-json" })),
      make("div", { className: "bar" }, button("Link", () => this.permalink(), { id: "export-link", title: "A link whose fragment is the session" }), this.link),
      make("h2", {}, "Pictures and samples"),
      make("div", { className: "bar" },
        button("PNG", () => this.png(), { id: "export-png" }),
        button("SVG", () => this.svg(), { id: "export-svg" }),
        button("CSV", () => this.save("samples.csv", this.views.scope.csv(), "text/csv"), { id: "export-csv" })),
      make("p", { className: "faint" }, "PNG and SVG: the picture in the middle; CSV: the watched signals."),
      make("h2", {}, "Repeat a session"),
      make("div", { className: "bar" }, this.open),
    );
  }

  save(name, content, type) {
    const url = URL.createObjectURL(new Blob([content], { type }));
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  async text(question, name, type) {
    const answer = await this.bench.heard(this.bench.ask(question));
    if (answer) this.save(name, answer.text, type);
  }

  async json() {
    const record = await this.bench.heard(this.bench.ask("log"));
    if (record) this.save("session.json", JSON.stringify(record, null, 1), "application/json");
  }

  async permalink() {
    const record = await this.bench.heard(this.bench.ask("log"));
    if (!record) return;
    const packed = await packedText(JSON.stringify(record));
    history.replaceState(null, "", `#session=${packed}`);
    this.link.value = location.href;
    this.link.select();
  }

  shownView() {
    return this.views[this.bench.views.chosen] ?? this.views.heat;
  }

  png() {
    this.shownView().draw();
    this.shownView().picture.canvas.toBlob((blob) => this.save("picture.png", blob, "image/png"));
  }

  svg() {
    this.save("picture.svg", drawnAsSvg(this.shownView()), "image/svg+xml");
  }

  async replay() {
    const file = this.open.files[0];
    if (file) this.bench.openText(await file.text());
  }
}

async function through(stream, content) {
  const answer = new Response(new Blob([content]).stream().pipeThrough(stream));
  return new Uint8Array(await answer.arrayBuffer());
}

export async function packedText(text) {
  const bytes = await through(new CompressionStream("deflate-raw"), text);
  let signs = "";
  for (const byte of bytes) signs += String.fromCharCode(byte);
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function unpackedText(packed) {
  const signs = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = await through(new DecompressionStream("deflate-raw"), Uint8Array.from(signs, (sign) => sign.charCodeAt(0)));
  return new TextDecoder().decode(bytes);
}
