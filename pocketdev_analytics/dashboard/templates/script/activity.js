// The activity page: what each of its panels shows of the cells in view.
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
