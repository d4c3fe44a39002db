// The rows of a panel: sets made of its queries step by step, and values of those sets.
import { quotient, rescale } from "./decimals.js";
import { calendarSpan, daysBetween, plusDays } from "./periods.js";
import { Amount, Entry, holds, isBounded, Part } from "./scope.js";

/**
 * @typedef {Object<string, import("./scope.js").Entry|number|bigint|string|null>} Row one group:
 *   its entries by dimension, its measures by name; money in units of 10**-scale dollars
 * @typedef {import("./scope.js").Scope} Scope
 */

/** How many decimal places a quotient of money has. */
const MONEY_PLACES = 18;

/** @param {string} column @returns {boolean} */
const isMoney = (column) => column.endsWith("_usd");
/**
 * The sum of a column: null where there are rows and none has a value.
 * @param {Row[]} rows @param {string} column @returns {number|bigint|null}
 */
export function totalOf(rows, column) {
  let sum = isMoney(column) ? 0n : 0, isKnown = !rows.length;
  for (const { [column]: value } of rows)
    if (value !== null) {
      sum += value;
      isKnown = true;
    }
  return isKnown ? sum : null;
}
const placeOf = (value) => (value instanceof Entry ? value.code : value);
const compare = (a, b) => {
  const left = placeOf(a), right = placeOf(b);
  return left < right ? -1 : Number(left > right);
};
/** Which of two rows is first by columns and directions; null is always last. */
const compareBy = (order) => (a, b) => {
  for (const [column, direction] of order) {
    const left = a[column], right = b[column];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
    } else {
      const found = compare(left, right);
      if (found) return direction === "desc" ? -found : found;
    }
  }
  return 0;
};
/**
 * Rows by columns and directions; null is always last, and what is equal stays in order.
 * @param {Row[]} rows @param {[string, "asc"|"desc"][]} order @returns {Row[]}
 */
export const ordered = (rows, order) => [...rows].sort(compareBy(order));
const isNumber = (value) => value === null || typeof value === "number" || typeof value === "bigint";
/**
 * One row a group of the entries of `by`, with the sums of all numbers, in the order of `by`.
 * @param {Row[]} rows @param {string[]} by @returns {Row[]}
 */
export function regroup(rows, by) {
  const groups = new Map();
  for (const row of rows) {
    const key = by.map((name) => row[name].code).join(" "), group = groups.get(key);
    if (group) group.push(row); else groups.set(key, [row]);
  }
  const names = rows.length ? Object.keys(rows[0]).filter((name) => !by.includes(name)) : [];
  const numbers = names.filter((name) => rows.every((row) => isNumber(row[name])));
  const found = [...groups.values()].map((group) => {
    const made = {};
    for (const name of by) made[name] = group[0][name];
    for (const name of numbers) made[name] = totalOf(group, name);
    return made;
  });
  return ordered(found, by.map((name) => [name, "asc"]));
}
/** The rows of so many days up to today, or of as many before those. */
function lastDays(rows, number, before, today) {
  if (!rows.length) return rows;
  const days = rows.map((row) => String(row.day)).sort();
  const last = plusDays(today, -number * before), first = plusDays(last, 1 - number);
  if (before && days[0] > first) return [];
  return rows.filter((row) => String(row.day) >= first && String(row.day) <= last);
}
/** A row for each class of a row that has columns of them, without those of nothing. */
const unpivot = (rows, classes, { money }) => rows.flatMap((row) => classes
  .map(([, label, tokens, cost], place) => ({
    place, label, tokens: row[tokens] ?? 0, cost_usd: row[cost],
    ...Object.fromEntries(money.bounds.map((name) => [name, row[name]])),
  }))
  .filter((each) => each.tokens || each.cost_usd));

/** @type {Object<string, (rows: Row[], how: any, scope: Scope) => Row[]>} */
const STEPS = {
  group: (rows, by) => regroup(rows, by),
  where: (rows, conditions, scope) => rows.filter((row) => holds(conditions, scope.row(row))),
  order: (rows, order) => ordered(rows, order),
  head: (rows, number) => rows.slice(0, number),
  tail: (rows, number) => rows.slice(-number),
  last_days: (rows, number, scope) => lastDays(rows, number, 0, scope.get("today")),
  before_last_days: (rows, number, scope) => lastDays(rows, number, 1, scope.get("today")),
  last_weeks: (rows, weeks) => {
    const [first] = calendarSpan(rows.map((row) => String(row.day)).sort(), weeks);
    return rows.filter((row) => String(row.day) >= first);
  },
  unpivot,
};
const BEFORE = "before.";
/** A name without its prefix, and the prefix: "before." where it is of the period before. */
const split = (name) => (name.startsWith(BEFORE) ? [name.slice(BEFORE.length), BEFORE] : [name, ""]);

/**
 * The sets of a panel by name, each made once, when it is first asked for.
 * @param {(name: string) => Row[]} query the rows of a query, also of "before.NAME"
 * @param {Object<string, object[]>} declared @param {Scope} scope
 * @returns {(name: string) => Row[]}
 */
