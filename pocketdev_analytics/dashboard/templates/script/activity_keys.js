// The activity page's key figures (activity_keys.py), each against the equal period before.
const COUNTED = {
  sessions: "Sessions",
  prompts: "Prompts",
  responses: "Responses",
  tool_calls: "Tool calls",
  lines_added: "Lines added",
};
const OF_A_MODEL = ["sessions", "responses"];
const totalOf = (seen) =>
  doneBy(seen)[0] ?? Object.fromEntries(["sessions", ...DONE].map((name) => [name, 0]));
const each = (total, name, per) => (total[per] ? fixed(total[name] / total[per], 1) : "–");

function keyNotes(seen, total) {
  const { minutes } = dictionaries.session;
  const sessions = sessionsIn(seen), shown = sessions.length > 1 ? " in the median" : "";
  const middle = median(sessions.map((session) => minutes[session]));
  return {
    sessions: middle === null ? "" : `${duration(middle)} long${shown}`,
    prompts: `${each(total, "prompts", "sessions")} a session`,
    responses: `${each(total, "responses", "prompts")} a prompt`,
    tool_calls: total.tool_calls ? `${percent(total.tool_errors, total.tool_calls)} failed` : "",
    lines_added: `${compact(total.lines_removed)} removed`,
  };
}
function workedKey(before) {
  const filters = filtersOf(state), daily = workedBy(filters, "day");
  const minutes = (asked) => workedBy(asked)[0]?.active_minutes ?? 0;
  const worked = minutes(filters), days = daily.filter((row) => row.active_minutes > 0).length;
  const tenths = (number) => BigInt(fixed(number * 10, 0));
  return {
    name: "Active time",
    value: duration(worked),
    exact: `${fixed(worked, 1)} minutes`,
    note: days
      ? `on ${plural(days, "day")}${days > 1 ? `, ${duration(worked / days)} each` : ""}` : "",
    prefix: "",
    spark: sparkline(daily, (row) => row.active_minutes),
    change: before
      ? change(tenths(worked), tenths(minutes({ ...filters, days: before.days }))) : "",
  };
}
function activityKeys(seen, before) {
  const total = totalOf(seen), then = before && totalOf(before.seen), notes = keyNotes(seen, total);
  const daily = doneBy(seen, ["day"]);
  const counted = Object.entries(COUNTED).map(([name, label]) => {
    if (isOfModel() && !OF_A_MODEL.includes(name))
      return {
        name: label, value: "–", exact: "not of a model", note: "not of a model", prefix: "",
        spark: [], change: "",
      };
    return {
      name: label,
      value: compact(total[name]),
      exact: count(total[name]),
      note: notes[name],
      prefix: "",
      spark: sparkline(daily, (row) => row[name]),
      change: then ? change(BigInt(total[name]), BigInt(then[name])) : "",
    };
  });
  return [...counted, workedKey(before)];
}
// The cells that a page without any is empty of, and its key figures.
const pages = { activity: { main: ["acts", "usage"], keys: activityKeys } };
