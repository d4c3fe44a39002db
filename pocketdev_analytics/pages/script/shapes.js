// The other shapes of charts: rankings, shares, squares of days and hours, points.
import { countTicks, logAxis } from "./axes.js";
import { decimalOf, fixed, quotient, toNumber } from "./decimals.js";
import { count, dayName, exactUsd, share } from "./format.js";
import { calendarSpan, daysBetween, monthOf, plusDays, WEEKDAYS } from "./periods.js";
import { totalOf } from "./rows.js";
import { Entry, holds, say } from "./scope.js";
import { columns, cumulative, lookOf, stack } from "./shapes-time.js";

/**
 * @typedef {import("./shapes-time.js").Drawing} Drawing
 * @typedef {import("./shapes-time.js").Figure} Figure
 */

const HEIGHT = 70, BAR_HEIGHT = 30;
/** From this percentage on, a share is written into its part of a bar. */
const LEAST_WRITTEN = 6;
const SHORT_DAYS = WEEKDAYS.map((day) => day.slice(0, 3));

/** A share in percent, as the double nearest to its first 18 decimals. */
function percentOf(part, whole) {
  const [top, bottom] = [part, whole].map((each) => (typeof each === "bigint" ? [each, 0] : decimalOf(each)));
  return bottom[0] ? toNumber(quotient([100n * top[0], top[1]], bottom, 18)) : 0;
}
const lengthOf = (value, drawing) => (typeof value === "bigint" ? drawing.dollars(value) : value) ?? 0;

/** Bars side by side from the top, the first rows of a set, with text next to them. */
function ranking(chart, drawing) {
  const { value, scale = 1, pareto } = chart, rows = drawing.sets(chart.set).slice(0, chart.limit);
  const words = (text) => rows.map((row) => say(text, drawing.scope.row(row)));
  const lengths = rows.map((row) => lengthOf(row[value], drawing) * scale);
  const places = rows.map((_, index) => index);
  const bars = {
    ...chart.trace, y: places, x: lengths, text: words(chart.text),
    customdata: rows.map((row) => chart.hover.map((text) => say(text, drawing.scope.row(row)))),
  };
  if (chart.colour) {
    const [[kind, name]] = Object.entries(chart.colour), { series } = drawing.palette;
    const numbers = rows.map((row) => drawing.scope.row(row).get(name));
    const looks = numbers.map((number) => lookOf(number, drawing.palette));
    bars.marker = kind === "rank" ? {
      ...bars.marker, color: looks.map((look) => look.color),
      pattern: { shape: looks.map((look) => look.pattern.shape) },
    } : { ...bars.marker, color: numbers.map((number) => series[number % series.length]) };
  }
  const layout = {
    ...chart.layout,
    height: HEIGHT + BAR_HEIGHT * (Math.max(rows.length, 2) + (pareto ? 1 : 0)),
    xaxis: { ...chart.layout.xaxis, range: [0, (Math.max(0, ...lengths) || 1) * 1.5] },
    // Bars stand at numbers, not at names: two long names may be shortened to the same.
    yaxis: {
      ...chart.layout.yaxis, tickvals: places, ticktext: words(chart.label), range: [rows.length - 0.5, -0.5],
    },
  };
  const { filter } = chart, marks = rows.map((row) => (filter ? { name: filter, entry: row[filter] } : null));
  const data = pareto ? [bars, paretoOf(chart, rows, places, drawing)] : [bars];
  return { data, layout, filters: [marks, marks] };
}
/** The line of what the bars make up together. */
function paretoOf({ pareto, value, of }, rows, places, drawing) {
  const whole = totalOf(drawing.sets(of), value) ?? 0n, zero = typeof whole === "bigint" ? 0n : 0;
  let sum = zero;
  const x = rows.map((row) => percentOf(sum += row[value] ?? zero, whole));
  return { ...pareto, y: places, x, customdata: places.map((place) => place + 1) };
}
/** The share of each class in the tokens and in the cost, as two bars. */
function shares(chart, drawing) {
  const rows = drawing.sets(chart.set), { series, rest } = drawing.palette, { scale } = drawing.scope.money;
  const tokens = totalOf(rows, "tokens") ?? 0, cost = totalOf(rows, "cost_usd") ?? 0n;
  const data = rows.map((row) => {
    const x = [percentOf(row.cost_usd ?? 0n, cost), percentOf(row.tokens, tokens)];
    return {
      ...chart.trace, y: ["Cost", "Tokens"], x,
      customdata: [
        exactUsd(row.cost_usd === null ? null : [row.cost_usd, scale]), `${count(row.tokens)} tokens`,
      ],
      text: x.map((each) => (each >= LEAST_WRITTEN ? share(decimalOf(each), [100n, 0]) : "")),
      name: row.label,
      marker: { ...chart.trace.marker, color: series[row.place] ?? rest },
    };
  });
  return { data, layout: chart.layout };
}
/** Colours from 0, also where there is nothing else. */
function colourScale(grid) {
  const most = Math.max(...grid.flat().map(Number));
  return { coloraxis: { cmin: 0, cmax: Math.max(most, 1), colorbar: countTicks(most) } };
}
/** A square for each day of the last year, darker the more was done. */
function calendar(chart, drawing) {
  const { set, value, weeks, trace, layout } = chart;
  const known = new Map(drawing.sets(set).map((row) => [String(row.day), row[value] ?? 0]));
  const days = [...known.keys()].sort(), [first, last] = calendarSpan(days, weeks);
  const number = (daysBetween(first, last) + 1) / 7;
  const mondays = Array.from({ length: number }, (_, week) => plusDays(first, 7 * week));
  const gridOf = (cell) => WEEKDAYS.map((_, day) => mondays.map((monday) => cell(plusDays(monday, day))));
  const z = gridOf((day) => (day >= days[0] && day <= days.at(-1) ? known.get(day) ?? 0 : null));
  const customdata = gridOf((day) => `${dayName(day)}: ${count(known.get(day) ?? 0)}`);
  return {
    data: [{ ...trace, x: mondays, y: SHORT_DAYS, z, customdata }],
    layout: { ...layout, xaxis: { ...layout.xaxis, ...monthTicks(mondays) }, ...colourScale(z) },
    filters: [gridOf((day) => ({ days: [day, day] }))],
  };
}
/** The first Monday of each month; of two in neighbouring weeks the labels would touch. */
function monthTicks(mondays) {
  const firsts = mondays.filter((day, place) => !place || monthOf(mondays[place - 1]) !== monthOf(day));
  const kept = firsts.filter((day, place) =>
    place === firsts.length - 1 || daysBetween(day, firsts[place + 1]) > 7);
  return { tickvals: kept, ticktext: kept.map((day) => dayName(day).split(" ")[2]) };
}
const codeOf = (value) => (value instanceof Entry ? value.code : Number(value));
/**
 * A value by weekday and hour, 0 where there is no row.
 * @param {import("./rows.js").Row[]} rows @param {string} value @returns {number[][]}
 */
