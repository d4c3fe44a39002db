// The shapes of charts over time: stacks, columns, running sums. Style is in the declaration; a
// shape fills in data, ranges and ticks.
import { barEnds, barWidth, countRange, countTicks, dateRange, monthAxis, windowAxis } from "./axes.js";
import { fixed } from "./decimals.js";
import { exactUsd, figureLabel } from "./format.js";
import { daysOf, weekOf } from "./periods.js";
import { ordered, regroup, totalOf } from "./rows.js";
import { holds, isBounded, say } from "./scope.js";

/**
 * @typedef {import("./rows.js").Row} Row
 * @typedef {{sets: (name: string) => Row[], scope: import("./scope.js").Scope, grain: "day"|"week",
 *   today: string, weekStart: number, palette: {series: string[], rest: string},
 *   dollars: (units: ?bigint) => ?number}} Drawing
 * @typedef {{data: object[], layout: object, filters?: (?object)[][]}} Figure `filters`: what a
 *   click on each point of each trace filters by
 */

const grainOf = (x, drawing) => (x === "period" ? drawing.grain : x);
const labelOf = (x, row) => String(x === "window" ? row.begins : row[x]);
/** @param {Row} row @param {string} column @param {Drawing} drawing @returns {string} */
function exactCost(row, column, { scope: { money } }) {
  if (row[column] === null) return exactUsd(null);
  return `${isBounded(row, money.bounds) ? "at least " : ""}${exactUsd([row[column], money.scale])}`;
}
const PATTERNS = ["", "/", ".", "x"];
/**
 * The colour and pattern of a rank: the same in every chart.
 * @param {?number} rank @param {{series: string[]}} palette
 * @returns {{color: string, pattern: {shape: string}}}
 */
export const lookOf = (rank, { series }) => ({
  color: series[(rank || 0) % series.length],
  pattern: { shape: PATTERNS[Math.floor((rank || 0) / series.length) % PATTERNS.length] },
});
/**
 * The largest series, each with its label, colour and rows, and the others as one.
 * @param {Row[]} rows @param {{series: string, value: string, limit: number, rest: string}} how
 * @param {{series: string[], rest: string}} palette
 * @returns {{label: string, text: string, look: object, rows: Row[], entry: ?object}[]}
 */
export function collapse(rows, { series, value, limit, rest }, palette) {
  const sums = ordered(regroup(rows, [series]), [[value, "desc"], [series, "asc"]]);
  const order = sums.map((row) => row[series]);
  const keep = order.length <= limit ? order : order.slice(0, limit - 1);
  const groups = keep.map((entry) => ({
    label: figureLabel(String(entry)), text: String(entry), look: lookOf(entry.get("rank"), palette), entry,
    rows: rows.filter((row) => row[series] === entry),
  }));
  const others = rows.filter((row) => !keep.includes(row[series]));
  if (others.length)
    groups.push({ label: rest, text: rest, look: { color: palette.rest }, entry: null, rows: others });
  return groups;
}
function timeAxis({ x, layout: { xaxis } }, labels, drawing) {
  if (x === "window") return { ...xaxis, ...windowAxis(labels) };
  return { ...xaxis, ...(x === "month" ? monthAxis(labels) : dateRange(labels, grainOf(x, drawing))) };
}
/** The mark on the bar of the current day or week, where that is shown. */
function marks({ mark_today: style }, labels, { today, grain, weekStart }) {
  const current = grain === "week" ? weekOf(today, weekStart) : today;
  if (!style || !labels.includes(current)) return {};
  const [x0, x1] = barEnds(current, grain), text = grain === "day" ? "today, so far" : "this week, so far";
  return {
    shapes: [{ ...style.shape, x0, x1 }], annotations: [{ ...style.annotation, x: current, text }],
  };
}
/** What a click on a bar of time filters by. */
const dayFilter = (x, label, drawing) =>
  (x === "window" ? null : { days: daysOf(grainOf(x, drawing), label) });

/**
 * Bars over time, one trace for each of the largest series, and one for the sum on hover.
 * @param {object} chart @param {Drawing} drawing @returns {Figure}
 */
export function stack(chart, drawing) {
  const { x, value } = chart, rows = drawing.sets(chart.set), periods = regroup(rows, [x]);
  const labels = periods.map((row) => labelOf(x, row)), width = barWidth(grainOf(x, drawing), labels);
  const points = (of) => ({
    x: of.map((row) => labelOf(x, row)),
    y: of.map((row) => drawing.dollars(row[value])),
    customdata: of.map((row) => exactCost(row, value, drawing)),
  });
  const groups = collapse(rows, chart, drawing.palette);
  const data = groups.map(({ label, look, rows: of }) => ({
    ...chart.trace, ...points(regroup(of, [x])),
    name: totalOf(of, value) === null ? `${label} (no price)` : label,
    marker: { ...chart.trace.marker, ...look },
    width,
  }));
  if (data.length > 1) data.push({ ...chart.sum, ...points(periods) });
  const filters = data.map((trace, index) => trace.x.map((label) => (groups[index]?.entry
    ? { entry: groups[index].entry, name: chart.series } : dayFilter(x, label, drawing))));
  const xaxis = timeAxis(chart, labels, drawing);
  return { data, layout: { ...chart.layout, xaxis, ...marks(chart, labels, drawing) }, filters };
}

