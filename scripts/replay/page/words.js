// Numbers and bytes as a person reads them.

/** A duration of microseconds, with three digits. @param {number} us */
export function duration(us) {
  const size = Math.abs(us);
  if (size < 999.5) return `${Math.round(us)} µs`;
  if (size < 999_500) return `${rounded(us / 1000)} ms`;
  return `${rounded(us / 1_000_000)} s`;
}

/** @param {number} value */
function rounded(value) {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** A time before or after the zero of the film. @param {number} us */
export function signed(us) {
  return (us < 0 ? "−" : "+") + duration(Math.abs(us));
}

/** A count and its noun. @param {number} number @param {string} noun */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** @type {Record<string, string>} */
const ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/**
 * Bytes, one character each, as parts: what can be read stands as it is, and each other byte is
 * escaped. An end of a line stays one part.
 * @param {string} bytes @returns {{ text: string, escaped: boolean }[]}
 */
export function readable(bytes) {
  return (bytes.match(/[ -[\]-~]+|\r\n|./gs) ?? []).map((part) => {
    if (/^[ -[\]-~]/.test(part)) return { text: part, escaped: false };
    return { text: [...part].map(escapeByte).join(""), escaped: true };
  });
}

/** @param {string} byte */
function escapeByte(byte) {
  return ESCAPES[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** Text of a run without characters that have no picture, or that change the direction. @param {string} text */
export function printable(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);
}

/** The name of a file without its folder. @param {string} file */
export const baseName = (file) => file.slice(file.lastIndexOf("/") + 1);
