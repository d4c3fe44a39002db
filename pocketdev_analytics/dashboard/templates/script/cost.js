// The cost page: what each of its panels and key figures shows of the cells in view.
const BOUNDS = ["lower_bound_responses", "unpriced_tokens"];
const TOKENS = [
  "input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens",
  "output_tokens",
];
const PROMPT_TOKENS = TOKENS.slice(0, -1);
const sumOver = (row, names) => names.reduce((sum, name) => sum + row[name], 0);

/** The cube that knows a name: what was used is told by places, what it was spent on beside it. */
const CUBES = { session: "sessions", branch: "branches", runner: "runners", window: "windows" };
const cubeOf = (by) => by.map((name) => CUBES[name]).find(Boolean) ?? "usage";
/** Cost by names: null where there are responses and none has a price. */
function costBy(seen, by, { cube = cubeOf(by), counts = [], money = [] } = {}) {
  const key = [cube, by, counts, money].join(" ");
  if (!seen.known.has(key)) seen.known.set(key, costsBy(seen, by, cube, counts, money));
  return seen.known.get(key);
}
function costsBy(seen, by, cube, counts, money) {
  const paid = ["cost_usd", ...money];
  const added = ["responses", "priced_responses", ...BOUNDS, ...counts];
  const rows = grouped(cubes[cube], seen[cube], by, { counts: added, money: paid });
  if (!by.length && !rows.length)
    rows.push(Object.fromEntries([...added.map((name) => [name, 0]), ...paid.map((name) => [name, 0n])]));
  for (const row of rows)
    if (row.responses && !row.priced_responses) for (const name of paid) row[name] = null;
  return rows;
}
const sizeOf = (seen, by) => costBy(seen, by).length;
const daysOf = (seen) => costBy(seen, ["day"]).map((row) => dictionaries.day.text[row.day]);

function boundsOf(seen) {
  const [total] = costBy(seen, []);
  const bounded = total.lower_bound_responses, notes = [];
  if (bounded)
    notes.push(`At least: ${percent(bounded, total.responses)} of responses (${count(bounded)} of`
      + ` ${count(total.responses)}) were written without their final output count.`);
  const unpriced = costBy(seen, ["model"]).filter((row) => row.unpriced_tokens);
  for (const row of unpriced.slice(0, 5))
    notes.push(`At least: ${shortened(dictionaries.model.text[row.model], 60)} has no price for`
      + ` ${count(row.unpriced_tokens)} tokens; they are in no sum of money.`);
  if (unpriced.length > 5) notes.push(`At least: ${unpriced.length - 5} more models have no price.`);
  return notes;
}

