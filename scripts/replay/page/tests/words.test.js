import assert from "node:assert/strict";
import { test } from "node:test";
import { answersOf } from "../predict.js";
import { count, duration, printable, readable, signed } from "../words.js";
import { lab1 } from "./films.js";

/** @import { Choice } from "../film.js" */

test("durations have three digits and a unit", () => {
  const said = [0, 174, 999.4, 999.6, 1234, 12_345, 799_789, 999_600, 1_002_885].map(duration);
  assert.deepEqual(said, ["0 µs", "174 µs", "999 µs", "1.00 ms", "1.23 ms", "12.3 ms", "800 ms", "1.00 s", "1.00 s"]);
  assert.deepEqual([signed(53), signed(-203_905)], ["+53 µs", "−204 ms"]);
  assert.deepEqual([count(1, "byte"), count(16_384, "byte")], ["1 byte", "16,384 bytes"]);
});

test("bytes are readable, and what has no picture is escaped", () => {
  const text = (/** @type {string} */ bytes) =>
    readable(bytes)
      .map((part) => part.text)
      .join("");
  assert.equal(text("*1\r\n$4\r\nPING\r\n"), "*1\\r\\n$4\\r\\nPING\\r\\n");
  assert.equal(text("\x00\x1b[31m\xff"), "\\x00\\x1b[31m\\xff");
  assert.equal(text("a\\b\t~"), "a\\\\b\\t~");
  assert.deepEqual(readable("a\n"), [
    { text: "a", escaped: false },
    { text: "\\n", escaped: true },
  ]);
  assert.deepEqual(readable(""), []);
});

test("text of a run cannot change the direction of the line, or hide", () => {
  assert.equal(printable("a\u202eb\u0007 é"), "a\\u{202e}b\\u{7} é");
});

test("answers have the form of check predict", () => {
  /** @type {Choice[]} */
  const choices = [
    { is: "refused", text: "It is refused.", right: false, misconception: "m", says: "s", because: "b" },
    { is: "waits", text: "It waits.", right: true, misconception: null, says: null, because: null },
  ];
  const question = { name: "second-client", at: 0, text: "What happens?", choices, read: "README.md" };
  const wrong = { film: lab1, question, choice: choices[0] };
  const right = { film: { ...lab1, server: "work/lab3" }, question: { ...question, name: "x" }, choice: choices[1] };
  assert.deepEqual(answersOf([wrong, right, { film: lab1, question, choice: null }]), {
    lab1: { "second-client": { choice: "refused", right: false, misconception: "m" } },
    lab3: { x: { choice: "waits", right: true } },
  });
});
