// What the activity page's panels say: charts/summaries.py's sentences, of the cells in view.
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b), { length } = sorted;
  return length ? (sorted[(length - 1) >> 1] + sorted[length >> 1]) / 2 : null;
}
const sumBy = (rows, name) => rows.reduce((sum, row) => sum + row[name], 0);

function calendarWords(rows) {
  const active = rows.filter((row) => row.prompts);
  if (!active.length) return NOTHING;
  const first = active.reduce((most, row) => (row.prompts > most.prompts ? row : most));
  const number = sumBy(rows, "prompts"), told = plural(number, "prompt");
  if (active.length === 1)
    return `${told}, ${number === 1 ? "on" : "all on"} ${dayName(first.text)}.`;
  return `${told} on ${count(active.length)} days;`
    + ` the most on ${dayName(first.text)}, ${count(first.prompts)}.`;
}
function weekWords(grid) {
  const days = grid.map((row) => row.reduce((sum, number) => sum + number, 0));
  const total = days.reduce((sum, number) => sum + number, 0);
  if (!total) return NOTHING;
  const most = Math.max(...days);
  const [day] = WEEKDAYS.filter((_, place) => days[place] === most).sort().reverse();
  const hours = grid[0].map((_, hour) => grid.reduce((sum, row) => sum + row[hour], 0));
  return `Busiest on ${day}s with ${percent(most, total)} of the responses, and in the hour from`
    + ` ${hours.indexOf(Math.max(...hours))}:00.`;
}
function dailyActivityWords(rows, by) {
  const of = (name, noun) => plural(sumBy(rows, name), noun);
  return `${of("prompts", "prompt")}, ${of("responses", "response")} and`
    + ` ${of("tool_calls", "tool call")} on ${plural(rows.length, by)}.`;
}
const linesWords = (rows) =>
  `${plural(sumBy(rows, "lines_added"), "line")} added and ${count(sumBy(rows, "lines_removed"))}`
  + " removed by edits.";
function activeWords(rows, by) {
  const worked = rows.filter((row) => row.active_minutes > 0);
  if (!worked.length) return NOTHING;
  const longest = worked.reduce((most, row) =>
    (row.active_minutes > most.active_minutes ? row : most));
  const day = dayName(longest.text), on = by === "day" ? `on ${day}` : `in the week of ${day}`;
  if (worked.length === 1) return `${duration(longest.active_minutes)}, all ${on}.`;
  return `${duration(median(worked.map((row) => row.active_minutes)))} in the median of`
    + ` ${plural(worked.length, by)}; the most ${on}, ${duration(longest.active_minutes)}.`;
}
function toolWords(rows, total) {
  if (!rows.length) return NOTHING;
  const first = dictionaries.tool.text[rows[0].tool];
  if (rows.length === 1) return `${plural(total, "call")}, all of ${shortened(first, 60)}.`;
  return `${count(total)} calls of ${plural(rows.length, "tool")}; ${shortened(first, 60)} most`
    + ` often, ${percent(rows[0].calls, total)}.`;
}
function failureWords(rows) {
  const calls = sumBy(rows, "calls"), errors = sumBy(rows, "errors");
  if (!calls) return NOTHING;
  if (!errors) return `None of ${plural(calls, "call")} failed.`;
  return `${count(errors)} of ${count(calls)} calls failed, ${percent(errors, calls)}; tools with`
    + ` at least ${data.rules.least_calls} calls are shown.`;
}
function errorWords(rows) {
  const errors = sumBy(rows, "errors"), retries = sumBy(rows, "retries");
  const limits = sumBy(rows, "rate_limits");
  if (!(errors + retries)) return "No API errors in this period.";
  const days = rows.filter((row) => row.errors + row.retries).length;
  return `${plural(errors, "error")} ended a turn and ${count(retries)}`
    + ` ${retries === 1 ? "was" : "were"} retried, on ${plural(days, "day")};`
    + ` ${limits ? count(limits) : "none"} of them for a limit.`;
}
function lengthWords(rows, number) {
  if (!rows.length) return NOTHING;
  const costs = rows.map((row) => row.cost_usd).sort(compared), { length } = costs;
  // The mean of the middle two, in tenths of the smallest part.
  const middle = 5n * (costs[(length - 1) >> 1] + costs[length >> 1]);
  const { text, active } = dictionaries.session;
  const [session] = longestFirst(rows.map((row) => row.session));
  const { cost_usd: cost } = rows.find((row) => row.session === session);
  const most = data.rules.most_sessions, out = number - length;
  const more = out ? ` ${count(out)} without a price left out.` : "";
  const took = `(${shortened(text[session], 60)}) took ${duration(active[session])} and ${usd(cost)}.`;
  if (length === 1) return `The only session ${took}${more}`;
  return `${duration(median(rows.map((row) => active[row.session])))} and`
    + ` ${usd(middle, scale + 1)} in the median of ${count(length)} sessions; the longest ${took}${more}`
    + (length > most ? ` The dearest ${count(most)} drawn.` : "");
}
