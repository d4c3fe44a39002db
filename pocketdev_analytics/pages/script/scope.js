// What the texts and conditions of a declaration are evaluated in: values by name, in layers.
import { decimalOf, fixed, rescale } from "./decimals.js";
import {
  change, count, dayName, duration, exactUsd, figureLabel, monthName, plural, share, shellQuoted,
  shorten, tokens, usd,
} from "./format.js";

/**
 * @typedef {import("./decimals.js").Decimal} Decimal
 * @typedef {{has: (name: string) => boolean, get: (name: string) => unknown}} Layer
 * @typedef {string|Text[]|{when: unknown[][], then: Text, else?: Text}} Text a string with holes
 *   `{name:format}`, parts in a row, or a choice
 */

/** An amount of money, null without a price, and whether it is a lower bound. */
export class Amount {
  /** @param {?Decimal} value @param {boolean} [isBounded] */
  constructor(value, isBounded = false) {
    this.value = value;
    this.isBounded = isBounded;
  }
}
/** A part, and the whole that it is a share of. */
export class Part {
  /** @param {unknown} part @param {unknown} whole */
  constructor(part, whole) {
    this.part = part;
    this.whole = whole;
  }
}
/** One name of a dimension. There is one object for each, so that equal ones are the same. */
export class Entry {
  /** @param {import("./facts.js").Domain} domain @param {number} code */
  constructor(domain, code) {
    this.domain = domain;
    this.code = code;
  }
  /** @param {string} attribute @returns {unknown} "" where the domain has none */
  get(attribute) {
    return this.domain[attribute]?.[this.code] ?? (attribute in this.domain ? null : "");
  }
  toString() {
    return String(this.get("text"));
  }
}
/** @param {Object<string, unknown>} values @returns {Layer} */
export const layerOf = (values) => ({ has: (name) => name in values, get: (name) => values[name] });

/** @param {Object<string, unknown>} row @param {string[]} bounds @returns {boolean} whether its
 *   cost is a lower bound */
export const isBounded = (row, bounds) => bounds.some((name) => row[name]);

/** Values by name: those of a row, over those of the panel, over those of the page. */
export class Scope {
  /**
   * @param {{scale: number, bounds: string[]}} money decimal places of money in rows, and the
   *   columns that make a cost a lower bound
   * @param {...Layer} layers
   */
  constructor(money, ...layers) {
    this.money = money;
    this.layers = layers;
  }
  /** @param {Layer} layer on top @returns {Scope} */
  under(layer) {
    return new Scope(this.money, layer, ...this.layers);
  }
  /** @param {Object<string, unknown>} row on top @returns {Scope} */
  row(row) {
    const { scale, bounds } = this.money;
    return this.under({
      has: (name) => name in row,
      get: (name) => (typeof row[name] === "bigint"
        ? new Amount([row[name], scale], name === "cost_usd" && isBounded(row, bounds)) : row[name]),
    });
  }
  /** @param {string} name or `entry.attribute` @returns {unknown} */
  get(name) {
    for (const layer of this.layers) if (layer.has(name)) return layer.get(name);
    const dot = name.indexOf(".");
    if (dot < 0) throw new Error(`unknown value '${name}' in a declaration`);
    const found = this.get(name.slice(0, dot));
    return found instanceof Entry ? found.get(name.slice(dot + 1)) : "";
  }
  /** The number behind a value, as a decimal; null where there is none. @returns {?Decimal} */
  decimal(value) {
    if (value instanceof Amount) return value.value;
    if (typeof value === "bigint") return [value, this.money.scale];
    return typeof value === "number" ? decimalOf(value) : null;
  }
}