const makers = {
  dailyCost(id, seen) {
    const days = daysOf(seen), by = grainOf(days);
    const rows = costBy(seen, [by, "model"]);
    const figure = stack(id, rows, by, "model");
    const shown = summed(rows, by).map((row) => dictionaries[by].text[row[by]]);
    figure.layout.xaxis = dateAxis(figure.layout.xaxis, shown, by);
    markRunning(figure.layout, shown, by);
    const title = `Cost per ${by} by model, USD`;
    return {
      title, figure, notes: boundsOf(seen), summary: dailyWords(rows, by),
      table: modelTable(rows, by, sentence(by)),
    };
  },
  cumulativeCost(id, seen) {
    const by = grainOf(daysOf(seen));
    const rows = costBy(seen, [by], { counts: TOKENS }), figure = styleOf(id), [line] = figure.data;
    let sum = 0n, bounded = false;
    const mode = rows.length > 1 ? "lines" : "markers";
    Object.assign(line, { mode, x: [], y: [], customdata: [] });
    for (const row of rows) {
      sum += row.cost_usd ?? 0n;
      bounded ||= isBounded(row);
      line.x.push(dictionaries[by].text[row[by]]);
      line.y.push(dollars(sum));
      line.customdata.push(`${bounded ? "at least " : ""}${exactUsd(sum)}`);
    }
    figure.layout.xaxis = dateAxis(figure.layout.xaxis, line.x, by);
    const table = tableOf(id, rows.map((row) => ({
      ...row, ...Object.fromEntries(["day", "week"].map((name) => [name, nameCell(by, row[by])])),
    })));
    table.columns = [[by, sentence(by), 0], ...table.columns.slice(1)];
    return { figure, table, summary: cumulativeWords(rows, by) };
  },
  monthlyCost(id, seen) {
    const rows = costBy(seen, ["month", "model"]), figure = stack(id, rows, "month", "model");
    const months = summed(rows, "month").map((row) => dictionaries.month.text[row.month]);
    nameMonths(figure, months);
    return {
      figure, table: modelTable(rows, "month", "Month"), summary: monthlyWords(rows),
    };
  },
  costByModel(id, seen) {
    const everything = costBy(seen, ["model"]);
    const rows = ranked(everything, "model").slice(0, data.rules.most_shown);
    const total = totalCost(rows), { text } = dictionaries.model;
    const { figure } = ranking(id, rows, {
      labels: rows.map((row) => figureLabel(text[row.model], 32)),
      names: rows.map((row) => figureLabel(text[row.model], 60)),
      texts: rows.map((row) => amountText(row, total)),
      colour: coloursOf(rows.map((row) => row.model)),
    });
    const without = everything.filter((row) => row.cost_usd === null).length;
    const words = without
      ? ` ${plural(without, "model")} ${without === 1 ? "has" : "have"} no price.` : "";
    const among = plural(everything.length, "model");
    return {
      figure,
      table: tableOf(id, dearest(everything, "model"), data.rules.most_rows),
      notes: boundsOf(seen).filter((note) => note.includes("no price")),
      summary: leader(everything, "model", (row) => text[row.model], among) + words,
    };
  },
  costByProject(id, seen) {
    const everything = costBy(seen, ["project"]);
    const rows = ranked(everything, "project").slice(0, data.rules.most_shown);
    const { text, exact } = dictionaries.project;
    const drawn = ranking(id, rows, {
      labels: rows.map((row) => figureLabel(text[row.project], 28)),
      names: rows.map((row) => figureLabel(exact[row.project] || "(none)", 80)),
      texts: rows.map((row) => usd(row.cost_usd)),
    });
    const among = plural(everything.length, "project");
    return {
      figure: addPareto(drawn, rows, totalCost(everything)),
      table: tableOf(id, dearest(everything, "project"), data.rules.most_rows),
      summary: leader(everything, "project", (row) => text[row.project], among),
    };
  },
  costByBranch(id, seen) {
    const everything = costBy(seen, ["branch"]);
    const rows = ranked(everything, "branch").slice(0, data.rules.most_shown);
    const { text } = dictionaries.branch, total = totalCost(everything);
    const { figure } = ranking(id, rows, {
      labels: rows.map((row) => figureLabel(text[row.branch], 32)),
      names: rows.map((row) => figureLabel(text[row.branch], 80)),
      texts: rows.map((row) => amountText(row, total)),
    });
    const among = plural(everything.length, "branch", "branches");
    return {
      figure,
      table: tableOf(id, dearest(everything, "branch"), data.rules.most_rows),
      summary: leader(everything, "branch", (row) => text[row.branch], among),
    };
  },
  costByAgent(id, seen) {
    const everything = costBy(seen, ["runner"], { counts: ["total_tokens"] });
    const sessions = new Map();
    for (const { runner } of runnersIn(seen)) sessions.set(runner, (sessions.get(runner) ?? 0) + 1);
    const rows = ranked(everything, "runner").slice(0, data.rules.most_shown);
    const { text, kind } = dictionaries.runner, total = totalCost(everything);
    const { figure } = ranking(id, rows, {
      labels: rows.map((row) => figureLabel(text[row.runner], 32)),
      names: rows.map((row) => figureLabel(text[row.runner], 80)),
      texts: rows.map((row) => amountText(row, total)),
      colour: rows.map((row) => data.rules.series[kind[row.runner]]),
    });
    const table = tableOf(id, everything.map((row) => ({
      ...row,
      name: nameCell("runner", row.runner),
      sessions: sessions.get(row.runner),
    })), data.rules.most_rows);
    return { figure, table, summary: agentWords(everything, kind) };
  },
  costByTokenClass(id, seen) {
    const classes = data.rules.classes.map(([name, label]) => [
      name, label, `${name.replace(/_tokens$/, "")}_cost_usd`]);
    const [all] = costBy(seen, [], { counts: TOKENS, money: classes.map(([, , paid]) => paid) });
    const rows = classes
      .map(([name, label, paid], place) =>
        ({ place, label, tokens: all[name] ?? 0, cost_usd: all[paid] }))
      .filter((row) => row.tokens || row.cost_usd);
    return {
      figure: shares(id, rows),
      table: tableOf(id, dearest(rows, "label").map((row) => ({ ...row, token_class: [row.label] }))),
      summary: classWords(rows),
    };
  },
  cachingSavings(id, seen) {
    const rows = costBy(seen, ["month"], { money: ["uncached_cost_usd"] });
    for (const row of rows)
      row.saved_usd = row.cost_usd === null ? null : row.uncached_cost_usd - row.cost_usd;
    const figure = styleOf(id);
    const columns = [
      rows.map((row) => row.cost_usd),
      rows.map((row) => (row.saved_usd > 0n ? row.saved_usd : 0n)),
    ];
    const months = rows.map((row) => dictionaries.month.text[row.month]);
    nameMonths(figure, months);
    const width = barWidth("month", allMonths(months).length);
    columns.forEach((costs, index) => Object.assign(figure.data[index], {
      x: months,
      width,
      y: costs.map(dollars),
      customdata: costs.map((cost) => exactUsd(cost)),
    }));
    return { figure, table: tableOf(id, rows), summary: savingsWords(rows) };
  },
  sessionCosts(id, seen) {
    const everything = costBy(seen, ["session"]);
    const known = dictionaries.session, project = dictionaries.project.text;
    const rows = ranked(everything, "session").slice(0, data.rules.most_shown);
    const label = ({ session }) =>
      (known.has_title[session] ? known.text[session] : known.id[session].slice(0, 8));
    const projectOf = ({ session }) => project[known.project[session]] ?? "(no project)";
    const drawn = ranking(id, rows, {
      labels: rows.map((row) => figureLabel(label(row), 28)),
      names: rows.map((row) =>
        `${figureLabel(known.text[row.session], 80)}<br>${figureLabel(projectOf(row))}`),
      texts: rows.map((row) => usd(row.cost_usd)),
    });
    const order = dearest(everything, "session");
    const models = new Map();
    for (const { session, model } of grouped(cubes.sessions, seen.sessions, ["session", "model"]))
      if (dictionaries.model.key[model] !== data.rules.no_name)
        models.set(session, [...(models.get(session) ?? []), dictionaries.model.text[model]]);
    return {
      figure: addPareto(drawn, rows, totalCost(everything)),
      table: sessionTable(id, order, models),
      summary: sessionWords(everything, order),
    };
  },
  blockCosts(id, seen) {
    const rows = costBy(seen, ["window"], { counts: ["total_tokens"] });
    const { text, ends, is_running: running } = dictionaries.window;
    const shown = rows.slice(-data.rules.most_windows), figure = styleOf(id), [bars] = figure.data;
    const begins = shown.map((row) => text[row.window]);
    Object.assign(bars, {
      x: begins,
      y: shown.map((row) => dollars(row.cost_usd)),
      customdata: shown.map((row) => `${exactCost(row)}<br>${compact(row.total_tokens)} tokens`),
      width: barWidth("window", shown.length),
      marker: {
        ...bars.marker, color: shown.map((row) => data.rules.series[running[row.window] ? 1 : 0]),
      },
    });
    const each = Math.ceil(begins.length / 6) || 1;
    const labelled = begins.filter((_, index) => index % each === 0);
    Object.assign(figure.layout.xaxis, {
      tickvals: labelled, ticktext: labelled.map(dayLabel),
    });
    const cells = [...rows].reverse().map((row) => ({
      ...row, started_at: [text[row.window]], ends_at: [ends[row.window]],
    }));
    return {
      figure,
      table: tableOf(id, cells, data.rules.most_rows),
      summary: windowWords(rows, text, running),
    };
  },
};

