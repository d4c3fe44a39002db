// What filters leave of the facts, and the queries of panels over it, each answered once.
import { selectRows } from "./facts.js";
import { grainOf } from "./periods.js";
import { Entry } from "./scope.js";
import { groupRows, measureOf } from "./sums.js";

/**
 * @typedef {import("./facts.js").Facts} Facts
 * @typedef {import("./rows.js").Row} Row
 * @typedef {{table: string, by: string[], measures: string[], attach?: Object<string, string>,
 *   period_of?: string, is_dense?: boolean}} Query
 * @typedef {{days: [string, string], names: Object<string, number[]>}} Filters
 * @typedef {{grain: "day"|"week", isEmpty: boolean, run: (query: Query) => Row[]}} View
 * @typedef {{facts: Facts, tick: number, main: string, max_days: number, bounds: string[],
 *   measures: Object<string, import("./sums.js").Measure>,
 *   entry: (domain: string, code: number) => Entry}} Source
 */

/**
 * The objects that stand for the names of domains, one a name.
 * @param {Facts} facts @returns {(domain: string, code: number) => Entry}
 */
export function entriesOf({ domains }) {
  const known = {};
  return (name, code) => {
    const entries = (known[name] ??= []);
    return (entries[code] ??= new Entry(domains[name], code));
  };
}
/** An attribute of a row's entry: codes of a domain give entries, money is a whole number. */
function attachedOf({ facts, entry }, column, found) {
  if (column in facts.domains) return found === null ? `(no ${column})` : entry(column, found);
  return column.endsWith("_usd") && found !== null ? BigInt(found) : found;
}
/** The rows with one of zeros for each day that has none. */
function densify({ entry }, rows, dayCodes) {
  const known = new Map(rows.map((row) => [row.day.code, row]));
  if (!rows.length) return rows;
  const zeros = Object.fromEntries(Object.keys(rows[0]).map((name) => [name, 0]));
  return dayCodes.map((code) => known.get(code) ?? { ...zeros, day: entry("day", code) });
}

/**
 * What filters leave.
 * @param {Source} source @param {Filters} filters @returns {View}
 */
export function createView(source, filters) {
  const { facts, tick, main, max_days: maxDays, bounds, measures, entry } = source;
  const selected = new Map(), answered = new Map();
  const rowsOf = (table, periodOf) => {
    const key = `${table} ${periodOf}`;
    if (!selected.has(key))
      selected.set(key, selectRows(facts, facts.tables[table], { ...filters, periodOf }));
    return selected.get(key);
  };
  const mainDays = facts.tables[main].columns.day, mainRows = rowsOf(main, "day"), seen = new Set();
  for (const row of mainRows) seen.add(mainDays[row]);
  const dayCodes = [...seen].sort((a, b) => a - b);
  const grain = grainOf(dayCodes.map((code) => facts.domains.day.text[code]), maxDays);

  function answer(query) {
    const { by, measures: wanted, attach = {}, is_dense: isDense } = query;
    const table = facts.tables[query.table], rows = rowsOf(query.table, query.period_of ?? "day");
    const dimensions = by.map((each) => (each === "period" ? grain : each));
    const columns = dimensions.map((each) => table.columns[each]);
    const groups = by.length
      ? groupRows(columns, dimensions.map((each) => facts.domains[each].size), rows)
      : { groupOf: new Int32Array(rows.length), first: [0] };
    const grouped = { facts, table, rows, groups, tick };
    const isMoney = wanted.some((measure) => measure.endsWith("_usd"));
    const extra = isMoney ? bounds.filter((bound) => bound in table.columns) : [];
    const values = [...new Set([...wanted, ...extra])].map((measure) =>
      [measure, measureOf(grouped, measures[measure] ?? { sum: [measure] }, measures)]);
    const paths = Object.entries(attach).map(([column, path]) => [column, ...path.split(".")]);
    const found = groups.first.map((row, group) => {
      const made = {};
      by.forEach((each, index) => { made[each] = entry(dimensions[index], columns[index][row]); });
      for (const [measure, numbers] of values) made[measure] = numbers[group];
      for (const [column, dimension, attribute] of paths)
        made[column] = attachedOf(source, column, made[dimension].get(attribute));
      return made;
    });
    return isDense ? densify(source, found, dayCodes) : found;
  }
  return {
    grain,
    isEmpty: !mainRows.length,
    run(query) {
      const key = JSON.stringify(query);
      if (!answered.has(key)) answered.set(key, answer(query));
      return answered.get(key);
    },
  };
}
