// Elements of the page, made in one line.

export function make(kind, properties = {}, ...children) {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function button(text, act, properties = {}) {
  return make("button", { type: "button", onclick: act, ...properties }, text);
}

const PREFIXES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"], [1e-15, "f"]];

// A number with three digits and a prefix of the unit.
export function quantity(value, unit = "", digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Math.abs(value) < 1e-18) return `0 ${unit}`.trim();
  if (!unit && Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4) return String(Number(value.toPrecision(digits)));
  const [factor, prefix] = PREFIXES.find(([f]) => Math.abs(value) >= f * 0.9995) ?? PREFIXES.at(-1);
  return `${Number((value / factor).toPrecision(digits))} ${prefix}${unit}`.trim();
}

// Tabs with the keys of the ARIA pattern: arrows move, Home and End go to the ends.
export function tabs(list, container, name) {
  const entries = new Map();
  let chosen = null;
  const select = (key, focus = false) => {
    if (!entries.has(key)) return;
    chosen = key;
    for (const [each, { tab, panel }] of entries) {
      tab.setAttribute("aria-selected", String(each === key));
      tab.tabIndex = each === key ? 0 : -1;
      panel.hidden = each !== key;
    }
    if (focus) entries.get(key).tab.focus();
    entries.get(key).shown?.();
  };
  list.addEventListener("keydown", (event) => {
    const keys = [...entries.keys()].filter((key) => !entries.get(key).tab.hidden);
    const at = keys.indexOf(chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: keys.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(keys[(to + keys.length) % keys.length], true);
  });
  return {
    add(key, text, panel, shown) {
      const tab = make("button", { type: "button", role: "tab", id: `${name}-${key}`, onclick: () => select(key) }, text);
      tab.setAttribute("aria-controls", `${name}-panel-${key}`);
      panel.id = `${name}-panel-${key}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      list.append(tab);
      container.append(panel);
      entries.set(key, { tab, panel, shown });
      if (chosen === null) select(key);
      else panel.hidden = true;
    },
    select,
    get chosen() { return chosen; },
    show(key, visible) {
      const entry = entries.get(key);
      entry.tab.hidden = !visible;
      if (!visible && chosen === key) select([...entries].find(([, { tab }]) => !tab.hidden)[0]);
    },
  };
}
