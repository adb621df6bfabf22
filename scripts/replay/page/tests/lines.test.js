import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAt } from "../lines.js";
import { stateAt } from "../state.js";
import { call, film, lab1, when } from "./films.js";

const frames = [
  { function: "run", file: "server.rs", line: 42 },
  { function: "serve", file: "server.rs", line: 30 },
  { function: "accept", file: "accept.rs", line: 20 },
];
const some = film([], { frames });
const place = (/** @type {Partial<import("../film.js").Server>} */ server) =>
  placeAt(some, { call: null, before: null, after: null, done: 0, ...server });

test("in a call the line is that of the innermost frame, and the others are outside of it", () => {
  const { server } = stateAt(lab1, when(lab1, "arrived", "B"));
  const { line, outer, path, stretch } = placeAt(lab1, server);
  assert.deepEqual(
    path.map((frame) => frame.function),
    ["main", "serve", "run", "serve", "handle"],
  );
  assert.deepEqual([line, stretch], [path[4].line, null]);
  assert.deepEqual(outer, [path[2].line, path[3].line], "main is in another file");
});

test("between two calls there is no line, but the two and what is between them", () => {
  const found = place({ before: call({ path: [0] }), after: call({ path: [0, 1] }) });
  assert.deepEqual([found.line, found.from, found.to, found.stretch], [null, 42, 30, [30, 42]]);
  assert.deepEqual(found.path, []);
});

test("between two files there is no stretch, and the file is the next one", () => {
  const found = place({ before: call({ path: [0] }), after: call({ path: [0, 2] }) });
  assert.deepEqual([found.file, found.from, found.to, found.stretch], ["accept.rs", null, 20, null]);
});

test("where no line is known, none is shown", () => {
  const found = place({ call: call({}) });
  assert.deepEqual([found.file, found.line, found.from, found.to], [null, null, null, null]);
  assert.equal(place({}).file, null);
});