export function setsOf(query, declared, scope) {
  const known = new Map();
  const make = (name) => {
    const [own, prefix] = split(name);
    if (!declared[own]) return query(name);
    const [first, ...rest] = declared[own], steps = "from" in first ? rest : declared[own];
    return steps.reduce((rows, step) => {
      const [[kind, how]] = Object.entries(step);
      return STEPS[kind](rows, how, scope);
    }, sets(prefix + (first.from ?? "rows")));
  };
  const sets = (name) => {
    if (!known.has(name)) known.set(name, make(name));
    return known.get(name);
  };
  return sets;
}

/**
 * The values of a panel by name, each computed once, when it is first asked for.
 * @param {Object<string, unknown>} declared @param {(name: string) => Row[]} sets
 * @param {Scope} scope @returns {import("./scope.js").Layer}
 */
export function valuesOf(declared, sets, scope) {
  const { scale, bounds } = scope.money, decimal = (value) => scope.decimal(value);
  const known = new Map();
  const amount = (value, rows, column) => (isMoney(column)
    ? new Amount(value === null ? null : [value, scale],
      column === "cost_usd" && rows.some((row) => isBounded(row, bounds))) : value);
  const sum = (rows, column) => amount(totalOf(rows, column), rows, column);
  const hasValue = (column) => (row) => row[column] !== null;
  const divide = (part, whole) => {
    const top = decimal(part), bottom = decimal(whole);
    if (!top || !bottom?.[0]) return part instanceof Amount ? new Amount(null) : null;
    if (!(part instanceof Amount)) return part / whole;
    return new Amount(quotient(top, bottom, MONEY_PLACES), part.isBounded);
  };
  const combine = (sign) => (left, right) => {
    const first = decimal(left), second = decimal(right);
    if (!first || !second) return left instanceof Amount ? new Amount(null) : null;
    if (!(left instanceof Amount)) return left + sign * right;
    const places = Math.max(first[1], second[1]);
    return new Amount([rescale(first, places) + BigInt(sign) * rescale(second, places), places]);
  };
  const median = (rows, column) => {
    const found = rows.filter(hasValue(column)).map((row) => row[column]).sort(compare), { length } = found;
    if (!length) return null;
    const middle = found[(length - 1) >> 1] + found[length >> 1];
    return isMoney(column) ? new Amount([5n * middle, scale + 1]) : middle / 2;
  };
  const halfAt = (rows, column) => {
    const [zero, two] = isMoney(column) ? [0n, 2n] : [0, 2], whole = totalOf(rows, column) ?? zero;
    let running = zero;
    const place = rows.findIndex((row) => (running += row[column] ?? zero) * two >= whole);
    return place < 0 ? rows.length : place + 1;
  };
  const pick = (rows, order, column) => {
    if (!rows.length) return null;
    const isBefore = compareBy(order);
    const first = rows.reduce((best, row) => (isBefore(row, best) < 0 ? row : best));
    if (column in first) return amount(first[column], [first], column);
    const [name, attribute] = column.split(".");
    return first[name].get(attribute);
  };
  const ofSets = {
    rows: (rows) => rows.length,
    sum,
    mean: (rows, column) => {
      const found = rows.filter(hasValue(column));
      return divide(sum(found, column), found.length);
    },
    median,
    pick,
    half: (rows, column, by) => rows[halfAt(rows, column) - 1]?.[by] ?? null,
    half_rows: halfAt,
    all: (rows, column) => rows.map((row) => String(row[column])).join(", "),
  };
  const ofValues = {
    div: divide, part: (part, whole) => new Part(part, whole), add: combine(1), diff: combine(-1),
  };
  const valueOf = (value, prefix) => {
    if (typeof value === "string") return get(prefix + value);
    if (!Array.isArray(value)) return value;
    const [name, ...operands] = value;
    if (name === "text") return operands[0];
    if (ofSets[name]) return ofSets[name](sets(prefix + operands[0]), ...operands.slice(1));
    return ofValues[name](...operands.map((operand) => valueOf(operand, prefix)));
  };
  const get = (name) => {
    const [own, prefix] = split(name);
    if (!known.has(name)) known.set(name, valueOf(declared[own], prefix));
    return known.get(name);
  };
  return { has: (name) => split(name)[0] in declared, get };
}

/**
 * The last days of a set as numbers, 0 for days without a row: the points of a sparkline.
 * @param {Row[]} rows by day @param {(row: Row) => number} value @param {number} most days
 * @returns {number[]}
 */
export function sparkline(rows, value, most) {
  if (!rows.length) return [];
  const known = new Map(rows.map((row) => [String(row.day), value(row)]));
  const days = [...known.keys()].sort(), last = days.at(-1), earliest = plusDays(last, 1 - most);
  const from = days[0] > earliest ? days[0] : earliest;
  return Array.from({ length: daysBetween(from, last) + 1 }, (_, day) => known.get(plusDays(from, day)) || 0);
}
