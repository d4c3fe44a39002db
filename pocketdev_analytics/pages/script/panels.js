// The interpreter of declarations: what a panel, and a key figure, shows of a view.
import { fixed, quotient } from "./decimals.js";
import { capitalize, change, daysName, dollars } from "./format.js";
import { setsOf, sparkline, valuesOf } from "./rows.js";
import { holds, layerOf, say, Scope } from "./scope.js";
import { SHAPES } from "./shapes.js";
import { tableOf } from "./tables.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {{view: View, before: ?View, beforeDays: ?[string, string], names: string[],
 *   spec: object, state: object, palette: object, scale: number}} Page what is in view, and in
 *   the equal period before; `names` are the dimensions that are filtered
 * @typedef {{title: string, summary: string, notes: string[], remark: string,
 *   table: () => import("./tables.js").Table, figure: ?import("./shapes-time.js").Figure}} Drawn
 * @typedef {{name: string, value: string, exact: string, prefix: string, note: string,
 *   change: string, spark: number[]}} KeyFigure
 */

const FILTERED = "is_filtered.";

/** The values that every text of the page may name. @param {Page} page @returns {Scope} */
function pageScope({ view, before, beforeDays, names, spec, state, scale }) {
  const known = {
    ...state,
    has_model: true, grain: view.grain, Grain: capitalize(view.grain), has_before: Boolean(before),
    has_period: Boolean(beforeDays),
    before_days: before ? daysName(beforeDays) : "",
  };
  const isFiltered = {
    has: (name) => name.startsWith(FILTERED), get: (name) => names.includes(name.slice(FILTERED.length)),
  };
  return new Scope({ scale, bounds: spec.bounds }, layerOf(known), isFiltered);
}
/** The sets of a declaration, and its values in scope. */
function interpret(declared, page) {
  const scope = pageScope(page), { query, sets = {}, values = {} } = declared;
  const queryOf = (name) => (query.table ? query : query[name]);
  const rows = (name) => (name.startsWith("before.")
    ? page.before?.run(queryOf(name.slice(7))) ?? [] : page.view.run(queryOf(name)));
  const made = setsOf(rows, sets, scope);
  return { sets: made, scope: scope.under(valuesOf(values, made, scope)) };
}
/** The notes that have something to say: one, or one for each row of a set. */
function notesOf(declared, { sets, scope }) {
  return declared.flatMap(({ each, text, limit, more }) => {
    if (!each) return [say(text, scope)];
    const rows = sets(each), found = rows.slice(0, limit).map((row) => say(text, scope.row(row)));
    return rows.length > limit ? [...found, say(more, scope.row({ more: rows.length - limit }))] : found;
  }).filter(Boolean);
}

/**
 * What a panel shows.
 * @param {object} panel its declaration @param {Page} page @returns {Drawn}
 */
export function drawPanel(panel, page) {
  const { sets, scope } = interpret(panel, page), { chart, notes = [] } = panel;
  const drawing = {
    sets, scope, grain: page.view.grain, today: page.state.today, weekStart: page.state.week_start ?? 0,
    palette: page.palette, dollars: (units) => dollars(units, page.scale),
  };
  const named = page.spec.notes;
  return {
    title: say(panel.title, scope),
    // A name keeps its letters.
    summary: say(panel.summary, scope).replace(/^at least /, "At least "),
    notes: typeof notes === "string"
      ? notesOf(named.notes[notes], interpret(named, page)) : notesOf(notes, { sets, scope }),
    remark: say(panel.remark ?? "", scope),
    table: () => tableOf(panel.table, drawing),
    figure: chart ? SHAPES[chart.shape](chart, drawing) : null,
  };
}

/** How many points of a hundred more or less than before. */
function pointsOf(now, before, scope) {
  const shares = [now, before].map((each) => [scope.decimal(each.part), scope.decimal(each.whole)]);
  if (!shares.every(([part, whole]) => part && whole?.[0])) return "";
  const [left, right] = shares.map(([[part, places], whole]) => quotient([100n * part, places], whole, 26));
  const difference = fixed([left[0] - right[0], 26], 1), size = difference.replace("-", "");
  return `${size === "0.0" ? "±" : difference === size ? "+" : "-"}${size} points`;
}
function changeOf(wanted, scope, hasBefore) {
  const compared = (now, before) => {
    const [left, right] = [scope.decimal(scope.get(now)), scope.decimal(scope.get(before))];
    return left && right ? change(left, right) : "";
  };
  if (wanted?.from) return compared(wanted.to, wanted.from);
  if (!wanted || !hasBefore) return "";
  if (wanted.points) return pointsOf(scope.get(wanted.points), scope.get(`before.${wanted.points}`), scope);
  return compared(wanted, `before.${wanted}`);
}
/**
 * The key figures that are shown.
 * @param {Page} page @param {number} sparkDays how many days a small line has at most
 * @returns {KeyFigure[]}
 */
export const keyFigures = (page, sparkDays) => page.spec.keys.flatMap((key) => {
  if (!holds(key.when ?? [], pageScope(page))) return [];
  const { sets, scope } = interpret(key, page), [set, column] = key.spark ?? [];
  const height = (row) => (typeof row[column] === "bigint" ? dollars(row[column], page.scale) : row[column]);
  return [{
    name: say(key.name, scope), value: say(key.value, scope), exact: say(key.exact, scope),
    prefix: say(key.prefix ?? "", scope),
    note: key.notes.map((note) => say(note, scope)).filter(Boolean).join("; "),
    change: changeOf(key.change, scope, Boolean(page.before)),
    spark: set ? sparkline(sets(set), height, sparkDays) : [],
  }];
});
