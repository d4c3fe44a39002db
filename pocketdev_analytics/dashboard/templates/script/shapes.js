// The shapes of charts, each drawn anew in the style that the page's own figure has.
const NOTHING = "Nothing to show in this period.";
const styleOf = (id) => structuredClone(data.figures[id]);
const isBounded = (row) => Boolean(row.lower_bound_responses || row.unseen_calls || row.unpriced_tokens);
const exactCost = (row) => {
  const exact = exactUsd(row.cost_usd);
  return row.cost_usd !== null && isBounded(row) ? `at least ${exact}` : exact;
};
/** The sum of what has a price; null where there are rows and none has. */
function totalCost(rows, name = "cost_usd") {
  const known = rows.filter((row) => row[name] !== null);
  return known.length || !rows.length ? known.reduce((sum, row) => sum + row[name], 0n) : null;
}
function totalWords(rows) {
  const total = totalCost(rows);
  return `${total !== null && rows.some(isBounded) ? "at least " : ""}${usd(total)}`;
}
const compared = (a, b) => (a < b ? -1 : Number(a > b));
/** Which of two rows is first by a name: by its place, unless its names stand in another order. */
const comparedBy = (by, a, b) => {
  const order = dictionaries[by]?.order;
  return order ? compared(order[a[by]], order[b[by]]) : compared(a[by], b[by]);
};
/** Rows with the largest cost first; where it is equal, or as none has a price, by name. */
const ranked = (rows, by) =>
  [...rows].sort((a, b) => compared(b.cost_usd ?? 0n, a.cost_usd ?? 0n) || comparedBy(by, a, b));
/** The same with those without a price last. */
const dearest = (rows, by) => [...rows].sort((a, b) =>
  (a.cost_usd === null) - (b.cost_usd === null)
  || compared(b.cost_usd ?? 0n, a.cost_usd ?? 0n) || comparedBy(by, a, b));
const sentence = (words) => words[0].toUpperCase() + words.slice(1);

/** Rows added up by one name. */
function summed(rows, by) {
  const found = new Map();
  for (const row of rows) {
    const sum = found.get(row[by]);
    if (!sum) found.set(row[by], { ...row });
    else {
      if (row.cost_usd !== null) sum.cost_usd = (sum.cost_usd ?? 0n) + row.cost_usd;
      for (const name of data.rules.bounds) sum[name] += row[name];
    }
  }
  return [...found.values()].sort((a, b) => a[by] - b[by]);
}

/** An axis of days or weeks: half a bar of room at each end, never only a few bars wide. */
function dateAxis(axis, days, by) {
  const hours = by === "week" ? 84 : 12, step = 2 * hours * 36e5;
  const at = (time) => new Date(time).toISOString().slice(0, 19).replace("T", " ");
  const last = dateOf(days.at(-1)).getTime() + step / 2;
  const first = dateOf(days[0]).getTime() - step / 2;
  return { ...axis, range: [at(Math.min(first, last - data.rules.least_bars * step)), at(last)] };
}

/** How wide a bar is on an axis of days or weeks, or of so many months or windows. */
function barWidth(by, number) {
  const { bar_width: width, bar_width_ms: fixedWidths, least_columns: least } = data.rules;
  return fixedWidths[by] ?? Number(fixed(width * Math.min(number / least, 1), 3));
}
/** A tick for each where a scale has few. */
function countTicks(axis, most) {
  delete axis.dtick;
  if (most < data.rules.few) axis.dtick = 1;
}
/** Every month from the first to the last. */
function allMonths(months) {
  const number = (month) => 12 * Number(month.slice(0, 4)) + Number(month.slice(5)) - 1;
  if (!months.length) return [];
  const first = number(months[0]), last = number(months.at(-1));
  return Array.from({ length: last - first + 1 }, (_, place) =>
    `${String(Math.floor((first + place) / 12)).padStart(4, "0")}-${String(((first + place) % 12) + 1).padStart(2, "0")}`);
}
/** An axis of months, also of those without a bar, at most a year of them with their name. */
function nameMonths(figure, known) {
  const months = allMonths(known);
  const each = Math.ceil(months.length / 12) || 1;
  const labelled = months.filter((_, index) => index % each === 0);
  Object.assign(figure.layout.xaxis, {
    categoryarray: months, tickvals: labelled, ticktext: labelled.map((month) => monthName(month).replace(" ", "<br>")),
  });
}

