// Calendar days as ISO text, weeks and months. All arithmetic is in UTC on calendar dates, so a
// change of clocks never makes a day longer or shorter.

const DAY_MS = 864e5;
/** @type {string[]} */
export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/** @param {string} day @returns {Date} */
export const dateOf = (day) => new Date(`${day}T00:00:00Z`);
/** @param {Date} date @returns {string} */
const isoOf = (date) => date.toISOString().slice(0, 10);
/** @param {?string} text @returns {boolean} whether it is a day that exists */
export function isDay(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text ?? "")) return false;
  const date = dateOf(text);
  return !Number.isNaN(date.getTime()) && isoOf(date) === text;
}
/** @param {string} day @param {number} number @returns {string} */
export const plusDays = (day, number) => isoOf(new Date(dateOf(day).getTime() + number * DAY_MS));
/** @param {string} first @param {string} last @returns {number} */
export const daysBetween = (first, last) => Math.round((dateOf(last) - dateOf(first)) / DAY_MS);
/** @param {string} day @returns {number} 0 is Monday */
export const weekdayOf = (day) => (dateOf(day).getUTCDay() + 6) % 7;
/**
 * The first day of a day's week.
 * @param {string} day @param {number} weekStart 0 is Monday @returns {string}
 */
export const weekOf = (day, weekStart) => plusDays(day, -((weekdayOf(day) - weekStart + 7) % 7));
/** @param {string} day @returns {string} "2026-11" */
export const monthOf = (day) => day.slice(0, 7);
/** @param {string} month @returns {number} months since the year 0 */
const monthNumber = (month) => 12 * Number(month.slice(0, 4)) + Number(month.slice(5, 7)) - 1;
/** @param {number} number @returns {string} */
const monthText = (number) =>
  `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
/**
 * Every month from the first to the last of those known.
 * @param {string[]} months sorted @returns {string[]}
 */
export function allMonths(months) {
  if (!months.length) return [];
  const first = monthNumber(months[0]), last = monthNumber(months.at(-1));
  return Array.from({ length: last - first + 1 }, (_, index) => monthText(first + index));
}
/**
 * The equal period before: as many days, or as many months where it is of whole months.
 * @param {[string, string]} days @returns {[string, string]}
 */
export function periodBefore([first, last]) {
  const after = plusDays(last, 1), end = plusDays(first, -1);
  if (!first.endsWith("-01") || !after.endsWith("-01"))
    return [plusDays(first, daysBetween(last, first) - 1), end];
  return [`${monthText(2 * monthNumber(first) - monthNumber(after))}-01`, end];
}
/** @param {string[]} days sorted @param {number} mostDays @returns {"day"|"week"} */
export const grainOf = (days, mostDays) =>
  (days.length && daysBetween(days[0], days.at(-1)) > mostDays ? "week" : "day");
/**
 * The days of a day, a week (by its first day) or a month.
 * @param {"day"|"week"|"month"} grain @param {string} period @returns {[string, string]}
 */
export function daysOf(grain, period) {
  if (grain === "week") return [period, plusDays(period, 6)];
  if (grain === "day") return [period, period];
  const next = monthText(monthNumber(period) + 1);
  return [`${period}-01`, plusDays(`${next}-01`, -1)];
}
/**
 * The first day that a calendar of weeks shows, a Monday, and the last, a Sunday.
 * @param {string[]} days sorted @param {[number, number]} weeks the least and the most
 * @returns {[string, string]}
 */
export function calendarSpan(days, [least, most]) {
  if (!days.length) return ["1970-01-05", "1970-01-11"];
  const last = plusDays(weekOf(days.at(-1), 0), 6), monday = weekOf(days[0], 0);
  const latest = plusDays(last, 1 - 7 * least), earliest = plusDays(last, 1 - 7 * most);
  const first = monday > earliest ? monday : earliest;
  return [first < latest ? first : latest, last];
}
