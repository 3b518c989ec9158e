// Kick and break: pulses, clamps, dead amplifiers, cut and changed resistors and couplings; all can be undone.
import { make, button, quantity } from "../make.js";

export class Faults {
  constructor(bench, panel) {
    this.bench = bench;
    this.state = this.choice("fault-state", "Input to kick or clamp");
    this.volts = this.number("fault-volts", "Volts", 0.5);
    this.amplifier = this.choice("fault-amplifier", "Amplifier");
    this.part = this.choice("fault-part", "Resistor or coupling");
    this.value = this.number("fault-value", "New value in ohms or siemens", 1);
    this.unit = make("span", { className: "faint" });
    this.list = make("ul", { className: "plain", id: "faults" });
    this.undo = button("Undo", () => bench.act({ do: "undo" }), { id: "undo", title: "Take back the last change (U)" });
    const act = (action) => () => bench.act(action());
    this.machine = make("p", { className: "faint" }, "This circuit is a machine: it advances by a rule of its own, and has no resistors and no amplifiers as parts. So its inputs can be kicked, but nothing can be clamped, killed, cut or changed. A deck, or a formulation with an energy (gain, hopfield-tank, subspace), has parts.");
    this.breaks = make("div", {},
      make("h2", {}, "Amplifiers"),
      make("div", { className: "bar" }, this.amplifier, button("Kill", act(() => ({ do: "break", kind: "kill", part: this.amplifier.value })), { id: "kill" })),
      this.resistors = make("div", {},
        make("h2", {}, "Resistors and couplings"),
        make("div", { className: "bar" }, this.part, button("Cut", act(() => ({ do: "break", kind: "cut", part: this.part.value })), { id: "cut" })),
        make("div", { className: "bar" }, this.value, this.unit, button("Change", act(() => ({ do: "break", kind: "change", part: this.part.value, value: Number(this.value.value) })), { id: "change" })),
      ),
    );
    panel.append(
      make("h2", {}, "Inputs"),
      make("div", { className: "bar" }, this.state),
      make("div", { className: "bar" }, this.volts, "V",
        button("Kick", act(() => ({ do: "kick", part: this.state.value, volts: Number(this.volts.value) })), { id: "kick", title: "Add these volts at once (K)" }),
        this.clamp = button("Clamp", act(() => ({ do: "break", kind: "clamp", part: this.state.value, value: Number(this.volts.value) })), { id: "clamp", title: "Hold at these volts" })),
      this.breaks, this.machine,
      make("div", { className: "bar" }, make("h2", {}, "Broken and held"), this.undo), this.list,
    );
    this.part.addEventListener("change", () => this.showValue());
  }

  choice(id, label) {
    const found = make("select", { id });
    found.setAttribute("aria-label", label);
    return found;
  }

  number(id, label, value) {
    const found = make("input", { type: "number", id, value, step: "any" });
    found.setAttribute("aria-label", label);
    return found;
  }

  fill(select, names) {
    const before = select.value;
    if (select.options.length === names.length && names.every((name, k) => select.options[k].value === name)) return;
    select.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
    if (names.includes(before)) select.value = before;
  }

  settings(description) {
    this.setup(description);
  }

  setup(description) {
    this.fill(this.state, description.states.filter((name) => !name.startsWith("lag:")).slice(0, 4000));
    this.fill(this.amplifier, description.outputs.slice(0, 4000));
    this.parts = new Map(description.resistors.length
      ? description.resistors
      : description.edges.map(([into, out, siemens]) => [`${description.states[into]}<${description.outputs[out]}`, siemens]));
    this.unit.textContent = description.resistors.length ? "Ω" : "S";
    this.fill(this.part, [...this.parts.keys()]);
    this.breaks.hidden = !description.breakable || !description.clampable;
    this.machine.hidden = !this.breaks.hidden;
    this.clamp.disabled = !description.clampable;
    this.resistors.hidden = !this.parts.size;
    this.undo.disabled = !description.canUndo;
    this.showValue();
    this.list.replaceChildren(...description.faults.map((fault) => {
      const value = fault.kind === "clamp" ? ` at ${quantity(fault.value, "V")}` : fault.kind === "change" ? `: ${quantity(fault.value, this.unit.textContent)}` : "";
      return make("li", {}, `${fault.kind} ${fault.part}${value}`, button("Repair", () => this.bench.act({ do: "repair", part: fault.part }), { "aria-label": `Repair ${fault.part}` }));
    }), ...(description.faults.length ? [] : [make("li", { className: "faint" }, "nothing")]));
  }

  showValue() {
    const value = this.parts?.get(this.part.value);
    if (value !== undefined && document.activeElement !== this.value) this.value.value = Number(value.toPrecision(5));
  }

  // An amplifier that is chosen in a picture is chosen here, with the input of the same place.
  choosing(k) {
    const { outputs, states } = this.bench.description;
    this.amplifier.value = outputs[k] ?? this.amplifier.value;
    if (states.length >= outputs.length && k < states.length) this.state.value = states[k];
  }

  choosingPart(name) {
    if (!this.parts.has(name)) return;
    this.part.value = name;
    this.showValue();
  }
}
