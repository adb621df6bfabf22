// A film as it is seen at one time: the server, the kernel, the clients.

import { filler, make } from "./dom.js";
import { connectionView, placesOf } from "./kernel.js";
import { placeAt } from "./lines.js";
import { sourceView } from "./source.js";
import { terminalView } from "./terminal.js";
import { baseName, duration, printable } from "./words.js";

/** @import { Film, Frame, State } from "./film.js" */

/** More clients than these have no room beside each other: the page scrolls to the one of the moment. */
const FEW = 4;

/**
 * Fills the place of a film, and gives the function that shows a state of it.
 * @param {Film} film @param {HTMLElement} root
 */
export function filmView(film, root) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`.${name}`));
  const source = sourceView(film);
  part("lines").replaceWith(source.root);
  const says = filler(part("says"));
  const status = filler(part("status"));
  const path = filler(part("path"));
  const queue = filler(part("queue"));
  const connections = film.clients.map((client) => connectionView(film, client));
  const terminals = film.clients.map((client) => terminalView(film, client));
  part("connections").append(...connections.map((one) => one.root));
  part("screens").append(...terminals.map((one) => one.root));
  const keys = filler(part("keys"));
  const log = filler(part("log"));

  /** @param {State} state */
  return (state) => {
    says([state.moment, state.says], () => [state.says]);
    const { call } = state.server;
    status([call, call && state.time], () => statusOf(state));
    path([call, state.server.before, state.server.after], () => pathWords(film, state));
    queue(state.queue, () => placesOf(film, state.queue));
    for (const one of [...connections, ...terminals]) one.show(state);
    if (film.clients.length > FEW) {
      const client = film.clients.indexOf(film.moments[state.moment]?.client ?? "");
      reach(part("connections"), client);
      reach(part("screens"), client);
    }
    keys([...state.keys], () => keysOf(state.keys));
    if (log(state.log, () => logOf(state.log))) {
      part("log").scrollTop = part("log").scrollHeight;
    }
    // The last one: it needs to know how much room is left for it.
    source.show(state.server);
  };
}

/** Moves a list, and not the page, so that a child is in view. @param {HTMLElement} list @param {number} index */
function reach(list, index) {
  const child = /** @type {HTMLElement | undefined} */ (list.children[index]);
  if (child) list.scrollTop = child.offsetTop - 0.3 * list.clientHeight;
}

/** Whether the server sleeps, in which call, for whom, and for how long already. @param {State} state */
function statusOf({ server: { call }, time }) {
  if (!call) return [make("strong", { class: "awake" }, "awake"), " between two system calls"];
  const word = call.asleep ? "asleep" : "awake";
  const forWhom = call.client ? `, for ${printable(call.client)} alone` : "";
  return [
    make("strong", { class: word }, word),
    " in ",
    make("code", {}, call.name),
    `${forWhom}, for ${duration(time - call.from)}`,
  ];
}

/** The functions that lead to the call; between two calls, the two lines. @param {Film} film @param {State} state */
function pathWords(film, { server }) {
  if (server.call) {
    const { path } = placeAt(film, server);
    const names = [...path.map((frame) => frame.function), server.call.name];
    return names.flatMap((name, index) => [index ? " › " : "", make("code", {}, name)]);
  }
  const [from, to] = [server.before, server.after].map((call) => {
    const frame = call && film.frames[call.path.at(-1) ?? -1];
    return call ? `${call.name}${frame ? ` (${placeName(frame)})` : ""}` : null;
  });
  if (from && to) return [`after ${from}, before ${to}`];
  return [from ? `after ${from}` : to ? `before ${to}` : "no system call is known"];
}

/** @param {Frame} frame */
const placeName = (frame) => `${baseName(frame.file)}:${frame.line}`;

/** @param {string[]} lines */
function logOf(lines) {
  if (!lines.length) return [make("li", { class: "none" }, "no lines")];
  return lines.map((line) => make("li", {}, printable(line)));
}

/** @param {Map<string, string>} keys */
function keysOf(keys) {
  if (!keys.size) return [make("li", { class: "none" }, "no keys")];
  return [...keys].map(([key, value]) =>
    make("li", {}, make("code", {}, printable(key)), " → ", make("code", {}, printable(value))),
  );
}
