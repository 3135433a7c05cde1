// Formatting and parsing of numbers; cnnlab/lab/numbers.py does the same in Python.

const SEPARATORS = /[, \u00a0\u2009\u202f’']/g; // thousands separators
const GROUPED = new RegExp(`^[-+]?[1-9]\\d{0,2}(${SEPARATORS.source}\\d{3})+$`);
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * Formats a number: a true minus sign, and no more digits than fit.
 * @param {number} value
 * @param {number} [digits]
 */
export function format(value, digits = 3) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text;
  if (Number.isInteger(value) && size < 1e5) text = String(value);
  else if (size !== 0 && (size >= 1e5 || size < 10 ** -digits / 2)) text = value.toExponential(1);
  else text = String(Number(value.toFixed(Math.max(0, digits - Math.max(0, Math.floor(Math.log10(size)))))));
  return text.replaceAll("-", "−").replace("e+", "e");
}

/**
 * Formats a number briefly, for a cell; the strip shows tiny ones in full.
 * @param {number} value
 */
export function brief(value) {
  const text = value !== 0 && Math.abs(value) < 0.005 ? "≈0" : format(value, 2);
  return Math.abs(value) < 1 && /^−?1$/.test(text) ? `≈${text}` : text; // tanh and sigmoid never reach 1
}

/**
 * Formats a factor of a product, a negative one in parentheses.
 * @param {number} value
 */
export const factor = (value) => (value < 0 ? `(${format(value)})` : format(value));

/**
 * The number that a learner typed, or NaN: 0,5, 1/2 and 50 % are a half; 120,000 has a thousands separator.
 * @param {string} text
 * @returns {number}
 */
export function numberIn(text) {
  const [plain, share] = text.trim().endsWith("%") ? [text.trim().slice(0, -1), 100] : [text, 1];
  const [numerator, denominator = "1", ...more] = plain.split("/");
  const divisor = more.length ? NaN : decimalIn(denominator);
  return divisor ? decimalIn(numerator) / divisor / share : NaN;
}

/** @param {string} text */
function decimalIn(text) {
  const plain = text.trim().replaceAll("−", "-");
  const decimal = GROUPED.test(plain) ? plain.replace(SEPARATORS, "") : plain.replace(",", ".");
  return DECIMAL.test(decimal) ? Number(decimal) : NaN;
}

/**
 * Does a text mean a number: exactly, rounded to two decimals or more, or with separators, as 120.000?
 * @param {string} text
 * @param {number} number
 */
export function means(text, number) {
  const given = numberIn(text);
  if (Number.isNaN(given)) return false;
  const plain = text.trim().replaceAll("−", "-");
  if (/^[-+]?[1-9]\d{0,2}(\.\d{3})+$/.test(plain) && Number(plain.replaceAll(".", "")) === number) return true;
  if (Math.abs(given - number) <= 1e-9 * Math.max(Math.abs(given), Math.abs(number))) return true;
  const decimals = /^\s*[-−+]?\d*[.,](\d{2,})\s*$/.exec(text);
  return decimals !== null && Math.abs(given - number) <= 0.5 * 10 ** -decimals[1].length * (1 + 1e-9);
}

/**
 * Formats a fraction of 1 as a percentage: 0 or 100 only if exact.
 * @param {number} share
 */
export function percent(share) {
  if (Number.isNaN(share)) return "NaN";
  if (share > 0 && share < 0.005) return "< 1 %";
  if (share < 1 && share > 0.995) return "> 99 %";
  return `${Math.round(100 * share)} %`;
}
