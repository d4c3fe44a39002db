// The cost page: what each of its panels shows of the cells in view.
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
