// The cost page: what is made of the cells in view, for its panels and key figures.
const BOUNDS = ["lower_bound_responses", "unseen_calls", "unpriced_tokens"];
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
