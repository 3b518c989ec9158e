// The keyboard: every key with its action, and a table of them.
import { make } from "./make.js";

export class Keys {
  constructor(bench, panel, views, panels) {
    const press = (id) => () => document.getElementById(id)?.click();
    const show = (list, key) => () => list.select(key, true);
    this.keys = [
      [" ", "Space", "run or pause", press("run")],
      [".", ".", "one tick", press("step")],
      ["r", "R", "back to the start", press("reset")],
      ["n", "N", "a random start", press("start")],
      ["u", "U", "take back the last change", press("undo")],
      ["k", "K", "kick the chosen input", press("kick")],
      ["[", "[", "half the speed", press("slower")],
      ["]", "]", "double the speed", press("faster")],
      ["t", "T", "light or dark", press("theme")],
      ["p", "P", "the past: arrows go back", () => document.getElementById("rewind").focus()],
      ["e", "E", "edit the deck", () => { panels.select("deck"); document.getElementById("deck").focus(); }],
      ["1", "1", "heat map", show(views, "heat")],
      ["2", "2", "answer", show(views, "answer")],
      ["3", "3", "graph", show(views, "graph")],
      ["4", "4", "schematic", show(views, "schematic")],
      ["5", "5", "plane of two signals", show(views, "plane")],
      ["?", "?", "these keys", show(panels, "help")],
    ];
    panel.append(
      make("h2", {}, "Keys"),
      make("table", {}, ...this.keys.map(([, name, about]) => make("tr", {}, make("td", {}, make("kbd", {}, name)), make("td", {}, about)))),
      make("p", {}, "Tab moves between all parts; arrows move between tabs, over the cells of the heat map (Enter watches one), over the parts of the schematic, and the cursors of the oscilloscope (A and B choose one)."),
    );
    document.addEventListener("keydown", (event) => this.down(event));
  }

  down(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { target } = event;
    if (target.matches("input:not([type=range]):not([type=checkbox]), textarea, select")) return;
    if (event.key === " " && target.matches("button, input[type=checkbox]")) return;
    const found = this.keys.find(([key]) => key === event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    found[3]();
  }
}
