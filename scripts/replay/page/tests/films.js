// The films of the tests: small ones, and those of the recordings of labs 1 and 3, which the test in Rust has written.
import { readFileSync } from "node:fs";

/** @import { Call, Effect, Film, Moment } from "../film.js" */

const folder = process.env.FILMS;
if (!folder) throw new Error("Run these tests with: cargo test -p replay --test replay in_node -- --include-ignored");

/** @param {string} name @returns {Film} */
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));

export const lab1 = read("lab1");
export const lab3 = read("lab3");

/** When something first happens to a client. @param {Film} film @param {Effect["kind"]} kind @param {string} client */
export function when(film, kind, client) {
  const does = (/** @type {Effect} */ effect) => effect.kind === kind && "client" in effect && effect.client === client;
  const moment = film.moments.find((moment) => moment.does.some(does));
  if (!moment) throw new Error(`${client} is never ${kind}`);
  return moment.at;
}

/** A film of two clients with these moments. @param {Partial<Moment>[]} moments @param {Partial<Film>} [more] @returns {Film} */
export function film(moments, more = {}) {
  const full = moments.map((moment) => ({ at: 0, client: null, says: "", jump: null, does: [], ...moment }));
  return { ...lab1, frames: [], calls: [], sources: {}, questions: [], clients: ["A", "B"], moments: full, ...more };
}

/** @param {Partial<Call>} more @returns {Call} */
export function call(more) {
  return { from: 0, until: 1, name: "read", shown: "read()", client: null, asleep: false, path: [], ...more };
}
