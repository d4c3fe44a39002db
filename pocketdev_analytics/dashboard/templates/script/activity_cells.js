// The activity page: what is made of the cells in view, for its panels and key figures.
const WEEKDAYS = [
  "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
];
const DONE = [
  "prompts", "responses", "tool_calls", "tool_errors", "api_errors", "lines_added", "lines_removed",
];
const CALLS = ["calls", "errors", "known", "lines_added", "lines_removed"];
const FAILURES = ["errors", "retries", "rate_limits"];
const isOfModel = () => state.model !== undefined;
/** Only responses have a model: under one, what was done is only these. */
const doneCube = () => (isOfModel() ? "usage" : "acts");
const noModel = () => (isOfModel() ? [data.rules.no_model] : []);
const ofAll = () => (isOfModel() || state.agent !== undefined ? [data.rules.all_work] : []);

/** How many sessions there are in each group. */
function sessionsBy(cube, cells, by) {
  const found = new Map(), { is_known: known } = dictionaries.session;
  for (const row of grouped(cubes[cube], cells, [...by, "session"]))
    if (known[row.session]) {
      const group = by.length ? row[by[0]] : 0;
      found.set(group, (found.get(group) ?? 0) + 1);
    }
  return found;
}
/** What was done by day or week, or in all: the columns of `reports.activity`. */
function doneBy(seen, by = []) {
  const key = `done ${by}`;
  if (!seen.known.has(key)) seen.known.set(key, added(seen, by));
  return seen.known.get(key);
}
function added(seen, by) {
  const cube = doneCube(), counts = isOfModel() ? ["responses"] : DONE;
  const sessions = sessionsBy(cube, seen[cube], by), nothing = Object.fromEntries(
    DONE.map((name) => [name, 0]));
  return grouped(cubes[cube], seen[cube], by, { counts }).map((row) => ({
    ...nothing, ...row,
    sessions: sessions.get(by.length ? row[by[0]] : 0) ?? 0,
    text: by.length ? dictionaries[by[0]].text[row[by[0]]] : "",
  }));
}
const grainInView = (seen) => grainOf(doneBy(seen, ["day"]).map((row) => row.text));
/** The sessions in view of which something is known. */
function sessionsIn(seen) {
  const cube = doneCube(), { latest } = dictionaries.session;
  return grouped(cubes[cube], seen[cube], ["session"])
    .map((row) => row.session).filter((session) => latest[session] >= 0);
}

/** Active time by day or week, or in all: the union of what was worked. */
function workedBy(filters, by) {
  const { names, counts } = cubes.worked, groups = new Map();
  const { days, project } = filters;
  const asked = { ...(days ? { days } : {}), ...(project === undefined ? {} : { project }) };
  const { tick } = data.controls;
  let end = 0, place = "";
  // The cells of a day and project follow each other, and are in view together.
  for (const cell of cellsOf(cubes.worked, asked)) {
    const group = by ? names[by][cell] : 0, here = `${names.day[cell]} ${names.project[cell]}`;
    if (here !== place) end = (dateOf(dictionaries.day.text[names.day[cell]]).getTime() - 864e5) * 1e3;
    place = here;
    const begin = end + counts.gap[cell] * tick;
    end = begin + counts.length[cell] * tick;
    const spans = groups.get(group) ?? [];
    spans.push([begin, end]);
    groups.set(group, spans);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([group, spans]) => ({
    ...(by ? { [by]: group, text: dictionaries[by].text[group] } : {}),
    active_minutes: minutesOf(union(spans)),
  }));
}
function union(spans) {
  let covered = 0, reached = -Infinity;
  for (const [begin, end] of spans.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (end > reached) covered += end - Math.max(begin, reached);
    reached = Math.max(reached, end);
  }
  return covered;
}
const minutesOf = (microseconds) => Number(fixed(microseconds / 1e6 / 60, 1));