/** How minutes are drawn: in hours where there is one. */
function minutesUnit(chart, rows) {
  if (!chart.minutes) return { divisor: 0, axis: {} };
  const most = Math.max(0, ...rows.map((row) => row[chart.traces[0].value] ?? 0));
  const divisor = most >= 60 ? 60 : 1;
  const range = most < 1 ? { range: [0, 1.05] } : {};
  const ticksuffix = divisor > 1 ? " h" : " min";
  return { divisor, axis: { ticksuffix, ...countTicks(most / divisor), ...range } };
}
function columnTrace(declared, rows, { x, width, divisor }, drawing) {
  const {
    value, sign = 1, hover, where = [], floor, is_optional: isOptional, colour_if: colourIf, ...style
  } = declared;
  const kept = rows.filter((row) => holds(where, drawing.scope.row(row)));
  if (!kept.length && isOptional) return [];
  const height = (found) => {
    if (found === null) return null;
    const number = typeof found === "bigint" ? drawing.dollars(found) : found;
    const above = floor === undefined ? number : Math.max(number, floor);
    return sign * (divisor ? Number(fixed(above / divisor, 3)) : above);
  };
  const trace = { ...style, x: kept.map((row) => labelOf(x, row)), y: kept.map((row) => height(row[value])) };
  if (style.type === "bar") trace.width = width;
  if (hover) trace.customdata = kept.map((row) => say(hover, drawing.scope.row(row)));
  if (colourIf) {
    const [conditions, colour] = colourIf;
    const color = kept.map((row) =>
      (holds(conditions, drawing.scope.row(row)) ? colour : style.marker.color));
    trace.marker = { ...style.marker, color };
  }
  return [trace];
}
/** Whole ticks, also where there are few. */
function countAxis({ of, is_max: isMax, is_ranged: isRanged }, rows) {
  const join = (sizes) => (isMax ? Math.max(...sizes) : sizes.reduce((a, b) => a + b, 0));
  const most = Math.max(0, ...rows.map((row) => join(of.map((name) => row[name] ?? 0))));
  return { ...countTicks(most), ...(isRanged ? countRange(most) : {}) };
}
/**
 * Bars or marks over time, a trace for each of several columns.
 * @param {object} chart @param {Drawing} drawing @returns {Figure}
 */
export function columns(chart, drawing) {
  const { x, blank_if_zero: blank } = chart, all = drawing.sets(chart.set);
  const rows = blank && !all.some((row) => blank.some((name) => row[name])) ? [] : all;
  const labels = rows.map((row) => labelOf(x, row)), { divisor, axis } = minutesUnit(chart, rows);
  const how = { x, divisor, width: barWidth(grainOf(x, drawing), labels) };
  const data = chart.traces.flatMap((declared) => columnTrace(declared, rows, how, drawing));
  const layout = { ...chart.layout, xaxis: timeAxis(chart, labels, drawing) };
  for (const each of chart.count_axes ?? [])
    layout[each.axis] = { ...layout[each.axis], ...countAxis(each, rows) };
  if (divisor) layout.yaxis = { ...layout.yaxis, ...axis };
  return { data, layout, filters: data.map((trace) => trace.x.map((label) => dayFilter(x, label, drawing))) };
}
/**
 * A running sum; every digit on hover, and "at least" from the first lower bound on.
 * @param {object} chart @param {Drawing} drawing @returns {Figure}
 */
export function cumulative(chart, drawing) {
  const { x, value } = chart, rows = drawing.sets(chart.set), { scale, bounds } = drawing.scope.money;
  const labels = rows.map((row) => labelOf(x, row)), line = { y: [], customdata: [] };
  let sum = 0n, isFromBelow = false;
  for (const row of rows) {
    sum += row[value] ?? 0n;
    isFromBelow ||= isBounded(row, bounds);
    line.y.push(drawing.dollars(sum));
    line.customdata.push(`${isFromBelow ? "at least " : ""}${exactUsd([sum, scale])}`);
  }
  return {
    // One point makes no line.
    data: [{ ...chart.trace, mode: rows.length > 1 ? "lines" : "markers", x: labels, ...line }],
    layout: { ...chart.layout, xaxis: timeAxis(chart, labels, drawing) },
    filters: [labels.map((label) => dayFilter(x, label, drawing))],
  };
}
