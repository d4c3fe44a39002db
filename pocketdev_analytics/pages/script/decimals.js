// Exact decimal numbers: whole units of 10**-places (BigInt). Rounding is half up, away from 0.

/** @typedef {[bigint, number]} Decimal units, and how many decimal places these are of */

/** @param {number} places @returns {bigint} */
export const tenTo = (places) => 10n ** BigInt(places);
/** @param {bigint} units @returns {bigint} */
export const absolute = (units) => (units < 0n ? -units : units);
/**
 * A quotient of whole numbers, rounded half up; `whole` is above 0.
 * @param {bigint} part @param {bigint} whole @returns {bigint}
 */
function divide(part, whole) {
  const size = (2n * absolute(part) + whole) / (2n * whole);
  return part < 0n ? -size : size;
}
/**
 * Units of other places, rounded where these are fewer.
 * @param {Decimal} number @param {number} places @returns {bigint}
 */
export const rescale = ([units, from], places) =>
  (places >= from ? units * tenTo(places - from) : divide(units, tenTo(from - places)));
/**
 * The decimal that digits write; of a double its shortest: 0.1 is [1n, 1].
 * @param {number|string} number @returns {Decimal}
 */
export function decimalOf(number) {
  const [digits, power = "0"] = String(number).split("e");
  const [whole, fraction = ""] = digits.split(".");
  const places = fraction.length - Number(power), units = BigInt(whole + fraction);
  return places < 0 ? [units * tenTo(-places), 0] : [units, places];
}
/**
 * The digits of an amount without its sign.
 * @param {Decimal} number @returns {[string, string]} before and after the point
 */
export function digitsOf([units, places]) {
  const text = String(absolute(units)).padStart(places + 1, "0");
  return places ? [text.slice(0, -places), text.slice(-places)] : [text, ""];
}
/**
 * How many digits stand before the point, less one; below 1 the first digit's place: 0.05 is -2.
 * @param {Decimal} number not 0 @returns {number}
 */
export const powerOf = ([units, places]) => String(absolute(units)).length - 1 - places;
/**
 * A number with a fixed number of decimal places: "-0.50".
 * @param {number|Decimal} number @param {number} places @returns {string}
 */
export function fixed(number, places) {
  const units = rescale(typeof number === "number" ? decimalOf(number) : number, places);
  const [whole, fraction] = digitsOf([units, places]);
  return `${units < 0n ? "-" : ""}${whole}${places ? `.${fraction}` : ""}`;
}
/**
 * The double nearest to a decimal: what a chart is drawn from.
 * @param {Decimal} number @returns {number}
 */
export const toNumber = (number) => Number(fixed(number, number[1]));
/**
 * A quotient of decimals.
 * @param {Decimal} part @param {Decimal} whole not 0 @param {number} places @returns {Decimal}
 */
export function quotient([part, partPlaces], [whole, wholePlaces], places) {
  const top = part * tenTo(places + wholePlaces), bottom = whole * tenTo(partPlaces);
  return [bottom < 0n ? divide(-top, -bottom) : divide(top, bottom), places];
}