/** An axis of days or weeks, also of none. */
function datesAxis(layout, days, by) {
  if (days.length) layout.xaxis = dateAxis(layout.xaxis, days, by);
  else delete layout.xaxis.range;
}
/** An axis of counts from 0, with whole ticks also where there are few. */
function countAxis(axis, numbers) {
  const most = Math.max(0, ...numbers);
  countTicks(axis, most);
  delete axis.range;
  if (most < data.rules.few) axis.range = [0, Math.max(most, 1) * 1.05];
}
/** Colours from 0, also where there is nothing else. */
function colourScale(grid) {
  const most = Math.max(...grid.flat().map(Number)), colorbar = {};
  countTicks(colorbar, most);
  return { cmin: 0, cmax: Math.max(1, most), colorbar };
}
/** A table whose first column is days, or weeks. */
function periodTable(id, rows, by, most) {
  const table = tableOf(id, rows.map((row) => ({ ...row, day: [row.text], week: [row.text] })), most);
  table.columns = [[by, sentence(by), 0], ...table.columns.slice(1)];
  return table;
}
/** The Monday of the first week that a calendar shows, and the Sunday of the last. */
function calendarSpan(days) {
  const monday = (day) => plusDays(day, -((dateOf(day).getUTCDay() + 6) % 7));
  const last = plusDays(monday(days.at(-1)), 6), [least, most] = data.rules.calendar_weeks;
  const latest = plusDays(last, 1 - 7 * least), earliest = plusDays(last, 1 - 7 * most);
  const first = monday(days[0]) > earliest ? monday(days[0]) : earliest;
  return [first < latest ? first : latest, last];
}
function calendarTicks(mondays) {
  const month = (day) => day.slice(0, 7);
  const firsts = mondays.filter((day, place) => !place || month(mondays[place - 1]) !== month(day));
  // Two labels in neighbouring weeks would touch.
  const kept = firsts.filter((day, place) =>
    place === firsts.length - 1 || daysBetween(day, firsts[place + 1]) > 7);
  return { tickvals: kept, ticktext: kept.map((day) => monthName(day).slice(0, 3)) };
}
function toolTable(id, rows) {
  return tableOf(id, rows.map((row) => ({
    ...row,
    error_rate: row.error_rate === null
      ? [""] : [percent(row.error_rate, 1), sixDigits(row.error_rate)],
  })), data.rules.most_rows);
}
function toolsIn(seen) {
  const rows = grouped(cubes.calls, seen.calls, ["tool"], { counts: CALLS });
  for (const row of rows) row.error_rate = row.known ? row.errors / row.known : null;
  return rows;
}
function toolBars(id, rows, lengths, texts, hover) {
  const figure = styleOf(id), { text, label } = dictionaries.tool;
  placeBars(figure, lengths, rows.map((row) => figureLabel(label[row.tool], 30)));
  Object.assign(figure.data[0], {
    text: texts,
    customdata: rows.map((row, place) => [figureLabel(text[row.tool], 80), hover[place]]),
  });
  return figure;
}
const numberCell = (number) => [number === null ? "" : count(number)];
function sessionRow(session) {
  const known = dictionaries.session, cost = known.cost[session];
  const counts = ["prompts", "responses", "subagent_responses", "tool_calls"];
  return {
    session,
    title: [...nameCell("session", session), known.link[session]],
    started_at: [known.starts[known.latest[session]]],
    duration_minutes: minutesCell(known.minutes[session]),
    active_minutes: minutesCell(known.active[session]),
    cost_usd: cost === null ? null : BigInt(cost),
    project: known.project[session] < 0
      ? ["(no project)"] : nameCell("project", known.project[session]),
    ...Object.fromEntries(counts.map((name) => [name, numberCell(known[name][session])])),
    lower_bound_responses: known.is_bounded[session],
  };
}
const latestFirst = (sessions) => {
  const { latest } = dictionaries.session;
  return [...sessions].sort((a, b) => latest[a] - latest[b]);
};
const longestFirst = (sessions) => {
  const { active } = dictionaries.session;
  return [...sessions].sort((a, b) => active[b] - active[a] || a - b);
};
const sessionRows = (id, sessions) => {
  const most = data.rules.most_rows, table = tableOf(id, sessions.slice(0, most).map(sessionRow));
  return { ...table, more: Math.max(sessions.length - most, 0) };
};

/** An axis from the tick below all points to the one above, so that two are always seen. */
function logRange(axis, values) {
  if (!values.length) {
    delete axis.range;
    return;
  }
  const least = Math.min(...values), most = Math.max(...values), ticks = axis.tickvals;
  const low = Math.max(...ticks.filter((tick) => tick <= least));
  const high = ticks.find((tick) => tick >= most && tick > low) ?? most;
  axis.range = [Math.log10(low) - data.rules.log_room, Math.log10(high) + data.rules.log_room];
}