/** Days up to a good year, else weeks. */
function grainOf(days) {
  return daysBetween(days[0], days.at(-1)) > data.rules.most_days ? "week" : "day";
}
/** The values of the last days, 0 for days without a row. */
function sparkline(rows, value) {
  if (!rows.length) return [];
  const days = dictionaries.day.text;
  const known = new Map(rows.map((row) => [days[row.day], value(row)]));
  const last = days[rows.at(-1).day], first = days[rows[0].day];
  const earliest = plusDays(last, 1 - data.rules.spark_points);
  const from = first > earliest ? first : earliest;
  return Array.from({ length: daysBetween(from, last) + 1 }, (_, day) =>
    known.get(plusDays(from, day)) || 0);
}
/** A colour for each model: its usual one where none before it has that one. */
function coloursOf(places) {
  const { series, rest, max_series: most } = data.rules;
  const told = places.length <= most ? places.length : most - 1, taken = [];
  for (const place of places.slice(0, told)) {
    const usual = series[dictionaries.model.rank[place] % series.length];
    taken.push(taken.includes(usual) ? series.find((each) => !taken.includes(each)) : usual);
  }
  return places.map((_, index) => taken[index] ?? rest);
}

/** Bars over time, a trace for each of the largest names, and one with the sum on hover. */
function stack(id, rows, by, series) {
  const { max_series: most, rest: restColour } = data.rules;
  const figure = styleOf(id), [bar] = figure.data;
  const order = ranked(summed(rows, series), series).map((row) => row[series]);
  const keep = order.length <= most ? order : order.slice(0, most - 1), colours = coloursOf(keep);
  const text = (row) => dictionaries[by].text[row[by]];
  const periods = summed(rows, by).map(text);
  const width = barWidth(by, (by === "month" ? allMonths(periods) : periods).length);
  const trace = (style, of, changes) => ({
    ...style, x: of.map(text), y: of.map((row) => dollars(row.cost_usd)), customdata: of.map(exactCost),
    ...changes,
  });
  const bars = (of, label, color) => trace(bar, summed(of, by), {
    name: totalCost(of) === null ? `${label} (no price)` : label,
    marker: { ...bar.marker, color },
    width,
  });
  figure.data = keep.map((place, index) => bars(
    rows.filter((row) => row[series] === place),
    figureLabel(dictionaries[series].text[place]), colours[index]));
  const rest = rows.filter((row) => !keep.includes(row[series]));
  if (rest.length) figure.data.push(bars(rest, data.rules.other, restColour));
  if (figure.data.length > 1) figure.data.push(trace(data.rules.sum, summed(rows, by)));
  return figure;
}

