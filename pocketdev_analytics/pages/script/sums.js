// Rows of facts added up by group. Counts are doubles, exact below 2**53; money is a count times
// a rate in BigInt, once for each rate of a group, so it is as exact as the reports.
import { fixed } from "./decimals.js";
import { dateOf } from "./periods.js";

/**
 * @typedef {import("./facts.js").Facts} Facts
 * @typedef {import("./facts.js").Table} Table
 * @typedef {{groupOf: Int32Array, first: number[]}} Groups the group of each row, and a row of each
 * @typedef {{sum?: string[], distinct?: string, names?: string, union?: [string, string],
 *   minus?: [string, string], ratio?: [string, string], money?: [string, string][], rest?: string}} Measure
 * @typedef {{facts: Facts, table: Table, rows: Int32Array, groups: Groups, tick: number,
 *   tariffs?: Groups}} Query rows of a table in groups; `tick` is in microseconds
 */

const MINUTE_US = 6e7, DAY_US = 864e8;
/** Up to so many possible groups are found by a list of all, more by a map of those that occur. */
const MOST_DENSE = 2 ** 22;

/**
 * Group rows by columns, in the order of these columns' codes.
 * @param {ArrayLike<number>[]} columns @param {number[]} sizes of their domains
 * @param {Int32Array} rows @returns {Groups}
 */
export function groupRows(columns, sizes, rows) {
  const keys = new Float64Array(rows.length);
  columns.forEach((column, index) => {
    for (let i = 0; i < rows.length; i++) keys[i] = keys[i] * sizes[index] + column[rows[i]];
  });
  const places = placesOf(keys, sizes.reduce((room, size) => room * size, 1));
  const groupOf = new Int32Array(rows.length), first = [];
  for (let i = 0; i < rows.length; i++) {
    groupOf[i] = places(keys[i]);
    first[groupOf[i]] ??= rows[i];
  }
  return { groupOf, first };
}
/** The place of each key among those that occur, in order. */
function placesOf(keys, room) {
  if (room > MOST_DENSE) {
    const order = [...new Set(keys)].sort((a, b) => a - b);
    const places = new Map(order.map((key, place) => [key, place]));
    return (key) => places.get(key);
  }
  const places = new Int32Array(room);
  for (const key of keys) places[key] = 1;
  let number = 0;
  for (let key = 0; key < room; key++) if (places[key]) places[key] = number++;
  return (key) => places[key];
}
/** @param {Query} query @param {string[]} names @param {Groups} groups @returns {Float64Array} */
function sumCounts({ table, rows }, names, { groupOf, first }) {
  const sums = new Float64Array(first.length);
  for (const name of names) {
    const column = table.columns[name];
    for (let i = 0; i < rows.length; i++) sums[groupOf[i]] += column[rows[i]];
  }
  return sums;
}
/**
 * The groups of a query by rate: counts are added up there first, and multiplied once.
 * @param {Query} query @returns {Groups}
 */
function tariffsOf(query) {
  const { facts, table, rows, groups } = query;
  if (!query.tariffs) {
    const groupOfRow = new Int32Array(table.rows);
    for (let i = 0; i < rows.length; i++) groupOfRow[rows[i]] = groups.groupOf[i];
    const number = Math.max(1, ...Object.values(facts.rates).map((rates) => rates.length));
    query.tariffs = groupRows([groupOfRow, table.columns.rate], [groups.first.length, number], rows);
    query.tariffs.group = query.tariffs.first.map((row) => groupOfRow[row]);
  }
  return query.tariffs;
}
/** Money by group: null where there are rows and none has a price. @param {Query} query */
function sumMoney(query, { money, rest }) {
  const { facts, table, rows, groups } = query, { rate } = table.columns, tariffs = tariffsOf(query);
  const sums = new Array(groups.first.length).fill(0n);
  for (const [name, rated] of money) {
    const counts = sumCounts(query, [name], tariffs), rates = facts.rates[rated];
    tariffs.first.forEach((row, part) => {
      if (counts[part]) sums[tariffs.group[part]] += BigInt(counts[part]) * rates[rate[row]];
    });
  }
  const left = table.rest[rest];
  if (left?.size)
    for (let i = 0; i < rows.length; i++) sums[groups.groupOf[i]] += left.get(rows[i]) ?? 0n;
  const priced = sumCounts(query, ["priced"], groups);
  return rows.length ? sums.map((sum, group) => (priced[group] ? sum : null)) : sums;
}
/** The codes that each group has of a dimension, without that of no name. @param {Query} query */
function codesOf({ facts, table, rows, groups }, name) {
  const { size, none } = facts.domains[name], column = table.columns[name];
  const seen = new Set(), codes = groups.first.map(() => []);
  for (let i = 0; i < rows.length; i++) {
    const code = column[rows[i]], pair = groups.groupOf[i] * size + code;
    if (code !== none && !seen.has(pair)) {
      seen.add(pair);
      codes[groups.groupOf[i]].push(code);
    }
  }
  return codes;
}
/**
 * How long pieces of time last together, those side by side counted once.
 * @param {[number, number][]} pieces begin and end @returns {number}
 */
export function unionOf(pieces) {
  let covered = 0, reached = -Infinity;
  for (const [begin, end] of pieces.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (end > reached) covered += end - Math.max(begin, reached);
    reached = Math.max(reached, end);
  }
  return covered;
}
/** Minutes that the pieces of each group cover, to one decimal. @param {Query} query */
function unionMinutes({ facts, table, rows, groups, tick }, [beginName, lengthName]) {
  const midnights = facts.domains.day.text.map((day) => dateOf(day).getTime() * 1e3 - DAY_US);
  const { day, [beginName]: begin, [lengthName]: length } = table.columns;
  const pieces = groups.first.map(() => []);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i], from = midnights[day[row]] + begin[row] * tick;
    pieces[groups.groupOf[i]].push([from, from + length[row] * tick]);
  }
  return pieces.map((each) => Number(fixed(unionOf(each) / MINUTE_US, 1)));
}

/** @param {(number|bigint|null)[]} left @param {(number|bigint|null)[]} right */
const minus = (left, right) => left.map((each, group) =>
  (each === null || right[group] === null ? null : each - right[group]));
/** The names of each group, in the order of their codes. @param {Query} query */
const namesOf = (query, name) => codesOf(query, name).map((codes) =>
  codes.sort((a, b) => a - b).map((code) => query.facts.domains[name].text[code]).join(", "));

/**
 * A measure of each group of a query.
 * @param {Query} query @param {Measure} measure
 * @param {Object<string, Measure>} measures all, for those that are made of others
 * @returns {(number|bigint|string|null)[]}
 */
export function measureOf(query, measure, measures) {
  const other = (name) => measureOf(query, measures[name] ?? { sum: [name] }, measures);
  if (measure.money) return sumMoney(query, measure);
  if (measure.distinct) return codesOf(query, measure.distinct).map((codes) => codes.length);
  if (measure.names) return namesOf(query, measure.names);
  if (measure.union) return unionMinutes(query, measure.union);
  if (measure.minus) return minus(...measure.minus.map(other));
  if (measure.ratio) {
    const [parts, wholes] = measure.ratio.map(other);
    return parts.map((part, group) => (wholes[group] ? part / wholes[group] : null));
  }
  return [...sumCounts(query, measure.sum, query.groups)];
}
