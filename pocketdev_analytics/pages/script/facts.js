// The facts of a page: tables of typed columns, and the domains that their codes stand for.
import { monthOf, WEEKDAYS, weekdayOf, weekOf } from "./periods.js";

/**
 * @typedef {Object<string, (string|number|null)[]> & {size: number, none: ?number}} Domain lists of
 *   attributes, and the code of what has no name
 * @typedef {{rows: number, columns: Object<string, Float64Array>, ignores: string[],
 *   rest: Object<string, Map<number, bigint>>}} Table
 * @typedef {{scale: number, domains: Object<string, Domain>, tables: Object<string, Table>,
 *   rates: Object<string, bigint[]>}} Facts money is in units of 10**-scale dollars
 */

/** The next column: LEB128 varints, seven bits a byte, the high bit where more follow. */
function readColumn(cursor, rows, isDelta) {
  const column = new Float64Array(rows), { bytes } = cursor;
  let last = 0;
  for (let row = 0; row < rows; row++) {
    let byte = bytes[cursor.at++], value = byte & 127;
    for (let weight = 128; byte > 127; weight *= 128) {
      byte = bytes[cursor.at++];
      value += (byte & 127) * weight;
    }
    if (isDelta) {
      last += value % 2 ? -(value + 1) / 2 : value / 2;
      value = last;
    }
    column[row] = value;
  }
  return column;
}
/** Add weeks, months and weekdays, which are names of days, to the domains and to every table. */
function addPeriods(domains, tables, weekStart) {
  const { text } = domains.day;
  const add = (name, known, codeOf) => {
    domains[name] = { size: known.length, text: known };
    for (const { columns } of Object.values(tables))
      if (columns.day) columns[name] = columns.day.map((day) => codeOf[day]);
  };
  add("weekday", WEEKDAYS, text.map(weekdayOf));
  const weeks = text.map((day) => weekOf(day, weekStart));
  for (const [name, of] of [["week", weeks], ["month", text.map(monthOf)]]) {
    const known = [...new Set(of)].sort(), codes = new Map(known.map((each, code) => [each, code]));
    add(name, known, of.map((each) => codes.get(each)));
  }
}

/**
 * Decode the facts: a length, a JSON header, and all columns one after another.
 * @param {Uint8Array} bytes @param {number} weekStart 0 is Monday @returns {Facts}
 */
export function decodeFacts(bytes, weekStart) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const { scale, domains, rates = {}, rest = {} } = header;
  const cursor = { bytes, at: 4 + length }, tables = {};
  for (const [name, { rows, columns, ignores = [] }] of Object.entries(header.tables)) {
    const read = {};
    for (const [column, kind] of columns) read[column] = readColumn(cursor, rows, kind === "delta");
    const left = Object.entries(rest[name] ?? {}).map(([money, amounts]) =>
      [money, new Map(amounts.map(([row, units]) => [row, BigInt(units)]))]);
    tables[name] = { rows, columns: read, ignores, rest: Object.fromEntries(left) };
  }
  if (domains.day) addPeriods(domains, tables, weekStart);
  const units = Object.entries(rates).map(([name, list]) => [name, list.map(BigInt)]);
  return { scale, domains, tables, rates: Object.fromEntries(units) };
}

/**
 * The rows of a table that filters leave.
 * @param {Facts} facts @param {Table} table
 * @param {{days: [string, string], names: Object<string, number[]>, periodOf?: string}} filters
 *   days of `periodOf` ("day", or "window" for the day on which a window begins), and the codes
 *   that are chosen of each dimension
 * @returns {Int32Array} row numbers
 */
export function selectRows({ domains }, table, { days, names, periodOf = "day" }) {
  const tests = [];
  const day = periodOf === "day" ? domains.day?.text : domains[periodOf].day;
  const codes = table.columns[periodOf];
  if (codes && day) tests.push([codes, day.map((each) => each >= days[0] && each <= days[1])]);
  for (const [name, chosen] of Object.entries(names)) {
    if (table.ignores.includes(name)) continue;
    if (!table.columns[name]) return new Int32Array();
    const isIn = new Array(domains[name].size).fill(false);
    for (const code of chosen) isIn[code] = true;
    tests.push([table.columns[name], isIn]);
  }
  const rows = new Int32Array(table.rows);
  let found = 0;
  for (let row = 0; row < table.rows; row++) {
    let passes = true;
    for (const [column, isIn] of tests) if (!isIn[column[row]]) { passes = false; break; }
    if (passes) rows[found++] = row;
  }
  return rows.subarray(0, found);
}
