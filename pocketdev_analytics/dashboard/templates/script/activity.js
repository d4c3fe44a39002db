// The activity page: what each of its panels shows of the cells in view.
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

const makers = {
  calendarHeatmap(id, seen) {
    const rows = doneBy(seen, ["day"]), days = rows.map((row) => row.text);
    const [first, last] = calendarSpan(days), figure = styleOf(id), [squares] = figure.data;
    const known = new Map(rows.map((row) => [row.text, row.prompts]));
    const weeks = (daysBetween(first, last) + 1) / 7;
    const mondays = Array.from({ length: weeks }, (_, week) => plusDays(first, 7 * week));
    const grid = WEEKDAYS.map((_, day) => mondays.map((monday) => plusDays(monday, day)));
    const isKnown = (day) => day >= days[0] && day <= days.at(-1);
    Object.assign(squares, {
      x: mondays,
      y: WEEKDAYS.map((day) => day.slice(0, 3)),
      z: grid.map((row) => row.map((day) => (isKnown(day) ? known.get(day) ?? 0 : null))),
      customdata: grid.map((row) =>
        row.map((day) => `${dayName(day)}: ${count(known.get(day) ?? 0)}`)),
    });
    Object.assign(figure.layout.xaxis, calendarTicks(mondays));
    figure.layout.coloraxis = colourScale(squares.z);
    const shown = rows.filter((row) => row.text >= first);
    return {
      figure, notes: noModel(), table: periodTable(id, shown, "day"), summary: calendarWords(shown),
    };
  },
  dailyActivity(id, seen) {
    const by = grainInView(seen), rows = doneBy(seen, [by]), figure = styleOf(id);
    const days = rows.map((row) => row.text);
    const measures = ["sessions", "prompts", "responses", "tool_calls"];
    measures.forEach((name, place) => {
      const numbers = rows.map((row) => row[name]);
      Object.assign(figure.data[place], { x: days, y: numbers, width: barWidth(by, days.length) });
      countAxis(figure.layout[`yaxis${place ? place + 1 : ""}`], numbers);
    });
    datesAxis(figure.layout, days, by);
    return {
      figure, notes: noModel(), title: `Sessions, prompts, responses and tool calls per ${by}`,
      table: periodTable(id, rows, by), summary: dailyActivityWords(rows, by),
    };
  },
  hourByWeekday(id, seen) {
    const grid = WEEKDAYS.map(() => new Array(24).fill(0)), figure = styleOf(id);
    const { text } = dictionaries.day;
    for (const { day, hour, responses } of grouped(
      cubes.hours, seen.hours, ["day", "hour"], { counts: ["responses"] }))
      grid[(dateOf(text[day]).getUTCDay() + 6) % 7][hour] += responses;
    Object.assign(figure.data[0], {
      x: grid[0].map((_, hour) => hour), y: WEEKDAYS.map((day) => day.slice(0, 3)), z: grid,
    });
    figure.layout.coloraxis = colourScale(grid);
    const table = tableOf(id, grid.map((row, day) => ({ ...row, weekday: [WEEKDAYS[day]] })));
    return { figure, table, summary: weekWords(grid) };
  },
  activeHours(id, seen) {
    const by = grainInView(seen), rows = workedBy(filtersOf(state), by), figure = styleOf(id);
    const drawnRows = rows.some((row) => row.active_minutes) ? rows : [], { yaxis } = figure.layout;
    const days = drawnRows.map((row) => row.text), minutes = drawnRows.map((row) => row.active_minutes);
    const most = Math.max(0, ...minutes), unit = most >= 60 ? 60 : 1;
    Object.assign(figure.data[0], {
      x: days,
      y: minutes.map((each) => Number(fixed(each / unit, 3))),
      width: barWidth(by, days.length),
      customdata: minutes.map(duration),
    });
    yaxis.ticksuffix = unit > 1 ? " h" : " min";
    countTicks(yaxis, most / unit);
    delete yaxis.range;
    if (most < 1) yaxis.range = [0, 1.05];
    datesAxis(figure.layout, days, by);
    const table = periodTable(
      id, rows.map((row) => ({ ...row, active_minutes: minutesCell(row.active_minutes) })), by);
    return {
      figure, table, notes: ofAll(), title: `Active time per ${by}`, summary: activeWords(rows, by),
    };
  },
  toolMix(id, seen) {
    const rows = toolsIn(seen).sort((a, b) => b.calls - a.calls || a.tool - b.tool);
    const total = sumBy(rows, "calls"), shown = rows.slice(0, data.rules.most_shown);
    const figure = toolBars(
      id, shown, shown.map((row) => row.calls),
      shown.map((row) => `${compact(row.calls)} · ${percent(row.calls, total)}`),
      shown.map((row) => plural(row.calls, "call")));
    return { figure, notes: noModel(), table: toolTable(id, rows), summary: toolWords(rows, total) };
  },
  toolErrors(id, seen) {
    const rows = toolsIn(seen).sort((a, b) =>
      (a.error_rate === null) - (b.error_rate === null)
      || b.error_rate - a.error_rate || a.tool - b.tool);
    const shown = rows
      .filter((row) => row.calls >= data.rules.least_calls && row.error_rate > 0)
      .slice(0, data.rules.most_shown);
    const shares = shown.map((row) => 100 * row.error_rate);
    const figure = toolBars(
      id, shown, shares, shares.map((share) => percent(share, 100)),
      shown.map((row) => `${count(row.errors)} of ${count(row.calls)} calls failed`));
    return { figure, notes: noModel(), table: toolTable(id, rows), summary: failureWords(rows) };
  },
  dailyLinesChanged(id, seen) {
    const by = grainInView(seen), rows = doneBy(seen, [by]), figure = styleOf(id);
    const days = rows.map((row) => row.text);
    const isEmpty = !rows.some((row) => row.lines_added || row.lines_removed);
    ["lines_added", "lines_removed"].forEach((name, place) => {
      const lines = isEmpty ? [] : rows.map((row) => row[name]);
      Object.assign(figure.data[place], {
        x: isEmpty ? [] : days,
        y: lines.map((number) => (place ? -number : number)),
        width: barWidth(by, lines.length),
        customdata: lines,
      });
    });
    const edits = rows.flatMap((row) => [row.lines_added, row.lines_removed]);
    countTicks(figure.layout.yaxis, Math.max(0, ...edits));
    datesAxis(figure.layout, days, by);
    return {
      figure, notes: noModel(), title: `Lines added and removed per ${by}`,
      table: periodTable(id, rows, by), summary: linesWords(rows),
    };
  },
  apiErrors(id, seen) {
    const found = grouped(cubes.kinds, seen.kinds, ["day"], { counts: FAILURES });
    const known = new Map(found.map((row) => [row.day, row])), figure = styleOf(id);
    const nothing = { errors: 0, retries: 0, rate_limits: 0 };
    const rows = doneBy(seen, ["day"]).map(({ day, text }) =>
      ({ ...nothing, ...known.get(day), day, text }));
    const drawnRows = found.some((row) => row.errors + row.retries) ? rows : [];
    const days = drawnRows.map((row) => row.text), limited = drawnRows.filter((row) => row.rate_limits);
    figure.data = figure.data.slice(0, limited.length ? 3 : 2);
    ["errors", "retries"].forEach((name, place) =>
      Object.assign(figure.data[place], {
        x: days, y: drawnRows.map((row) => row[name]), width: barWidth("day", days.length),
      }));
    countAxis(figure.layout.yaxis, rows.map((row) => row.errors + row.retries));
    if (limited.length)
      Object.assign(figure.data[2], {
        x: limited.map((row) => row.text), y: limited.map((row) => row.rate_limits),
      });
    datesAxis(figure.layout, days, "day");
    const failed = rows.filter((row) => known.has(row.day));
    return {
      figure, notes: noModel(), table: periodTable(id, failed, "day"), summary: errorWords(rows),
    };
  },
  errorKinds(id, seen) {
    const rows = grouped(cubes.kinds, seen.kinds, ["kind"], { counts: FAILURES });
    const { error, status } = dictionaries.kind;
    rows.sort((a, b) => b.errors + b.retries - a.errors - a.retries || a.kind - b.kind);
    const table = tableOf(id, rows.map((row) => ({
      ...row, error: error[row.kind], status: status[row.kind],
    })), data.rules.most_rows);
    return { table, summary: data.live[id].summary };
  },
  sessionLengths(id, seen) {
    const sessions = sessionsIn(seen), figure = styleOf(id);
    const priced = dearest(sessions.map(sessionRow), "session").filter((row) => row.cost_usd !== null);
    const { text, active, has_subagents: helped } = dictionaries.session;
    const shown = priced.slice(0, data.rules.most_sessions);
    const { least_length: shortest, least_price: cheapest } = data.rules;
    const groups = ["Main thread alone", "With subagents"];
    figure.data = figure.data.map((trace) => {
      const rows = shown.filter((row) => groups[helped[row.session]] === trace.name);
      return {
        ...trace,
        x: rows.map((row) => Math.max(active[row.session], shortest)),
        y: rows.map((row) => Math.max(Number(fixed(dollars(row.cost_usd), 6)), cheapest)),
        customdata: rows.map((row) => [
          figureLabel(text[row.session], 60), duration(active[row.session]), exactCost(row)]),
      };
    }).filter((trace) => trace.x.length);
    logRange(figure.layout.xaxis, figure.data.flatMap((trace) => trace.x));
    logRange(figure.layout.yaxis, figure.data.flatMap((trace) => trace.y));
    return {
      figure,
      table: sessionRows(id, longestFirst(sessions)),
      summary: lengthWords(priced, sessions.length),
    };
  },
  sessions(id, seen) {
    const table = sessionRows(id, latestFirst(sessionsIn(seen)));
    return { table, summary: data.live[id].summary };
  },
};
