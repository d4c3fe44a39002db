// What the reader has narrowed a page to, and the same as the fragment of an address.
import { daysName, shorten } from "./format.js";
import { isDay, periodBefore } from "./periods.js";

/**
 * @typedef {{period?: string, from?: string, to?: string, names: Object<string, number[]>}} Wanted
 *   a preset period or two days, and the codes that are chosen of each dimension
 * @typedef {{today: string, days: [string, string], filters: string[],
 *   periods: {key: string, name: string, days: [string, string], before: [string, string]}[]}} State
 * @typedef {Object<string, import("./facts.js").Domain>} Domains
 */

/**
 * What a fragment asks for; anything that the page does not know is left out.
 * @param {string} fragment @param {State} state @param {Domains} domains @returns {Wanted}
 */
export function readFragment(fragment, { periods, filters }, domains) {
  const asked = new URLSearchParams(fragment.replace(/^#/, "")), found = { names: {} };
  const preset = periods.find(({ key }) => key === asked.get("period"));
  if (preset) found.period = preset.key;
  else
    for (const end of ["from", "to"]) if (isDay(asked.get(end))) found[end] = asked.get(end);
  for (const name of filters) {
    const codes = asked.getAll(name).map((key) => domains[name].key.indexOf(key)).filter((code) => code >= 0);
    if (codes.length) found.names[name] = [...new Set(codes)].sort((a, b) => a - b);
  }
  return found;
}
/**
 * The fragment that asks for it.
 * @param {Wanted} wanted @param {State} state @param {Domains} domains @returns {string}
 */
export function fragmentOf(wanted, { filters }, domains) {
  const words = new URLSearchParams();
  for (const name of ["period", "from", "to"]) if (wanted[name]) words.set(name, wanted[name]);
  for (const name of filters)
    for (const code of wanted.names[name] ?? []) words.append(name, domains[name].key[code]);
  return String(words);
}
/** @param {Wanted} wanted @returns {boolean} */
export const isFiltered = ({ period, from, to, names }) =>
  Boolean(period || from || to || Object.keys(names).length);

/**
 * The days that are asked for, and the equal ones before; none of both without a period.
 * @param {Wanted} wanted @param {State} state
 * @returns {{days?: [string, string], before?: [string, string], name?: string}}
 */
export function periodOf({ period, from, to }, { periods, days: [first, last], today }) {
  const preset = periods.find(({ key }) => key === period);
  if (preset) return preset;
  if (!from && !to) return {};
  const days = [from ?? first, to ?? (last > today ? last : today)].sort();
  return { days, before: periodBefore(days) };
}
/**
 * What is in view, in words.
 * @param {Wanted} wanted @param {State} state @param {Domains} domains @returns {string}
 */
export function describe(wanted, state, domains) {
  const { days, name } = periodOf(wanted, state), words = [];
  if (days) words.push(name ? `${name} (${daysName(days)})` : daysName(days));
  for (const dimension of state.filters) {
    const { text } = domains[dimension], codes = wanted.names[dimension];
    if (codes) words.push(codes.map((code) => shorten(text[code], 60)).join(", "));
  }
  return words.join(" · ");
}
/**
 * The filters after a click on a mark: its name or its days come in, or go out where they are
 * what is filtered already.
 * @param {Wanted} wanted @param {{days?: [string, string], name?: string, code?: number}} mark
 * @returns {Wanted}
 */
export function toggle(wanted, { days, name, code }) {
  if (days) {
    const { names } = wanted, [from, to] = days;
    return wanted.from === from && wanted.to === to ? { names } : { names, from, to };
  }
  const { [name]: chosen = [], ...others } = wanted.names;
  const codes = chosen.includes(code) ? chosen.filter((each) => each !== code) : [...chosen, code];
  return { ...wanted, names: codes.length ? { ...others, [name]: codes.sort((a, b) => a - b) } : others };
}
