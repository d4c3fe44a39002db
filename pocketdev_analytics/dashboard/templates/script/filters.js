// What the reader narrowed the page to: its controls, and the same in the address.
const NAMES = { project: "All projects", model: "All models", agent: "All threads" };
const CUSTOM = "dates", A_DAY = /^\d{4}-\d\d-\d\d$/;
const controls = () => document.getElementById("filters");
const control = (name) => controls().querySelector(`[name=${name}]`);
const isDay = (text) => A_DAY.test(text ?? "") && !Number.isNaN(dateOf(text).getTime())
  && isoOf(dateOf(text)) === text;
let state = {};

/** What an address asks for; anything that the page does not know is left out. */
function readFragment(fragment) {
  const asked = new URLSearchParams(fragment.replace(/^#/, "")), found = {};
  const preset = data.controls.periods.find(({ key }) => key === asked.get("period"));
  if (preset) found.period = preset.key;
  else
    for (const end of ["from", "to"]) if (isDay(asked.get(end))) found[end] = asked.get(end);
  for (const name of data.controls.names) {
    const place = dictionaries[name].key.indexOf(asked.get(name));
    if (place >= 0) found[name] = place;
  }
  return found;
}
function fragmentOf(wanted) {
  const words = new URLSearchParams();
  for (const name of ["period", "from", "to"]) if (wanted[name]) words.set(name, wanted[name]);
  for (const name of data.controls.names)
    if (wanted[name] !== undefined) words.set(name, dictionaries[name].key[wanted[name]]);
  return String(words);
}
const isFiltered = () => Object.keys(state).length > 0;

/** The days in view, and the equal ones before (reports/periods.py), where a period is asked. */
function periodOf({ period, from, to }) {
  const preset = data.controls.periods.find(({ key }) => key === period);
  if (preset) return { days: preset.days, before: preset.before, name: preset.name };
  if (!from && !to) return {};
  const { first, last, today } = data.controls;
  const days = [from ?? first, to ?? (last > today ? last : today)].sort();
  return { days, before: daysBefore(days) };
}
function daysBefore([first, last]) {
  const after = plusDays(last, 1);
  if (!first.endsWith("-01") || !after.endsWith("-01"))
    return [plusDays(first, daysBetween(last, first) - 1), plusDays(first, -1)];
  const months = (day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const start = 2 * months(first) - months(after);
  const year = String(Math.floor(start / 12)).padStart(4, "0");
  return [`${year}-${String((start % 12) + 1).padStart(2, "0")}-01`, plusDays(first, -1)];
}
/** What the cubes are asked for. */
function filtersOf({ period, from, to, ...names }) {
  const { days } = periodOf({ period, from, to });
  return { ...names, ...(days ? { days } : {}) };
}

/** What is in view, in words: under the title, on paper, and told to screen readers. */
function viewWords() {
  const { days, name } = periodOf(state), words = [];
  if (days) words.push(name ? `${name} (${daysName(days)})` : daysName(days));
  for (const each of data.controls.names)
    if (state[each] !== undefined) words.push(shortened(dictionaries[each].text[state[each]], 60));
  return words.join(" · ");
}
function showState() {
  const { days } = periodOf(state), isCustom = !state.period && (state.from || state.to);
  control("period").value = isCustom ? CUSTOM : state.period ?? "";
  control("from").value = state.from ?? days?.[0] ?? "";
  control("to").value = state.to ?? days?.[1] ?? "";
  for (const name of data.controls.names) control(name).value = String(state[name] ?? "");
  document.getElementById("reset").hidden = !isFiltered();
  const view = document.getElementById("view");
  view.hidden = !isFiltered();
  view.lastElementChild.textContent = viewWords();
  for (const link of document.querySelectorAll("nav a:not([aria-current])")) {
    const fragment = fragmentOf(state);
    link.href = link.getAttribute("href").replace(/#.*/, "") + (fragment ? `#${fragment}` : "");
  }
}
/** Change what is in view; the browser's history remembers what was before. */
function ask(wanted) {
  const fragment = fragmentOf(wanted);
  if (fragment === fragmentOf(state)) showState();
  else location.hash = fragment;
}
function readControls(changed) {
  const wanted = {};
  const period = control("period").value;
  const isDates = changed === "from" || changed === "to" || period === CUSTOM;
  if (isDates) {
    for (const end of ["from", "to"]) if (isDay(control(end).value)) wanted[end] = control(end).value;
  } else if (period) wanted.period = period;
  for (const name of data.controls.names)
    if (control(name).value) wanted[name] = Number(control(name).value);
  return wanted;
}
function option(value, text) {
  const made = element("option", text);
  made.value = value;
  return made;
}
/** The places of the names that something on the page has. */
const placesOf = (name) => [...new Set(
  pages[data.page].main.flatMap((cube) => [...(cubes[cube].names[name] ?? [])]))];
function offer() {
  control("period").append(
    option("", "All time"),
    ...data.controls.periods.map(({ key, name }) => option(key, name)),
    option(CUSTOM, "From … to …"));
  for (const name of data.controls.names) {
    const { text } = dictionaries[name];
    const places = placesOf(name).sort((a, b) => compared(text[a].toLowerCase(), text[b].toLowerCase()));
    control(name).append(
      option("", NAMES[name]),
      ...places.map((place) => option(place, shortened(text[place], 60))));
  }
  for (const end of ["from", "to"])
    Object.assign(control(end), { min: data.controls.first, max: data.controls.today });
}
/** Show the controls, and call `changed` whenever what is in view does. */
function watchFilters(changed) {
  offer();
  state = readFragment(location.hash);
  showState();
  controls().hidden = false;
  controls().addEventListener("change", (event) => {
    if (event.target.name === "period" && event.target.value === CUSTOM) control("from").focus();
    else ask(readControls(event.target.name));
  });
  for (const button of document.querySelectorAll(".reset"))
    button.addEventListener("click", () => {
      ask({});
      control("period").focus();
    });
  addEventListener("hashchange", () => {
    // A place in the page, such as the skip link's, is no filter: the address keeps what it was.
    if (/^#[^=]+$/.test(location.hash)) {
      history.replaceState(null, "", `#${fragmentOf(state)}`);
      return;
    }
    state = readFragment(location.hash);
    showState();
    changed();
  });
}
