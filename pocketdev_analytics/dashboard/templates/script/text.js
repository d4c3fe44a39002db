// Numbers and names as people read them: the rules of formatting.py and charts/text.py. Money is whole parts of a
// dollar (BigInt) and how many decimal places these are of; it is never a double.
const tenTo = (places) => 10n ** BigInt(places);
const absolute = (units) => (units < 0n ? -units : units);
const thousands = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** A quotient of whole numbers, rounded half up; nothing is below 0. */
const divided = (part, whole) => (2n * part + whole) / (2n * whole);
/** Units of 10**-from as units of 10**-to, rounded half up; nothing is below 0. */
const rescaled = (units, from, to) =>
  (to >= from ? units * tenTo(to - from) : divided(units, tenTo(from - to)));
/** All the digits of units that are not below 0. */
function digitsOf(units, places) {
  const text = String(units).padStart(places + 1, "0");
  return places ? [text.slice(0, -places), text.slice(-places)] : [text, ""];
}
function fixedMoney(units, from, places) {
  const [whole, fraction] = digitsOf(rescaled(units, from, places), places);
  return `$${thousands(whole)}${places ? `.${fraction}` : ""}`;
}
const signed = (text, units) => (units < 0n ? `-${text}` : text);

/** Cents, and below one cent two significant digits: what is not nothing never reads as nothing. */
function usd(units, places = scale) {
  if (units === null) return "no price";
  const size = absolute(units), small = places - String(size).length + 2;
  const isSmall = size && 100n * size < tenTo(places)
    && 100n * rescaled(size, places, small) < tenTo(small);
  return signed(fixedMoney(size, places, isSmall ? small : 2), units);
}
function exactUsd(units, places = scale) {
  if (units === null) return "no price";
  const [whole, fraction] = digitsOf(absolute(units), places);
  return signed(`$${thousands(whole)}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`, units);
}
/** Every digit of an amount, without a sign of its currency. */
function plainUsd(units) {
  const [whole, fraction] = digitsOf(absolute(units), scale);
  const rest = fraction.replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}${rest ? `.${rest}` : ""}`;
}
/** What a chart is drawn from: the double nearest to an amount. */
const dollars = (units) => (units === null ? null : Number(plainUsd(units)));
/** An amount divided by a number, in parts small enough for any rounding that follows. */
const MEAN_PLACES = 40;
const meanOf = (units, number) => (units * tenTo(MEAN_PLACES)) / BigInt(number);

const count = (number) => thousands(String(number));
/** A number of 0 or more as a whole number of 10**-places, as its shortest decimal says. */
function decimalOf(number) {
  const [digits, power = "0"] = String(number).split("e");
  const [whole, fraction = ""] = digits.split(".");
  const places = fraction.length - Number(power);
  const units = BigInt(whole + fraction);
  return places < 0 ? [units * tenTo(-places), 0] : [units, places];
}
const minusOf = (number) => (number < 0 ? "-" : "");
/** A number with so many places, rounded half up. */
function fixed(number, places) {
  const [units, from] = decimalOf(Math.abs(number));
  const [whole, fraction] = digitsOf(rescaled(units, from, places), places);
  return `${minusOf(number)}${whole}${places ? `.${fraction}` : ""}`;
}
const ceilings = [["", 1], ["k", 1e3], ["M", 1e6], ["B", 1e9], ["T", 1e12]];
function compact(number) {
  const size = Math.abs(number);
  if (size < 1000) return String(number);
  // Three digits are rounded first: 999,999 is 1.00 M.
  const step = 10 ** (String(size).length - 3);
  const rounded = Math.floor((2 * size + step) / (2 * step)) * step;
  const [unit, each] = ceilings.filter(([, least]) => rounded >= least).at(-1);
  const places = Math.max(3 - String(Math.floor(rounded / each)).length, 0);
  const [whole, fraction] = fixed(rounded / each, places).split(".");
  return `${minusOf(number)}${thousands(whole)}${fraction ? `.${fraction}` : ""}\u00a0${unit}`;
}
/** The share of a part in a whole: both are numbers, or both money. */
function percent(part, whole) {
  if (!whole) return "–";
  const [over, under] = ratioOf(part, whole);
  const at = (places) => divided(100n * over * tenTo(places), under);
  const minus = minusOf(part);
  if (over && 1000n * over < under) return `${minus}<0.1%`;
  const tenths = at(1);
  const isSmall = tenths && tenths < 100n;
  const rounded = isSmall ? tenths : at(0);
  if (!isSmall && over < under && rounded >= 100n) return `${minus}>99%`;
  const [head, tail] = digitsOf(rounded, isSmall ? 1 : 0);
  return `${minus}${thousands(head)}${tail ? `.${tail}` : ""}%`;
}
/** Two whole numbers, not below 0, that are to one another as a part and a whole. */
function ratioOf(part, whole) {
  if (typeof part === "bigint") return [absolute(part), absolute(whole)];
  const [over, overPlaces] = decimalOf(Math.abs(part));
  const [under, underPlaces] = decimalOf(Math.abs(whole));
  return [over * tenTo(underPlaces), under * tenTo(overPlaces)];
}
function change(now, before) {
  if (before <= 0n) return "";
  const part = divided(100n * absolute(now - before), before);
  const sign = part ? (now > before ? "+" : "-") : "±";
  return `${sign}${thousands(String(part))}%`;
}
const plural = (number, noun, nouns = `${noun}s`) =>
  `${count(number)} ${number === 1 ? noun : nouns}`;

/** Minutes to read. */
function duration(minutes) {
  if (minutes > 0 && minutes < 0.5) return "<1\u00a0min";
  const whole = Number(fixed(minutes, 0)), hours = Math.floor(whole / 60), rest = whole % 60;
  return hours ? `${thousands(String(hours))}\u00a0h ${String(rest).padStart(2, "0")}\u00a0min` : `${rest}\u00a0min`;
}
/** A number with six digits at most, as Python's `.6g` writes it: half to even. */
function sixDigits(number) {
  if (!number) return "0";
  if (Math.abs(number) >= 999999.5) {
    const [digits, power] = number.toExponential(5).split("e+");
    return `${Number(digits)}e+${power.padStart(2, "0")}`;
  }
  const places = 5 - Math.floor(Math.log10(Math.abs(number)));
  const doubled = number * 2 ** (places + 1), tens = number * 10 ** places;
  const isTie = Number.isInteger(doubled) && Math.abs(tens % 1) === 0.5;
  const even = isTie ? 2 * Math.round(tens / 2) / 10 ** places : number;
  return String(Number(places > 0 ? even.toFixed(Math.min(places, 100)) : number.toPrecision(6)));
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const dateOf = (day) => new Date(`${day}T00:00:00Z`);
const isoOf = (date) => date.toISOString().slice(0, 10);
function plusDays(day, number) {
  const date = dateOf(day);
  date.setUTCDate(date.getUTCDate() + number);
  return isoOf(date);
}
const daysBetween = (first, last) => Math.round((dateOf(last) - dateOf(first)) / 864e5);
function dayName(day) {
  const date = dateOf(day);
  return `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${monthName(day)}`;
}
/** A day below an axis of windows: its year in a line of its own. */
const dayLabel = (day) => `${Number(day.slice(8, 10))} ${monthName(day).replace(" ", "<br>")}`;
const monthName = (month) => `${MONTHS[Number(month.slice(5, 7)) - 1]} ${month.slice(0, 4)}`;
const daysName = ([first, last]) =>
  (first === last ? dayName(first) : `${dayName(first)} – ${dayName(last)}`);

function shortened(text, limit = 40) {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("").trimEnd()}…`;
}
const escaped = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const unescaped = (label) =>
  label.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
/** A name as Plotly shows it: short, and never read as its markup. */
const figureLabel = (text, limit = 40) => escaped(shortened(text, limit));