/** Each runner in view with each session that it ran in; a team is who ran in a session. */
function runnersIn(seen) {
  const found = new Map(), { runners } = dictionaries.team;
  for (const { session, team } of grouped(cubes.sessions, seen.sessions, ["session", "team"]))
    for (const runner of runners[team]) found.set(`${session} ${runner}`, { session, runner });
  return [...found.values()];
}
/** What sessions are called, without a title by their id, and the team of each cell. */
function readNames() {
  const { session } = dictionaries;
  session.has_title.forEach((hasTitle, place) => {
    if (!hasTitle) [session.text[place], session.exact[place]] = longCell(session.id[place]);
  });
  if (cubes.teams) cubes.sessions.names.team = cubes.teams.names.team;
  delete cubes.teams;
}

/** The mark on the bar of the running day or week, where that is shown. */
function markRunning(layout, shown, by) {
  const { today } = data.controls;
  const running = by === "week" ? plusDays(today, -((dateOf(today).getUTCDay() + 6) % 7)) : today;
  layout.shapes = [];
  layout.annotations = [];
  if (!shown.includes(running) || !data.rules.running) return;
  const half = (by === "week" ? 84 : 12) * 36e5, at = dateOf(running).getTime();
  const edge = (time) => new Date(time).toISOString().slice(0, 19).replace("T", " ");
  const { shape, annotation } = data.rules.running;
  layout.shapes = [{ ...shape, x0: edge(at - half), x1: edge(at + half) }];
  layout.annotations = [{ ...annotation, x: running, text: `${by === "day" ? "today" : `this ${by}`}, so far` }];
}
/** The share of each token class in the tokens and in the cost, as two bars. */
function shares(id, rows) {
  const tokens = rows.reduce((sum, row) => sum + row.tokens, 0), cost = totalCost(rows) ?? 0n;
  const figure = styleOf(id), [bar] = figure.data;
  const inside = (share) => (share >= data.rules.least_written ? percent(share, 100) : "");
  figure.data = rows.map((row) => {
    const own = cost ? sharePercent(row.cost_usd ?? 0n, cost) : 0;
    const ofTokens = tokens ? (100 * row.tokens) / tokens : 0;
    return {
      ...bar,
      y: ["Cost", "Tokens"],
      x: [own, ofTokens],
      customdata: [exactUsd(row.cost_usd), `${count(row.tokens)} tokens`],
      text: [inside(own), inside(ofTokens)],
      name: row.label,
      marker: { ...bar.marker, color: data.rules.series[row.place] ?? data.rules.rest },
    };
  });
  return figure;
}
function sessionTable(id, order, models) {
  const known = dictionaries.session;
  return tableOf(id, order.map(({ session, ...row }) => {
    const place = known.project[session];
    return {
      ...row,
      title: [...nameCell("session", session), known.link[session]],
      started_at: [minuteName(known.started[session])],
      duration_minutes: minutesCell(known.minutes[session]),
      prompts: [count(known.prompts[session])],
      project: place < 0 ? ["(no project)"] : nameCell("project", place),
      models: longCell((models.get(session) ?? []).join(", ")),
      session: longCell(known.id[session]),
      query: [known.id[session] && `${data.command} query --name responses_of_session`
        + ` --param session_id=${quoted(known.id[session])}`],
    };
  }), data.rules.most_rows);
}
/** A word as a shell takes it (Python's `shlex.quote`). */
const quoted = (word) =>
  (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
function longCell(text) {
  const short = shortened(text, 80);
  return [short, short === text ? "" : text.slice(0, 400)];
}
/** A minute as clocks show it; nothing where none is known. */
const minuteName = (minute) => (minute < 0
  ? "" : new Date(minute * 6e4).toISOString().slice(0, 16).replace("T", " "));
