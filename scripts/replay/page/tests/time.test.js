import assert from "node:assert/strict";
import { test } from "node:test";
import {
  after,
  axisOf,
  before,
  LONGEST_WAIT,
  longGap,
  paceOf,
  READING_TIME,
  silencesOf,
  timesOf,
  toFilm,
  toShown,
} from "../time.js";
import { film, lab1, lab3, when } from "./films.js";

const times = timesOf([lab1, lab3]);

test("the times are those of all films, in order, each once", () => {
  assert.ok(times.every((time, index) => index === 0 || time > times[index - 1]));
  for (const { moments } of [lab1, lab3]) assert.ok(moments.every((moment) => times.includes(moment.at)));
  assert.deepEqual(timesOf([film([{ at: 3 }, { at: 3 }], { window: [1, 9] })]), [1, 3, 9]);
});

test("each moment has a place of its own on the axis, and its place leads back to it", () => {
  const axis = axisOf(times);
  for (const [index, time] of times.entries()) {
    assert.equal(toFilm(axis, toShown(axis, time)), time);
    if (index > 0) assert.ok(toShown(axis, time) > toShown(axis, times[index - 1]));
  }
  const half = (times[4] + times[5]) / 2;
  assert.ok(Math.abs(toFilm(axis, toShown(axis, half)) - half) < 1e-6);
});

test("a silence is shortened on the axis, and told", () => {
  const axis = axisOf([0, 10, 1_000_010]);
  assert.ok(toShown(axis, 1_000_010) - toShown(axis, 10) < 10_000);
  assert.deepEqual(silencesOf([0, 10, 1_000_010]), [{ from: 10, until: 1_000_010 }]);
  const long = silencesOf(timesOf([lab1]));
  const arrived = when(lab1, "arrived", "B");
  assert.ok(
    long.some(({ from, until }) => from === arrived && until - from > 700_000),
    "B waits for 800 ms",
  );
  assert.ok(long.every(({ from, until }) => until - from > longGap(times)));
});

test("at 1/1000 a moment of 1 ms takes a second, and a silence takes no longer than the longest wait", () => {
  const pace = paceOf([0, 1000, 801_000], 0.001);
  assert.equal(toShown(pace, 1000), 1000);
  assert.equal(toShown(pace, 801_000), 1000 + LONGEST_WAIT);
  assert.equal(toFilm(pace, 500), 500);
});

test("at full speed the film is as fast as the run was", () => {
  assert.equal(toShown(paceOf([0, 1000, 801_000], 1), 801_000), 801);
});

test("from moment to moment each is shown for as long as it takes to read", () => {
  const pace = paceOf([0, 3, 801_000], null);
  assert.deepEqual(
    [3, 801_000].map((time) => toShown(pace, time)),
    [READING_TIME, 2 * READING_TIME],
  );
});

test("the next and the previous moment reach all of them, from anywhere, and stop at the ends", () => {
  const forth = times.map(() => 0);
  for (let index = 0, time = times[0]; index < times.length; index++, time = after(times, time)) forth[index] = time;
  assert.deepEqual(forth, times);
  const last = times.length - 1;
  const back = times.map(() => 0);
  for (let index = last, time = times[last]; index >= 0; index--, time = before(times, time)) back[index] = time;
  assert.deepEqual(back, times);
  assert.deepEqual([after(times, times[last]), before(times, times[0])], [times[last], times[0]]);
  assert.deepEqual([after([0, 5, 9], 7), before([0, 5, 9], 7)], [9, 5]);
});

test("a film of one moment, or of none, breaks nothing", () => {
  for (const few of [[], [7]]) {
    const axis = axisOf(few);
    assert.equal(toFilm(axis, toShown(axis, few[0] ?? 0)), few[0] ?? 0);
    assert.deepEqual(silencesOf(few), []);
  }
});
