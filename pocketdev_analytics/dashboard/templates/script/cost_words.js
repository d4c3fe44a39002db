// What the cost page's panels say: charts/summaries.py's sentences, of the cells in view.
const meanUsd = (units, number) => usd(meanOf(units, number), scale + MEAN_PLACES);

function dailyWords(rows, by) {
  const priced = summed(rows, by).filter((row) => row.cost_usd !== null);
  if (!priced.length) return NOTHING;
  const [first] = dearest(priced, by), day = dictionaries[by].text[first[by]];
  const when = by === "day" ? dayName(day) : `the week of ${dayName(day)}`;
  if (priced.length === 1)
    return sentence(`${totalWords(rows)}, all of it ${by === "day" ? "on" : "in"} ${when}.`);
  return sentence(`${totalWords(rows)} on ${plural(priced.length, by)} with usage,`
    + ` ${meanUsd(totalCost(priced), priced.length)} each on average; the most on ${when},`
    + ` ${usd(first.cost_usd)}.`);
}
function cumulativeWords(rows, by) {
  const total = totalCost(rows);
  if (!total) return rows.length ? sentence(`${totalWords(rows)} in all.`) : NOTHING;
  if (rows.length === 1)
    return sentence(`${totalWords(rows)}, all of it by ${dayName(dictionaries[by].text[rows[0][by]])}.`);
  let sum = 0n;
  const half = rows.find((row) => 2n * (sum += row.cost_usd ?? 0n) >= total);
  const day = dayName(dictionaries[by].text[half[by]]);
  return sentence(`${totalWords(rows)} in all, half of it by ${day}.`);
}
function monthlyWords(rows) {
  const months = summed(rows, "month").filter((row) => row.cost_usd !== null);
  if (!months.length) return NOTHING;
  const latest = months.at(-1), [first] = dearest(months, "month");
  const name = ({ month }) => monthName(dictionaries.month.text[month]);
  if (months.length === 1) return `${usd(latest.cost_usd)}, all of it in ${name(latest)}.`;
  if (latest === first)
    return `${usd(latest.cost_usd)} in ${name(latest)}, the latest month and the most expensive.`;
  return `${usd(latest.cost_usd)} in ${name(latest)}, the latest month; the most in ${name(first)},`
    + ` ${usd(first.cost_usd)}.`;
}
function agentWords(rows, kinds) {
  const total = totalCost(rows), others = rows.filter((row) => kinds[row.runner] === 1);
  if (!total) return NOTHING;
  if (!others.length) return `No subagent ran; ${totalWords(rows)} in all.`;
  const responses = (of) => of.reduce((sum, row) => sum + row.responses, 0);
  return `Subagents take ${percent(totalCost(others) ?? 0n, total)} of ${totalWords(rows)}, in`
    + ` ${percent(responses(others), responses(rows))} of the responses.`;
}
function classWords(rows) {
  const total = totalCost(rows), tokens = rows.reduce((sum, row) => sum + row.tokens, 0);
  if (!total || !tokens) return NOTHING;
  const [first] = dearest(rows, "place");
  return `${first.label} is the largest part of the cost, ${percent(first.cost_usd, total)},`
    + ` with ${percent(first.tokens, tokens)} of ${compact(tokens)} tokens.`;
}
function savingsWords(rows) {
  const priced = rows.filter((row) => row.saved_usd !== null);
  if (!priced.length) return NOTHING;
  const saved = totalCost(priced, "saved_usd"), paid = totalCost(priced);
  return `Caching saved ${usd(saved)}, ${percent(saved, paid + saved)} of what the same usage`
    + ` would have cost without it; ${usd(paid)} was paid.`;
}
function sessionWords(rows, order) {
  const total = totalCost(rows), known = dictionaries.session;
  if (!total) return NOTHING;
  const [first] = order, top = totalCost(order.slice(0, 10)) ?? 0n;
  const cost = usd(first.cost_usd), name = shortened(known.text[first.session], 60);
  if (rows.length === 1) return `The only session cost ${cost} (${name}).`;
  const ten = rows.length > 10 ? `; the first ten make up ${percent(top, total)}` : "";
  return `The most expensive of ${count(rows.length)} sessions cost ${cost} (${name})${ten}.`;
}
function windowWords(rows, text, running) {
  const priced = rows.filter((row) => row.cost_usd !== null);
  if (!priced.length) return NOTHING;
  const [first] = dearest(priced, "window"), most = data.rules.most_windows;
  const began = text[first.window];
  const cost = `${usd(first.cost_usd)}, ${compact(first.total_tokens)} tokens`;
  if (rows.length === 1)
    return `One window: it began ${began}${running[first.window] ? " and is running" : ""},`
      + ` and cost ${cost}.`;
  const shown = rows.length > most ? `, the latest ${most} shown` : "";
  const isRunning = rows.some((row) => running[row.window]);
  return `${count(rows.length)} windows${shown}, ${meanUsd(totalCost(priced), priced.length)}`
    + ` each on average; the dearest began ${began} and cost ${cost}.`
    + `${isRunning ? " The last one is running." : ""}`;
}
