// The axes that charts share: of days and weeks, of months, of windows, of counts, of powers.
import { fixed } from "./decimals.js";
import { monthName } from "./format.js";
import { allMonths, dateOf } from "./periods.js";

/** An axis of days is at least so many bars wide. */
const LEAST_BARS = 14;
/** Below, an axis of counts has a tick for each. */
const FEW = 4;
const DAY_MS = 864e5, BAR_WIDTH = 0.82, LEAST_COLUMNS = 6, MOST_LABELS = 6, MOST_MONTHS = 12;
const STEP_DAYS = { day: 1, week: 7 };

const everyNth = (labels, most) => {
  const step = Math.ceil(labels.length / most) || 1;
  return labels.filter((_, index) => index % step === 0);
};
/** @param {number} time @returns {string} a moment as Plotly reads it */
const moment = (time) => new Date(time).toISOString().slice(0, 19).replace("T", " ");
/** @param {string} name "Nov 2026" @returns {string} the year in a line of its own */
const inTwoLines = (name) => name.replace(/ (\d+)$/, "<br>$1");

/**
 * An axis of days or weeks: half a bar of room at each end, never only a few bars wide.
 * @param {string[]} days sorted @param {"day"|"week"} grain @returns {{range?: [string, string]}}
 */
export function dateRange(days, grain) {
  if (!days.length) return {};
  const step = STEP_DAYS[grain] * DAY_MS, last = dateOf(days.at(-1)).getTime() + step / 2;
  const first = dateOf(days[0]).getTime() - step / 2;
  return { range: [moment(Math.min(first, last - LEAST_BARS * step)), moment(last)] };
}
/** @param {string} day @param {"day"|"week"} grain @returns {[string, string]} the ends of its bar */
export function barEnds(day, grain) {
  const half = STEP_DAYS[grain] * DAY_MS / 2, at = dateOf(day).getTime();
  return [moment(at - half), moment(at + half)];
}
/** @param {string[]} months sorted @returns {object} an axis also of months without a bar */
export function monthAxis(months) {
  const known = allMonths(months), labelled = everyNth(known, MOST_MONTHS);
  return {
    categoryarray: known, tickvals: labelled,
    ticktext: labelled.map((month) => inTwoLines(monthName(month))),
  };
}
/** @param {string[]} begins of windows @returns {object} */
export function windowAxis(begins) {
  const tickvals = everyNth(begins, MOST_LABELS);
  return {
    tickvals,
    ticktext: tickvals.map((at) => inTwoLines(`${Number(at.slice(8, 10))} ${monthName(at)}`)),
  };
}
/**
 * How wide a bar is: of a day or week in milliseconds, else a share of its place.
 * @param {string} grain @param {string[]} labels sorted @returns {number}
 */
export function barWidth(grain, labels) {
  if (STEP_DAYS[grain]) return BAR_WIDTH * STEP_DAYS[grain] * DAY_MS;
  const number = grain === "month" ? allMonths(labels).length : labels.length;
  return Number(fixed(BAR_WIDTH * Math.min(number / LEAST_COLUMNS, 1), 3));
}
/** @param {number} most @returns {{dtick?: number}} a tick for each where a scale has few */
export const countTicks = (most) => (most < FEW ? { dtick: 1 } : {});
/** @param {number} most @returns {{range?: [number, number]}} from 0, also where there are few */
export const countRange = (most) => (most < FEW ? { range: [0, Math.max(most, 1) * 1.05] } : {});
/**
 * A logarithmic axis from the tick below all points to the one above, so that two are seen.
 * @param {number[]} values @param {[number, string][]} ticks @param {number} room powers of ten
 * @returns {object}
 */
export function logAxis(values, ticks, room) {
  const places = ticks.map(([place]) => place);
  const axis = { tickvals: places, ticktext: ticks.map(([, label]) => label) };
  if (!values.length) return axis;
  const least = Math.min(...values), most = Math.max(...values);
  const low = Math.max(...places.filter((place) => place <= least));
  const high = places.find((place) => place >= most && place > low) ?? most;
  return { ...axis, range: [Math.log10(low) - room, Math.log10(high) + room] };
}
