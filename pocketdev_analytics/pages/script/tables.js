// The tables of panels: a cell is a text, the exact value where that is more, and a link.
import { count, duration, plainUsd, share, shorten, sixDigits, usd } from "./format.js";
import { decimalOf } from "./decimals.js";
import { WEEKDAYS } from "./periods.js";
import { regroup } from "./rows.js";
import { Entry, isBounded, say } from "./scope.js";
import { hoursGrid } from "./shapes.js";
import { collapse } from "./shapes-time.js";

/**
 * @typedef {{text: string, exact: string, link: string}} Cell
 * @typedef {{columns: {heading: string, isText: boolean}[], rows: Cell[][], more: number}} Table
 */

const LONGEST = 80;

/** @param {string} text @param {string} [exact] @returns {Cell} */
const cell = (text, exact = "") => ({ text, exact, link: "" });
/** US dollars, with every digit on hover; "≥" before a lower bound. */
function moneyCell(units, scale, isFromBelow) {
  if (units === null) return cell("no price");
  const bound = isFromBelow ? "≥ " : "";
  if (!units) return cell(isFromBelow ? `${bound}$0.00` : "0");
  return cell(bound + usd([units, scale]), plainUsd([units, scale]));
}
function nameCell(value) {
  if (value instanceof Entry) return cell(String(value), value.get("exact"));
  const full = String(value ?? "").slice(0, 400), text = shorten(full, LONGEST);
  return cell(text, full === text ? "" : full);
}
/** @type {Object<string, (value: any) => Cell>} */
const CELLS = {
  count: (value) => cell(value === null ? "" : count(value)),
  share: (value) => (value === null ? cell("") : cell(share(decimalOf(value), [1n, 0]), sixDigits(value))),
  minutes: (value) => (value === null ? cell("") : cell(duration(value), sixDigits(value))),
  name: nameCell,
  text: (value) => cell(String(value ?? "")),
};

function rowsTable({ columns, limit = Infinity }, rows, { scope }) {
  const { scale, bounds } = scope.money, shown = rows.slice(0, limit);
  const cellOf = ({ source, cell: how, link }, row) => {
    if (how.text !== undefined) return cell(say(how.text, scope.row(row)));
    if (how !== "money") return { ...CELLS[how](row[source]), link: row[link] ?? "" };
    return moneyCell(row[source], scale, source === "cost_usd" && isBounded(row, bounds));
  };
  return {
    columns: columns.map(({ heading, is_text: isText = false }) =>
      ({ heading: say(heading, scope), isText })),
    rows: shown.map((row) => columns.map((column) => cellOf(column, row))),
    more: rows.length - shown.length,
  };
}
/** One row a period: a column for each series, and the sum. */
function seriesTable(declared, rows, { scope, palette }) {
  const { x, value, heading } = declared, { scale } = scope.money;
  const groups = rows.length ? collapse(rows, declared, palette) : [];
  const sums = groups.map(({ rows: of }) => new Map(regroup(of, [x]).map((row) => [row[x], row[value]])));
  const money = (units) => moneyCell(units, scale, false);
  return {
    columns: [say(heading, scope), ...groups.map(({ text }) => `${shorten(text)}, USD`), "All, USD"]
      .map((each) => ({ heading: each, isText: false })),
    rows: regroup(rows, [x]).map((row) => [
      cell(String(row[x])),
      ...sums.map((known) => money(known.has(row[x]) ? known.get(row[x]) : 0n)),
      money(row[value]),
    ]),
    more: 0,
  };
}
/** One row a weekday, one column an hour. */
function hoursTable({ value }, rows) {
  const grid = hoursGrid(rows, value);
  return {
    columns: ["Weekday", ...grid[0].map((_, hour) => `${hour}:00`)]
      .map((heading) => ({ heading, isText: false })),
    rows: grid.map((numbers, day) => [cell(WEEKDAYS[day]), ...numbers.map((number) => cell(count(number)))]),
    more: 0,
  };
}
const KINDS = { rows: rowsTable, series: seriesTable, hours: hoursTable };
/**
 * The table of a panel.
 * @param {object} declared @param {import("./shapes-time.js").Drawing} drawing @returns {Table}
 */
export const tableOf = (declared, drawing) =>
  KINDS[declared.kind ?? "rows"](declared, drawing.sets(declared.set), drawing);