/** Bars side by side from the top, the first of `rows` at `most`, with words beside them. */
function ranking(id, rows, { labels, names, texts, colour }) {
  const figure = styleOf(id), [bars, pareto] = figure.data;
  placeBars(figure, rows.map((row) => dollars(row.cost_usd) ?? 0), labels);
  Object.assign(bars, {
    text: texts,
    customdata: rows.map((row, index) => [names[index], exactCost(row)]),
    marker: colour ? { ...bars.marker, color: colour } : bars.marker,
  });
  return { figure, bars, pareto };
}
function placeBars({ data: [bars], layout }, lengths, labels) {
  const { xaxis, yaxis } = layout;
  Object.assign(bars, { y: lengths.map((_, index) => index), x: lengths });
  layout.height += 30 * (Math.max(lengths.length, 2) - Math.max(yaxis.ticktext.length, 2));
  xaxis.range = [0, (Math.max(0, ...lengths) || 1) * 1.5];
  Object.assign(yaxis, {
    tickvals: bars.y, ticktext: labels, range: [lengths.length - 0.5, -0.5],
  });
}
/** The line of what the bars make up together. */
function addPareto({ figure, bars, pareto }, rows, total) {
  let sum = 0n;
  Object.assign(pareto, {
    y: bars.y,
    x: rows.map((row) => {
      sum += row.cost_usd ?? 0n;
      return total ? sharePercent(sum, total) : 0;
    }),
    customdata: rows.map((_, index) => index + 1),
  });
  return figure;
}
/** A share as what a figure is drawn from. */
const sharePercent = (part, whole) => Number((part * 100n * tenTo(18)) / whole) / 1e18;
const amountText = (row, total) => {
  if (row.cost_usd !== null) return `${usd(row.cost_usd)} · ${percent(row.cost_usd, total ?? 0n)}`;
  return row.unpriced_tokens ? `no price · ${compact(row.unpriced_tokens)} tokens` : "no price";
};
/** What the first of a ranking takes of the whole. */
function leader(rows, by, name, among) {
  const total = totalCost(rows);
  if (!total) return NOTHING;
  const [first] = ranked(rows, by);
  if (rows.length === 1)
    return sentence(`${totalWords(rows)}, all of it for ${shortened(name(first), 60)}.`);
  return `${shortened(name(first), 60)} takes ${percent(first.cost_usd ?? 0n, total)} of`
    + ` ${totalWords(rows)} for ${among}.`;
}

// Tables: a cell is a text, and the exact value where that is more.
function moneyCell(units, bounded) {
  if (units === null) return ["no price"];
  if (!units) return [bounded ? "≥ $0.00" : "0"];
  return [`${bounded ? "≥ " : ""}${usd(units)}`, plainUsd(units)];
}
const minutesCell = (minutes) =>
  (minutes === null ? [""] : [duration(minutes), sixDigits(minutes)]);
const nameCell = (name, place) =>
  [dictionaries[name].text[place], dictionaries[name].exact?.[place] ?? ""];
function cellOf(row, source) {
  const value = row[source];
  if (Array.isArray(value)) return value;
  if (source === "cost_usd") return moneyCell(value, isBounded(row));
  if (source.endsWith("_usd")) return moneyCell(value, false);
  return source in dictionaries ? nameCell(source, value) : [count(value)];
}
/** The first rows in the columns that the page's own table has. */
function tableOf(id, rows, most = Infinity) {
  const { columns } = data.live[id];
  const shown = rows.slice(0, most);
  return {
    columns,
    rows: shown.map((row) => columns.map(([source]) => cellOf(row, source))),
    more: rows.length - shown.length,
  };
}
/** Cost by period and model as one row a period: a column for each model, and the sum. */
function modelTable(rows, by, heading) {
  const { max_series: most, other } = data.rules;
  const order = ranked(summed(rows, "model"), "model").map((row) => row.model);
  const keep = order.length <= most ? order : order.slice(0, most - 1);
  const groups = keep.map((place) => [
    dictionaries.model.key[place] === data.rules.no_name ? data.rules.no_name
      : shortened(dictionaries.model.text[place]),
    rows.filter((row) => row.model === place)]);
  const rest = rows.filter((row) => !keep.includes(row.model));
  if (rest.length) groups.push([other, rest]);
  const columns = groups.map(([name, of]) =>
    [`${name}, USD`, new Map(summed(of, by).map((row) => [row[by], row.cost_usd]))]);
  columns.push(["All, USD", new Map(summed(rows, by).map((row) => [row[by], row.cost_usd]))]);
  return {
    columns: [[by, heading, 0], ...columns.map(([name]) => ["", name, 0])],
    rows: summed(rows, by).map((row) => [
      nameCell(by, row[by]),
      ...columns.map(([, costs]) => moneyCell(costs.has(row[by]) ? costs.get(row[by]) : 0n)),
    ]),
    more: 0,
  };
}
