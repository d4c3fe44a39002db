// The cost page's key figures (cost_keys.py), each against the equal period before.
const KEY_PLACES = 18;
const sumOf = (seen) => {
  const [total] = costBy(seen, [], { counts: TOKENS });
  return total;
};
function changed(now, then, name = "cost_usd") {
  if (!then || now[name] === null || then[name] === null) return "";
  return change(now[name], then[name]);
}
function moneyFigure(row, note, { spark = [], change: changeText = "", places = scale } = {}) {
  const cost = row.cost_usd;
  const prefix = cost !== null && isBounded(row) ? "at least" : "";
  const exact = `${prefix} ${exactUsd(cost, places)}`.trim();
  return { value: usd(cost, places), exact, note, prefix, spark, change: changeText };
}
const costSpark = (rows) => sparkline(rows, (row) => dollars(row.cost_usd));
function whyAtLeast(total, seen) {
  const parts = [];
  if (total.lower_bound_responses) {
    const bounded = percent(total.lower_bound_responses, total.responses);
    parts.push(`${bounded} of responses without a final count`);
  }
  if (total.unpriced_tokens) {
    const unpriced = costBy(seen, ["model"]).filter((row) => row.unpriced_tokens).length;
    parts.push(`${plural(unpriced, "model")} without a price`);
  }
  return parts.join("; ");
}
/** The last days of those in view, against as many before where these are whole. */
function lastDays(daily) {
  const days = dictionaries.day.text, number = data.rules.last_days;
  const start = plusDays(days[daily.at(-1).day], 1 - number), before = plusDays(start, -number);
  const now = daily.filter((row) => days[row.day] >= start);
  const then = daily.filter((row) => days[row.day] >= before && days[row.day] < start);
  const total = (rows) => ({
    cost_usd: totalCost(rows),
    ...Object.fromEntries(BOUNDS.map((name) => [name, rows.reduce((s, row) => s + row[name], 0)])),
  });
  const row = total(now);
  const changeText = days[daily[0].day] <= before ? changed(row, total(then)) : "";
  const note = `up to ${dayName(days[daily.at(-1).day])}`
    + (changeText ? `, against the ${number} days before` : "");
  const figure = moneyFigure(row, note, { spark: costSpark(now), change: changeText });
  return { name: `Last ${number} days`, ...figure };
}
function meanRow(seen, total, by) {
  const number = sizeOf(seen, [by]), cost = total.cost_usd;
  const mean = cost === null || !number
    ? null : divided(cost * tenTo(KEY_PLACES - scale), BigInt(number));
  return { ...total, cost_usd: mean, number };
}
function per(name, by, now, then) {
  const row = meanRow(now.seen, now.total, by);
  const changeText = then ? changed(row, meanRow(then.seen, then.total, by)) : "";
  const note = `over ${plural(row.number, by)}`;
  return { name, ...moneyFigure(row, note, { change: changeText, places: KEY_PLACES }) };
}
function points(now, then) {
  const [sent, before] = [sumOver(now, PROMPT_TOKENS), sumOver(then, PROMPT_TOKENS)];
  if (!sent || !before) return "";
  const difference = (100 * now.cache_read_tokens) / sent - (100 * then.cache_read_tokens) / before;
  const size = fixed(Math.abs(difference), 1), sign = difference > 0 ? "+" : "-";
  return `${size === "0.0" ? "±" : sign}${size} points`;
}
/** What the page says in large type, of the cells in view and of those of the period before. */
function costKeys(seen, before) {
  const total = sumOf(seen), daily = costBy(seen, ["day"], { counts: TOKENS });
  const then = before && { seen: before.seen, total: sumOf(before.seen) };
  const now = { seen, total }, tokens = sumOver(total, TOKENS), sent = sumOver(total, PROMPT_TOKENS);
  const read = total.cache_read_tokens;
  const share = (row) => {
    const of = sumOver(row, PROMPT_TOKENS);
    return of ? (100 * row.cache_read_tokens) / of : 0;
  };
  return [
    {
      name: "Total cost",
      ...moneyFigure(total, whyAtLeast(total, seen), {
        spark: costSpark(daily), change: changed(total, then?.total),
      }),
    },
    then ? {
      name: "Period before",
      ...moneyFigure(then.total, daysName(before.days), {
        spark: costSpark(costBy(before.seen, ["day"])),
      }),
    } : lastDays(daily),
    per("Per day with usage", "day", now, then),
    per("Per session", "session", now, then),
    {
      name: "Tokens",
      value: compact(tokens),
      exact: `${count(tokens)} tokens in ${count(total.responses)} responses`,
      note: `${compact(total.output_tokens)} of them output`,
      prefix: "",
      spark: sparkline(daily, (row) => sumOver(row, TOKENS)),
      change: then ? change(BigInt(tokens), BigInt(sumOver(then.total, TOKENS))) : "",
    },
    {
      name: "Read from cache",
      value: percent(read, sent),
      exact: `${count(read)} of ${count(sent)} prompt tokens`,
      note: "of all prompt tokens",
      prefix: "",
      spark: sparkline(daily, share),
      change: then ? points(total, then.total) : "",
    },
  ];
}
// The cells that a page without any is empty of, and its key figures.
const pages = { cost: { main: ["usage"], keys: costKeys, read: readNames } };