/** Which of two values is first: numbers by size, entries by code, strings as they are. */
function compare(scope, a, b) {
  if (a instanceof Entry && b instanceof Entry) return a.code - b.code;
  if (typeof a === "number" && typeof b === "number") return a - b;
  const left = scope.decimal(a), right = scope.decimal(b);
  if (left && right) {
    const places = Math.max(left[1], right[1]), difference = rescale(left, places) - rescale(right, places);
    return difference < 0n ? -1 : Number(difference > 0n);
  }
  return a < b ? -1 : Number(a !== b);
}
const TESTS = {
  "==": (order) => order === 0, "!=": (order) => order !== 0, ">": (order) => order > 0,
  ">=": (order) => order >= 0, "<": (order) => order < 0, "<=": (order) => order <= 0,
};
const isUnknown = (value) => value === null || value === undefined
  || value instanceof Amount && value.value === null;
/**
 * Whether all conditions hold; of a null only `unknown`, `==` and `!=` can.
 * @param {unknown[][]} conditions @param {Scope} scope @returns {boolean}
 */
export const holds = (conditions, scope) => conditions.every(([name, test, constant]) => {
  const value = scope.get(name);
  if (test === "known" || test === "unknown") return isUnknown(value) === (test === "unknown");
  const other = typeof constant === "string" && constant.startsWith("@")
    ? scope.get(constant.slice(1)) : constant;
  if (isUnknown(value) || isUnknown(other)) {
    const areBoth = isUnknown(value) && isUnknown(other);
    return test === "==" ? areBoth : test === "!=" && !areBoth;
  }
  return TESTS[test](compare(scope, value, other));
});

const boundOf = (value) => (value instanceof Amount && value.isBounded && value.value ? "at least" : "");
const atLeast = (value, words) => `${boundOf(value)} ${words}`.trim();
const ratio = (scope, part, whole) => share(scope.decimal(part) ?? [0n, 0], scope.decimal(whole) ?? [0n, 0]);
/** @type {Object<string, (value: any, args: string[], scope: Scope) => string>} */
const FORMATS = {
  "": (value) => String(value ?? ""),
  usd: (value, _, scope) => usd(scope.decimal(value)),
  cost: (value, _, scope) => atLeast(value, usd(scope.decimal(value))),
  exact: (value, _, scope) => atLeast(value, exactUsd(scope.decimal(value))),
  bound: boundOf,
  tokens: (value) => tokens(value ?? 0),
  count: (value) => count(value ?? 0),
  share: (value, _, scope) => (value instanceof Part
    ? ratio(scope, value.part, value.whole) : ratio(scope, value, 1)),
  of: (value, [whole], scope) => ratio(scope, value, scope.get(whole)),
  change: ({ part, whole }, _, scope) => change(scope.decimal(part), scope.decimal(whole)),
  duration: (value) => duration(value ?? 0),
  day: (value) => (isUnknown(value) ? "" : dayName(String(value))),
  month: (value) => monthName(String(value)),
  plural: (value, nouns, scope) => plural(value ?? 0, ...nouns.map((noun) =>
    (noun.startsWith("&") ? String(scope.get(noun.slice(1))) : noun.replaceAll("_", " ")))),
  name: (value, [size]) => shorten(String(value), Number(size)),
  label: (value, [size]) => figureLabel(String(value), Number(size)),
  dec: (value, [places]) => (isUnknown(value) ? "–" : fixed(value, Number(places))),
  shell: (value) => shellQuoted(String(value)),
};
/** @param {string} text @returns {(string | {name: string, format: string, args: string[]})[]} */
const parse = (text) => text.split(/(\{[^{}]+\})/).map((part) => {
  if (!part.startsWith("{")) return part;
  const [, name, words = ""] = /^\{([^:}]+)(?::([^}]*))?\}$/.exec(part), [format, ...args] = words.split(" ");
  return { name, format, args };
});
/**
 * A text with its holes filled.
 * @param {Text} text @param {Scope} scope @returns {string}
 */
export function say(text, scope) {
  if (Array.isArray(text)) return text.map((part) => say(part, scope)).join("");
  if (typeof text !== "string")
    return say((holds(text.when, scope) ? text.then : text.else) ?? "", scope);
  return parse(text).map((part) => (typeof part === "string" ? part
    : FORMATS[part.format](scope.get(part.name), part.args, scope))).join("");
}
