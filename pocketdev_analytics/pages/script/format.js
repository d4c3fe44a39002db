// Numbers, times and names as people read them: the twin of formatting.py, held to the same
// vectors. Money and shares are exact decimals, never doubles.
import { absolute, decimalOf, digitsOf, fixed, powerOf, rescale, tenTo, toNumber } from "./decimals.js";

/** @typedef {import("./decimals.js").Decimal} Decimal */

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const UNITS = ["", "k", "M", "B", "T"];
const SPACE = "\u00a0"; // between a number and its unit, where no line may break
const DIGITS = 3;

/** @param {string} text digits, also after a point @returns {string} */
const grouped = (text) => text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
/** @param {Decimal} number @param {number} digits @returns {Decimal} */
const significant = (number, digits) => {
  const places = digits - 1 - powerOf(number);
  return places < 0
    ? [rescale([number[0], number[1] - places], 0) * tenTo(-places), 0] : [rescale(number, places), places];
};

/**
 * US dollars to read: "$12,345.68", "$0.0042"; "no price" for null. An amount that is not zero
 * never reads as zero.
 * @param {?Decimal} cost @returns {string}
 */
export function usd(cost) {
  if (!cost) return "no price";
  const size = [absolute(cost[0]), cost[1]], isSmall = size[0] && 100n * size[0] < tenTo(size[1]);
  const small = isSmall ? significant(size, 2) : [1n, 2];
  const isShown = 100n * small[0] < tenTo(small[1]);
  return `${cost[0] < 0n ? "-" : ""}$${grouped(isShown ? fixed(small, small[1]) : fixed(size, 2))}`;
}
/** @param {?Decimal} cost @returns {string} every digit, at least two after the point */
export function exactUsd(cost) {
  if (!cost) return "no price";
  const [whole, fraction] = digitsOf(cost);
  return `${cost[0] < 0n ? "-" : ""}$${grouped(whole)}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`;
}
/** @param {Decimal} cost @returns {string} every digit, as a program reads it: "-0.5" */
export function plainUsd(cost) {
  const text = fixed(cost, cost[1]);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
/**
 * The double nearest to an amount: what a chart is drawn from.
 * @param {?bigint} units @param {number} places @returns {?number}
 */
export const dollars = (units, places) => (units === null ? null : toNumber([units, places]));
/** @param {number} number @returns {string} "1,234,567" */
export const count = (number) => grouped(String(number));
/** @param {number} number @param {string} noun @param {string} [nouns] @returns {string} "2 days" */
export const plural = (number, noun, nouns = `${noun}s`) => `${count(number)} ${number === 1 ? noun : nouns}`;
/** @param {number} number whole @returns {string} "950", "12.3 k", "1.00 M" */
export function tokens(number) {
  if (Math.abs(number) < 1000) return String(number);
  const rounded = significant(decimalOf(number), DIGITS);
  const power = Math.min(Math.floor(powerOf(rounded) / 3), UNITS.length - 1);
  const scaled = [rounded[0], rounded[1] + 3 * power];
  return `${grouped(fixed(scaled, Math.max(DIGITS - 1 - powerOf(scaled), 0)))}${SPACE}${UNITS[power]}`;
}
/**
 * The share of a part in a whole: "62%", "4.5%"; a dash of nothing. Never 0% or 100% where it is
 * not exactly that.
 * @param {Decimal} part @param {Decimal} whole @returns {string}
 */
export function share([part, partPlaces], [whole, wholePlaces]) {
  if (!whole) return "–";
  // Hundredths of a part as a fraction of whole numbers: top / bottom.
  const top = 100n * absolute(part) * tenTo(wholePlaces), bottom = absolute(whole) * tenTo(partPlaces);
  const minus = part && (part < 0n) !== (whole < 0n) ? "-" : "";
  const rounded = (places) => (2n * top * tenTo(places) + bottom) / (2n * bottom);
  if (part && 10n * top < bottom) return `${minus}<0.1%`;
  const tenths = rounded(1), ones = rounded(0);
  if (top < 100n * bottom && ones >= 100n) return `${minus}>99%`;
  return `${minus}${tenths && tenths < 100n ? fixed([tenths, 1], 1) : grouped(String(ones))}%`;
}
/**
 * How much more or less than before: "+12%", "±0%"; nothing where there was nothing before.
 * @param {Decimal} now @param {Decimal} before @returns {string}
 */
export function change(now, before) {
  const places = Math.max(now[1], before[1]), then = rescale(before, places);
  if (then <= 0n) return "";
  const difference = rescale(now, places) - then;
  const part = (200n * absolute(difference) + then) / (2n * then);
  return part ? `${difference > 0n ? "+" : "-"}${grouped(String(part))}%` : "±0%";
}
/** @param {number} minutes @returns {string} "17 min", "2 h 05 min", "4 d 1 h", "<1 min" */
export function duration(minutes) {
  const whole = Number(fixed(minutes, 0)), hours = Math.floor(whole / 60), rest = whole % 60;
  if (!whole && minutes > 0) return `<1${SPACE}min`;
  const rounded = Number(fixed(whole / 60, 0));
  if (hours >= 24) return `${count(Math.floor(rounded / 24))}${SPACE}d ${rounded % 24}${SPACE}h`;
  return hours
    ? `${hours}${SPACE}h ${String(rest).padStart(2, "0")}${SPACE}min` : `${rest}${SPACE}min`;
}
/** @param {string} day ISO @returns {string} "Tue 3 Nov 2026" */
export function dayName(day) {
  const date = new Date(`${day}T00:00:00Z`);
  return `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${monthName(day)}`;
}
/** @param {string} month ISO, or a day of it @returns {string} "Nov 2026" */
export const monthName = (month) => `${MONTHS[Number(month.slice(5, 7)) - 1]} ${month.slice(0, 4)}`;
/** @param {[string, string]} days @returns {string} */
export const daysName = ([first, last]) =>
  (first === last ? dayName(first) : `${dayName(first)} – ${dayName(last)}`);

/** @param {string} text @param {number} [limit] characters @returns {string} */
export function shorten(text, limit = 40) {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("").trimEnd()}…`;
}
/** @param {string} text @returns {string} what Plotly and HTML never read as markup */
export const escape = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
/** @param {string} text @param {number} [limit] @returns {string} a name as a chart shows it */
export const figureLabel = (text, limit = 40) => escape(shorten(text, limit));
/** @param {string} word @returns {string} as a shell takes it (Python's `shlex.quote`) */
export const shellQuoted = (word) =>
  (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
/** @param {number} number @returns {string} with six digits at most, as Python's ":.6g" */
export function sixDigits(number) {
  if (!number) return "0";
  const power = powerOf(significant(decimalOf(number), 6));
  if (power >= 6 || power < -4) {
    const [digits, exponent] = number.toExponential(5).split("e");
    const sign = exponent[0], size = exponent.slice(1).padStart(2, "0");
    return `${Number(digits)}e${sign}${size}`;
  }
  return String(Number(number.toPrecision(6)));
}
/** @param {string} words @returns {string} */
export const capitalize = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);
