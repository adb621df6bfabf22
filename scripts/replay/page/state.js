// What is seen at a time: a pure function of the film and the time. No part of the page is needed.

/** @import { Buffer, Connection, Effect, Film, Server, State } from "./film.js" */

/**
 * The state at a time: the effects of all moments up to it, in order.
 * @param {Film} film @param {number} time @returns {State}
 */
export function stateAt(film, time) {
  const state = emptyState(film, time);
  const running = { last: -1, now: -1 };
  for (const [index, moment] of film.moments.entries()) {
    if (moment.at > time) break;
    state.moment = index;
    state.says = moment.says;
    for (const effect of moment.does) {
      if (effect.kind === "begins") running.now = effect.call;
      else if (effect.kind === "returns") Object.assign(running, { last: effect.call, now: -1 });
      else apply(state, effect, moment.at);
    }
  }
  state.server = serverAt(film, running);
  return state;
}

/** @param {Film} film @param {number} time @returns {State} */
function emptyState(film, time) {
  return {
    time,
    moment: -1,
    says: "The recording begins.",
    server: serverAt(film, { last: -1, now: -1 }),
    queue: [],
    connections: film.clients.map((client) => ({
      client,
      place: "none",
      closed: { client: false, server: false },
      receive: { pieces: [], owed: 0 },
      send: { pieces: [], owed: 0 },
    })),
    screens: new Map(film.clients.map((client) => [client, []])),
    keys: new Map(),
    log: [],
  };
}

/**
 * In a call, or between the last one that has returned and the one that comes next.
 * @param {Film} film @param {{ last: number, now: number }} running @returns {Server}
 */
function serverAt(film, { last, now }) {
  if (now >= 0) return { call: film.calls[now] ?? null, before: null, after: null, done: now + 1 };
  return { call: null, before: film.calls[last] ?? null, after: film.calls[last + 1] ?? null, done: last + 1 };
}

/** @param {State} state @param {Effect} effect @param {number} at */
function apply(state, effect, at) {
  if (effect.kind === "log") state.log.push(effect.text);
  else if (effect.kind === "key") {
    if (effect.value === null) state.keys.delete(effect.key);
    else state.keys.set(effect.key, effect.value);
  } else if ("client" in effect) {
    const connection = state.connections.find((one) => one.client === effect.client);
    if (connection) applyTo(connection, state, effect, at);
  }
}

/**
 * @param {Connection} connection @param {State} state
 * @param {Extract<Effect, { client: string }>} effect @param {number} at
 */
function applyTo(connection, state, effect, at) {
  const { client } = effect;
  switch (effect.kind) {
    case "queued":
      connection.place = "queued";
      state.queue.push(client);
      break;
    case "accepted":
    case "refused":
      connection.place = effect.kind;
      state.queue = state.queue.filter((one) => one !== client);
      break;
    case "arrived":
      put(connection.receive, effect, at);
      break;
    case "read":
      take(connection.receive, effect.bytes);
      break;
    case "written":
      put(connection.send, effect, at);
      break;
    case "taken":
      take(connection.send, effect.bytes);
      break;
    case "screen":
      state.screens.get(client)?.push({ text: effect.text, typed: effect.typed });
      break;
    case "gone":
      connection.closed[effect.by] = true;
  }
}

/** @param {Buffer} buffer @param {{ bytes: number, data: string }} piece @param {number} at */
function put(buffer, { bytes, data }, at) {
  const early = Math.min(buffer.owed, bytes);
  buffer.owed -= early;
  if (bytes > early) buffer.pieces.push({ at, bytes: bytes - early, data: data.slice(early) });
}

/** Takes bytes from the front. @param {Buffer} buffer @param {number} bytes */
function take(buffer, bytes) {
  let left = bytes;
  while (left > 0 && buffer.pieces[0]) {
    const first = buffer.pieces[0];
    const taken = Math.min(left, first.bytes);
    left -= taken;
    first.bytes -= taken;
    first.data = first.data.slice(taken);
    if (first.bytes === 0) buffer.pieces.shift();
  }
  buffer.owed += left;
}

/** How many bytes are in a buffer. @param {Buffer} buffer */
export function countBytes(buffer) {
  return buffer.pieces.reduce((sum, piece) => sum + piece.bytes, 0);
}

/**
 * The bytes in a buffer, as far as the film has them: each piece has its first 256.
 * @param {Buffer} buffer
 */
export function knownBytes(buffer) {
  let known = "";
  for (const piece of buffer.pieces) {
    known += piece.data;
    if (piece.data.length < piece.bytes) break;
  }
  return known;
}