export function hoursGrid(rows, value) {
  const grid = WEEKDAYS.map(() => new Array(24).fill(0));
  for (const row of rows) grid[codeOf(row.weekday)][codeOf(row.hour)] = row[value] ?? 0;
  return grid;
}
/** A square for each hour of the week, darker the more was done. */
function hours(chart, drawing) {
  const z = hoursGrid(drawing.sets(chart.set), chart.value);
  return {
    data: [{ ...chart.trace, x: z[0].map((_, hour) => hour), y: SHORT_DAYS, z }],
    layout: { ...chart.layout, ...colourScale(z) },
  };
}
/** A point for each row, both axes logarithmic. */
function scatter(chart, drawing) {
  const rows = drawing.sets(chart.set);
  const placeOf = (value) => (typeof value === "bigint"
    ? Number(fixed([value, drawing.scope.money.scale], 6)) : value ?? 0);
  const data = chart.traces.flatMap(({ where, ...style }) => {
    const kept = rows.filter((row) => holds(where, drawing.scope.row(row)));
    const [x, y] = ["x", "y"].map((axis, index) =>
      kept.map((row) => Math.max(placeOf(row[chart[axis]]), chart.least[index])));
    const customdata = kept.map((row) => chart.hover.map((text) => say(text, drawing.scope.row(row))));
    return kept.length ? [{ ...style, x, y, customdata }] : [];
  });
  const axes = ["x", "y"].map((axis, index) => [`${axis}axis`, {
    ...chart.layout[`${axis}axis`],
    ...logAxis(data.flatMap((trace) => trace[axis]), chart.ticks[index], chart.room),
  }]);
  return { data, layout: { ...chart.layout, ...Object.fromEntries(axes) } };
}

/** @type {Object<string, (chart: object, drawing: Drawing) => Figure>} */
export const SHAPES = { stack, columns, cumulative, ranking, shares, calendar, hours, scatter };
