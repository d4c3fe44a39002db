// The filters of a page: a period, two days, and names to be ticked; the address says the same.
import { element } from "./dom.js";
import { describe, fragmentOf, isFiltered, periodOf, readFragment } from "./filters.js";
import { shorten } from "./format.js";
import { isDay } from "./periods.js";

/**
 * @typedef {import("./filters.js").Wanted} Wanted
 * @typedef {import("./filters.js").State} State
 * @typedef {import("./filters.js").Domains} Domains
 */

const CUSTOM = "dates";
const LABELS = {
  project: ["Project", "All projects"], branch: ["Branch", "All branches"], model: ["Model", "All models"],
  agent: ["Main or subagent", "All threads"], machine: ["Machine", "All machines"],
  product: ["Product", "All products"],
  provider: ["Provider", "All providers"], workspace: ["Workspace", "All workspaces"],
  pocketdev_agent: ["PocketDev agent", "All agents"], screen: ["Screen", "All screens"],
  working_directory: ["Working directory", "All directories"],
  conversation_status: ["Status", "Any status"], deleted: ["Deleted", "Deleted or not"],
};

const option = (value, text) => element("option", text, { value });
/** The label of a control, with the control. */
const labelled = (text, control) => element("label", [`${text} `, control]);

/** The names of a dimension to be ticked, in a box that opens below. */
function createPick(name, { text, key }) {
  // What has no key is not offered: on the activity page what has no model at all.
  const [label, all] = LABELS[name], codes = [...text.keys()].filter((code) => key[code] !== null);
  const lowered = new Map(codes.map((code) => [code, text[code].toLowerCase()]));
  codes.sort((a, b) => (lowered.get(a) < lowered.get(b) ? -1 : Number(lowered.get(a) > lowered.get(b))));
  const boxes = codes.map((code) => element("input", [], { type: "checkbox", name, value: String(code) }));
  const shown = element("span", all, { id: `shown-${name}` });
  const options = element("div", boxes.map((box, index) =>
    element("label", [box, element("bdi", shorten(text[codes[index]], 60))])), { class: "options" });
  const summary = element("summary", shown, { "aria-labelledby": `label-${name} shown-${name}` });
  const details = element("details", [summary, options]);
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    summary.focus();
  });
  details.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !details.contains(relatedTarget)) details.open = false;
  });
  document.addEventListener("click", ({ target }) => {
    if (!details.contains(target)) details.open = false;
  });
  return {
    node: element("div", [element("span", label, { id: `label-${name}` }), details], { class: "pick" }),
    chosen: () => boxes.filter((box) => box.checked).map((box) => Number(box.value)),
    show: (chosen = []) => {
      for (const box of boxes) box.checked = chosen.includes(Number(box.value));
      const [first] = chosen;
      shown.textContent = chosen.length < 2
        ? shorten(chosen.length ? text[first] : all, 40) : `${chosen.length} of ${codes.length}`;
    },
  };
}

/**
 * Show the controls.
 * @param {State} state @param {Domains} domains
 * @param {(wanted: Wanted) => void} onChange called whenever what is in view changes
 * @returns {{wanted: () => Wanted, ask: (wanted: Wanted) => void}}
 */
export function createControls(state, domains, onChange) {
  const box = document.getElementById("filters"), view = document.getElementById("view");
  const current = { wanted: readFragment(location.hash, state, domains) };
  const presets = state.periods.map(({ key, name }) => option(key, name));
  const choices = [option("", "All time"), ...presets, option(CUSTOM, "From … to …")];
  const period = element("select", choices, { name: "period" });
  const last = state.days[1] > state.today ? state.days[1] : state.today;
  const [from, to] = ["from", "to"].map((name) =>
    element("input", [], { type: "date", name, min: state.days[0], max: last }));
  const picks = Object.fromEntries(state.filters.map((name) => [name, createPick(name, domains[name])]));
  const reset = element("button", "Reset", { type: "button", class: "button reset", id: "reset" });

  function show() {
    const { wanted } = current, { days } = periodOf(wanted, state);
    const fragment = fragmentOf(wanted, state, domains);
    period.value = wanted.from || wanted.to ? CUSTOM : wanted.period ?? "";
    from.value = wanted.from ?? days?.[0] ?? "";
    to.value = wanted.to ?? days?.[1] ?? "";
    for (const [name, pick] of Object.entries(picks)) pick.show(wanted.names[name]);
    reset.hidden = view.hidden = !isFiltered(wanted);
    view.lastElementChild.textContent = describe(wanted, state, domains);
    for (const link of document.querySelectorAll("nav a:not([aria-current])"))
      link.href = link.getAttribute("href").replace(/#.*/, "") + (fragment ? `#${fragment}` : "");
  }
  /** Change what is in view; the browser's history remembers what was before. */
  function ask(wanted) {
    const fragment = fragmentOf(wanted, state, domains);
    if (fragment === fragmentOf(current.wanted, state, domains)) show();
    else location.hash = fragment;
  }
  function read(changed) {
    const names = Object.entries(picks).map(([name, pick]) => [name, pick.chosen()]);
    const wanted = { names: Object.fromEntries(names.filter(([, codes]) => codes.length)) };
    if (changed === from || changed === to || period.value === CUSTOM) {
      for (const end of [from, to]) if (isDay(end.value)) wanted[end.name] = end.value;
    } else if (period.value) wanted.period = period.value;
    return wanted;
  }
  box.append(labelled("Period", period), labelled("From", from), labelled("To", to),
    ...Object.values(picks).map((pick) => pick.node), reset);
  box.addEventListener("change", ({ target }) => {
    if (target === period && period.value === CUSTOM) from.focus(); else ask(read(target));
  });
  for (const button of document.querySelectorAll(".reset"))
    button.addEventListener("click", () => {
      ask({ names: {} });
      period.focus();
    });
  addEventListener("hashchange", () => {
    // An anchor, such as the skip link's, is not a filter: the address keeps its filters.
    if (/^#[^=]+$/.test(location.hash)) {
      history.replaceState(null, "", `#${fragmentOf(current.wanted, state, domains)}`);
      return;
    }
    current.wanted = readFragment(location.hash, state, domains);
    show();
    onChange(current.wanted);
  });
  show();
  box.hidden = false;
  return { wanted: () => current.wanted, ask };
}
