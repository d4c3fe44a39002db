// Numbers and names as people read them: charts/text.py's rules. Money is whole parts of a
// dollar (BigInt) and how many decimal places these are of; it is never a double.
const tenTo = (places) => 10n ** BigInt(places);
const absolute = (units) => (units < 0n ? -units : units);
const thousands = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** A quotient of whole numbers, rounded half to even. */
function divided(part, whole) {
  const quotient = part / whole, twice = 2n * (part % whole);
  return twice > whole || (twice === whole && quotient % 2n) ? quotient + 1n : quotient;
}
/** Units of 10**-from as units of 10**-to, rounded half to even; nothing is below 0. */
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
const signed = (text, units) => (units < 0n ? `−${text}` : text);

function usd(units, places = scale) {
  if (units === null) return "no price";
  const size = absolute(units);
  if (!size) return "$0.00";
  if (size >= 10000n * tenTo(places)) return signed(fixedMoney(size, places, 0), units);
  if (100n * size >= tenTo(places)) return signed(fixedMoney(size, places, 2), units);
  return signed(fixedMoney(size, places, places - String(size).length + 2), units);
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
/** A double with so many places, half to even where it is exactly half way. */
function fixed(number, places) {
  const doubled = number * 2 ** (places + 1), tens = number * 10 ** places;
  const isTie = Number.isInteger(doubled) && Math.abs(tens % 1) === 0.5;
  return (isTie ? 2 * Math.round(tens / 2) / 10 ** places : number).toFixed(places);
}
function compact(number) {
  for (const [size, unit] of [[1e9, "B"], [1e6, "M"], [1e3, "k"]])
    if (number >= size) {
      const part = number / size;
      return `${fixed(part, Math.max(3 - String(Math.floor(part)).length, 0))}\u00a0${unit}`;
    }
  return String(number);
}
/** The share of a part in a whole: both are numbers, or both money. */
function percent(part, whole) {
  if (!whole) return "–";
  const isMoney = typeof part === "bigint";
  const at = (places) => (isMoney
    ? `${part < 0n ? "-" : ""}${digitsOf(divided(100n * absolute(part) * tenTo(places), whole), places)
      .join(places ? "." : "")}`
    : fixed((100 * part) / whole, places));
  const isAtLeast = (share) => (isMoney
    ? 1000n * part >= BigInt(Math.round(share * 10)) * whole : (100 * part) / whole >= share);
  const isSome = part > 0;
  if (isSome && !isAtLeast(0.1)) return "<\u20090.1\u00a0%";
  if (isAtLeast(99.5) && !isAtLeast(100)) return ">\u200999\u00a0%";
  return `${at(isSome && !isAtLeast(10) ? 1 : 0)}\u00a0%`;
}
function change(now, before) {
  if (before <= 0n) return "";
  const part = thousands(String(divided(100n * absolute(now - before), before)));
  const sign = now > before ? "+" : "−";
  return `${part === "0" ? "±" : sign}${part}\u00a0%`;
}
const plural = (number, noun, nouns = `${noun}s`) =>
  `${count(number)} ${number === 1 ? noun : nouns}`;

/** Minutes to read. */
function duration(minutes) {
  if (minutes > 0 && minutes < 0.5) return "<\u20091\u00a0min";
  const whole = Number(fixed(minutes, 0)), hours = Math.floor(whole / 60), rest = whole % 60;
  return hours ? `${hours}\u00a0h ${String(rest).padStart(2, "0")}\u00a0min` : `${rest}\u00a0min`;
}
/** A number with six digits at most. */
function sixDigits(number) {
  if (!number) return "0";
  if (Math.abs(number) >= 999999.5) {
    const [digits, power] = number.toExponential(5).split("e+");
    return `${Number(digits)}e+${power.padStart(2, "0")}`;
  }
  const places = 5 - Math.floor(Math.log10(Math.abs(number)));
  return String(Number(places > 0 ? fixed(number, Math.min(places, 100)) : number.toPrecision(6)));
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
