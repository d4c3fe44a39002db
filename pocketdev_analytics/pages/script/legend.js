// A legend of buttons: it wraps on a phone, and a keyboard reaches it.
import { plainText } from "./fit.js";

/** @param {object} trace @returns {?string} */
const colourOf = (trace) => [trace.marker?.color, trace.line?.color, trace.marker?.line?.color]
  .find((each) => typeof each === "string");

/** @param {HTMLElement} box @param {(key: string) => void} onPress */
function addButton(box, onPress) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(document.createElement("i"), document.createElement("span"));
  button.addEventListener("click", () => onPress(button.dataset.trace));
  box.append(button);
}
/** @param {HTMLElement} plot @returns {HTMLElement} */
function boxOf(plot) {
  const chart = plot.closest(".chart"), before = chart.previousElementSibling;
  if (before?.className === "legend") return before;
  const box = document.createElement("div");
  box.className = "legend";
  chart.before(box);
  return box;
}

/**
 * Show which colour is what, above a chart of several traces.
 * @param {HTMLElement} plot
 * @param {object[]} traces
 * @param {{isWanted: boolean, isHidden: (name: string) => boolean, onPress: (name: string) => void}} how
 * @returns {boolean} whether Plotly has to draw one: a trace has no single colour
 */
export function showLegend(plot, traces, { isWanted, isHidden, onPress }) {
  const named = traces.filter((trace) => trace.showlegend !== false && trace.name);
  const box = boxOf(plot), isNeeded = isWanted && named.length > 1;
  box.hidden = !isNeeded || !named.every(colourOf);
  if (box.hidden) return isNeeded;
  while (box.children.length > named.length) box.lastChild.remove();
  while (box.children.length < named.length) addButton(box, onPress);
  named.forEach((trace, index) => {
    const button = box.children[index];
    button.dataset.trace = trace.name;
    button.firstChild.style.background = colourOf(trace);
    button.firstChild.dataset.pattern = trace.marker?.pattern?.shape ?? "";
    button.lastChild.textContent = plainText(trace.name);
    button.setAttribute("aria-pressed", String(!isHidden(trace.name)));
  });
  return false;
}
