// Fit a figure to its width: space for names, ticks and the text next to bars.
import { escape } from "./format.js";

/** Pixels: below, a chart is drawn for a phone. */
const NARROW = 520;
const LINE = 18, FEW_TICKS = 5, GAP = 10, TICK_SIZE = 12, WORD_SIZE = 13, FULL = 0.85;
const FONT = getComputedStyle(document.body).fontFamily;
const pen = document.createElement("canvas").getContext("2d");

/** @param {string} label as Plotly reads it @returns {string} its lines as text */
export const plainText = (label) => new DOMParser()
  .parseFromString(String(label).replace(/<br>/g, "\n"), "text/html").body.textContent;
/** @param {string} label @param {number} size @returns {number} pixels */
function widthOf(label, size) {
  pen.font = `${size}px ${FONT}`;
  return Math.max(...plainText(label).split("\n").map((line) => pen.measureText(line).width));
}
/** @param {string} words */
const cut = (words) => (words.length > LINE ? `${words.slice(0, LINE - 1).trimEnd()}…` : words);
/** A long name in two lines, broken where one of its parts ends. @param {string} label */
function wrapped(label) {
  const words = plainText(label), ends = [" ", "-", "/", "_"];
  const end = Math.max(...ends.map((sign) => words.lastIndexOf(sign, LINE - 1))) + 1;
  if (words.length <= LINE || end < 2) return escape(cut(words));
  return `${escape(words.slice(0, end).trimEnd())}<br>${escape(cut(words.slice(end)))}`;
}
/** @param {object} layout @param {"x"|"y"} letter @returns {object[]} */
const axesOf = (layout, letter) =>
  Object.keys(layout).filter((name) => name.startsWith(`${letter}axis`)).map((name) => layout[name]);
/** The names at the left of a chart. @param {object[]} traces @param {object} layout */
function rowNames(traces, { yaxis }) {
  if (yaxis?.ticktext || yaxis?.tickvals) return yaxis.ticktext ?? [];
  const bars = traces.filter((trace) => trace.orientation === "h");
  return [...new Set(bars.flatMap((trace) => trace.y ?? []))].filter((name) => typeof name === "string");
}
/** How many pixels long an axis is drawn. */
function roomOf(axis, layout, width, names) {
  const { margin } = layout, [from, to] = axis.domain ?? [0, 1];
  const size = layout.yaxis?.tickfont?.size ?? TICK_SIZE;
  const longest = Math.max(0, ...names.map((name) => widthOf(name, size)));
  return (width - margin.l - margin.r - longest - GAP) * (to - from);
}
/** Of labels that would overlap every second, every third; the last one stays. */
function thinTicks(axis, room) {
  const labels = axis.ticktext ?? axis.tickvals;
  const widest = Math.max(0, ...labels.map((label) => widthOf(label, TICK_SIZE))) + GAP;
  const step = Math.ceil((labels.length * widest) / (FULL * room)) || 1;
  const isKept = (_, index) => (labels.length - 1 - index) % step === 0;
  if (step > 1)
    for (const name of ["tickvals", "ticktext"]) axis[name] = axis[name]?.filter(isKept);
}
/** A title that is longer than its axis stands in several lines. */
function wrapTitle({ title }, room) {
  if (title?.text && widthOf(title.text, TICK_SIZE) > room) title.text = title.text.replaceAll(" ", "<br>");
}
const isBeside = (trace) => trace.orientation === "h" && trace.textposition === "outside";
/** Words right of a mark that stands in their place, not through it. */
function moveWords(traces) {
  const marks = traces.filter((trace) => trace.mode === "markers" && trace.x && trace.y);
  for (const bars of traces.filter(isBeside)) {
    const ends = (bars.x ?? []).map((length, row) => Math.max(length ?? 0, ...marks.flatMap((mark) =>
      mark.x.filter((_, point) => mark.y[point] === bars.y[row]))));
    if (ends.every((end, row) => end <= (bars.x[row] ?? 0))) continue;
    traces.push({
      x: ends, y: bars.y, text: bars.text.map((each) => `\u2002${each}`), type: "scatter", mode: "text",
      textposition: "middle right", cliponaxis: false, textfont: { size: WORD_SIZE },
      hoverinfo: "skip", showlegend: false,
    });
    bars.text = null;
  }
}
/** Extend an axis so that the text next to each bar fits into the chart. */
function makeRoom(traces, layout, width, names) {
  const axis = layout.xaxis;
  if (!axis?.range || (axis.type ?? "linear") !== "linear") return;
  const room = roomOf(axis, layout, width, names);
  const ends = traces.filter((trace) => isBeside(trace) || trace.mode === "text").flatMap((trace) =>
    Array.from(trace.x ?? [], (length, row) => {
      const words = widthOf([trace.text].flat()[row] ?? "", WORD_SIZE) + GAP;
      return (length * room) / Math.max(room - words, room / 4);
    }));
  if (!ends.length) return;
  const needed = Math.max(...ends) || 1;
  axis.range = [0, width < NARROW ? needed : Math.max(axis.range[1], needed)];
}
/** Names of two lines, level labels, few ticks; no colour scale next to the squares. */
function narrow(layout, names) {
  if (layout.coloraxis) layout.coloraxis.showscale = false;
  for (const axis of axesOf(layout, "x")) {
    axis.tickangle = 0;
    if (!axis.tickvals) axis.nticks = FEW_TICKS;
  }
  if (!names.length) return;
  layout.yaxis.tickvals ??= names;
  layout.yaxis.ticktext = names.map(wrapped);
  layout.yaxis.tickfont = { ...layout.yaxis.tickfont, size: 11 };
}

/**
 * Fit a figure that is drawn next; it is changed.
 * @param {{data: object[], layout: object}} figure @param {number} width pixels
 */
export function fit({ data, layout }, width) {
  moveWords(data);
  if (width < NARROW) narrow(layout, rowNames(data, layout));
  const names = rowNames(data, layout);
  for (const axis of axesOf(layout, "x")) {
    const room = roomOf(axis, layout, width, names);
    if (axis.tickvals && axis.type !== "log") thinTicks(axis, room);
    wrapTitle(axis, room);
  }
  makeRoom(data, layout, width, names);
}
