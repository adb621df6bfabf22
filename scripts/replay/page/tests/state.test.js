import assert from "node:assert/strict";
import { test } from "node:test";
import { countBytes, knownBytes, stateAt } from "../state.js";
import { call, film, lab1, lab3, when } from "./films.js";

/** @import { Effect, Film } from "../film.js" */

/** What is in the buffers of B. @param {Film} film @param {number} time */
function ofB(film, time) {
  const { receive, send, place, closed } = stateAt(film, time).connections[1];
  return { receive: knownBytes(receive), send: knownBytes(send), place, closed };
}

/** A film in which each of these effects has a moment of its own: 0, 1, ... @param {Effect[]} effects */
const each = (effects) => film(effects.map((effect, at) => ({ at, does: [effect] })));

test("before the first moment nothing has happened", () => {
  const state = stateAt(lab1, lab1.window[0] - 1);
  assert.equal(state.moment, -1);
  assert.deepEqual(state.queue, []);
  assert.deepEqual([...state.keys], []);
  assert.deepEqual(state.server, { call: null, before: null, after: lab1.calls[0], done: 0 });
});

test("in lab 1 the bytes of B wait in the receive buffer of a connection that is not accepted, while the server sleeps for A", () => {
  const [arrived, left] = [when(lab1, "arrived", "B"), when(lab1, "gone", "A")];
  assert.ok(left - arrived > 700_000);
  for (const time of [arrived, arrived + 1, left - 1]) {
    const { server, queue } = stateAt(lab1, time);
    assert.deepEqual(queue, ["B"]);
    assert.deepEqual(ofB(lab1, time).receive, "GET name\n");
    assert.deepEqual([server.call?.name, server.call?.client, server.call?.asleep], ["recvfrom", "A", true]);
    const frame = lab1.frames[server.call?.path.at(-1) ?? -1];
    assert.match(lab1.sources[frame.file][frame.line - 1], /stream\.read\(/);
  }
});

test("in lab 3 the bytes of B are read and answered within 2 ms, while A is connected", () => {
  const { queue, connections, screens } = stateAt(lab3, when(lab3, "queued", "B") + 2000);
  assert.deepEqual(queue, []);
  assert.deepEqual(
    connections.map((one) => one.place),
    ["accepted", "accepted"],
  );
  assert.equal(connections[0].closed.client, false);
  assert.deepEqual(screens.get("B")?.at(-1), { text: "Alice", typed: false });
});

test("at the end of both films all buffers are empty, and both screens show the reply", () => {
  for (const film of [lab1, lab3]) {
    const { connections, screens, keys } = stateAt(film, film.window[1]);
    for (const { receive, send } of connections) assert.deepEqual([receive.pieces, send.pieces], [[], []]);
    assert.deepEqual(
      [...screens.values()].map((lines) => lines.at(-1)?.text),
      ["OK", "Alice"],
    );
    assert.deepEqual([...keys], [["name", "Alice"]]);
  }
});

test("the accept queue keeps its order, and refused clients leave it", () => {
  const queued = each([
    { kind: "queued", client: "B" },
    { kind: "queued", client: "A" },
    { kind: "refused", client: "B" },
    { kind: "accepted", client: "A" },
  ]);
  assert.deepEqual(
    [0, 1, 2, 3].map((time) => stateAt(queued, time).queue),
    [["B"], ["B", "A"], ["A"], []],
  );
  assert.deepEqual(
    stateAt(queued, 3).connections.map((one) => one.place),
    ["accepted", "refused"],
  );
});

test("bytes leave a buffer from its front, across the pieces in which they arrived", () => {
  const bytes = each([
    { kind: "arrived", client: "B", bytes: 3, data: "abc" },
    { kind: "arrived", client: "B", bytes: 3, data: "def" },
    { kind: "read", client: "B", bytes: 4 },
    { kind: "written", client: "B", bytes: 2, data: "OK" },
    { kind: "taken", client: "B", bytes: 1 },
  ]);
  assert.deepEqual(
    [1, 2].map((time) => ofB(bytes, time).receive),
    ["abcdef", "ef"],
  );
  assert.deepEqual(
    [2, 3, 4].map((time) => ofB(bytes, time).send),
    ["", "OK", "K"],
  );
  assert.equal(stateAt(bytes, 2).connections[1].receive.pieces[0].at, 1, "the oldest byte is of the second piece");
});

test("of a long piece the first bytes are known, and all are counted", () => {
  const long = each([
    { kind: "arrived", client: "B", bytes: 1000, data: "x".repeat(256) },
    { kind: "arrived", client: "B", bytes: 1, data: "y" },
    { kind: "read", client: "B", bytes: 200 },
    { kind: "read", client: "B", bytes: 100 },
  ]);
  const buffer = (/** @type {number} */ time) => stateAt(long, time).connections[1].receive;
  assert.deepEqual(
    [1, 2, 3].map((time) => countBytes(buffer(time))),
    [1001, 801, 701],
  );
  assert.deepEqual(
    [1, 2, 3].map((time) => knownBytes(buffer(time)).length),
    [256, 56, 0],
    "no byte after a gap",
  );
});

test("bytes that leave before they come, by two clocks, do not stay for ever", () => {
  const early = each([
    { kind: "read", client: "B", bytes: 4 },
    { kind: "arrived", client: "B", bytes: 6, data: "abcdef" },
  ]);
  assert.deepEqual(
    [0, 1].map((time) => ofB(early, time).receive),
    ["", "ef"],
  );
});

test("between two calls the server is between them, and never in one", () => {
  const calls = [call({ name: "accept4" }), call({ name: "recvfrom", client: "A" })];
  const moments = each([
    { kind: "begins", call: 0 },
    { kind: "returns", call: 0 },
    { kind: "begins", call: 1 },
    { kind: "returns", call: 1 },
  ]);
  const server = (/** @type {number} */ time) => stateAt({ ...moments, calls }, time).server;
  const [first, second] = calls;
  assert.deepEqual(server(0), { call: first, before: null, after: null, done: 1 });
  assert.deepEqual(server(1.5), { call: null, before: first, after: second, done: 1 });
  assert.deepEqual(server(2), { call: second, before: null, after: null, done: 2 });
  assert.deepEqual(server(3), { call: null, before: second, after: null, done: 2 });
});

test("all moments of one time have happened at that time", () => {
  const same = film([
    { at: 5, says: "first", does: [{ kind: "log", text: "a" }] },
    { at: 5, says: "second", does: [{ kind: "log", text: "b" }] },
    { at: 6, says: "third", does: [{ kind: "key", key: "k", value: "v" }] },
    { at: 7, says: "fourth", does: [{ kind: "key", key: "k", value: null }] },
  ]);
  const { log, says, moment } = stateAt(same, 5);
  assert.deepEqual([log, says, moment], [["a", "b"], "second", 1]);
  assert.deepEqual(
    [6, 7].map((time) => stateAt(same, time).keys.size),
    [1, 0],
  );
});

test("a side that has left is known, and so is which one", () => {
  const gone = each([
    { kind: "gone", client: "B", by: "client" },
    { kind: "gone", client: "B", by: "server" },
  ]);
  assert.deepEqual(ofB(gone, 0).closed, { client: true, server: false });
  assert.deepEqual(ofB(gone, 1).closed, { client: true, server: true });
});

test("a state is made anew, so that going back shows what was there before", () => {
  const before = JSON.stringify(stateAt(lab1, 0));
  stateAt(lab1, lab1.window[1]);
  assert.equal(JSON.stringify(stateAt(lab1, 0)), before);
});
