// A number as people read it: four significant digits, a true minus sign.
function plain(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "undefined";
  if (Number.isInteger(value)) return grouped(value);
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2).replaceAll("-", "\u2212");
  const rounded = Number(value.toPrecision(4));
  return Number.isInteger(rounded) ? grouped(rounded) : String(rounded).replace("-", "\u2212");
}

// Thin spaces between groups of three from 10 000 on.
function grouped(value) {
  const digits = String(Math.abs(value));
  const parts = digits.length > 4 ? digits.replace(/\B(?=(\d{3})+$)/g, "\u202f") : digits;
  return (value < 0 ? "\u2212" : "") + parts;
}

const NOTHING = "\u2013";

// A figure of a table that may not be there.
function orDash(value) {
  return value ?? NOTHING;
}

function interval(estimate) {
  return estimate.low === null
    ? "no interval"
    : `[${plain(estimate.low)}, ${plain(estimate.high)}]`;
}

function estimateText(estimate) {
  return estimate.value === null
    ? "undefined"
    : `${plain(estimate.value)} ${interval(estimate)}, n = ${grouped(estimate.n)}`;
}

// An estimate in a table of shares, which has room for two places.
function shareText({ value, low, high, n }) {
  if (value === null) return "undefined";
  const between = low === null ? "no interval" : `[${twoPlaces(low)}, ${twoPlaces(high)}]`;
  return `${twoPlaces(value)} ${between}, n = ${grouped(n)}`;
}

// "n = 64 base inputs", or the range when the estimates rest on different numbers.
function counts(estimates, of) {
  const all = estimates.filter((each) => each).map((each) => each.n);
  if (all.length === 0) return "";
  const least = Math.min(...all);
  const most = Math.max(...all);
  return `n = ${grouped(least)}${least === most ? "" : " to " + grouped(most)} ${of}`;
}

// What a list says, as a sentence part: "a, b and c".
function listed(words) {
  return words.length < 2 ? words.join("") : words.slice(0, -1).join(", ") + " and " + words.at(-1);
}

function capital(text) {
  return text.replace(/^./, (first) => first.toUpperCase());
}

function sentence(text) {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : trimmed + ".";
}

// The range of all finite values; null when there is none. Loops, because a spread of 10^5 values
// overflows the stack.
function rangeOf(values) {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least > most ? null : [least, most];
}

// Two places, as a cell has room for.
function twoPlaces(value) {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "\u2212");
}
