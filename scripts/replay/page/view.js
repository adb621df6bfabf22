// A film as it is seen at one time: the server, the kernel, the clients.

import { filler, make } from "./dom.js";

import { cardOf, chip, placesOf, showSizes } from "./kernel.js";
import { placeAt } from "./lines.js";

import { sourceView } from "./source.js";
import { baseName, duration, printable } from "./words.js";

/** @import { Film, Frame, State } from "./film.js" */

/** What stands before a line that a client has typed. */
const PROMPT = "> ";

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
  const connections = filler(part("connections"));
  const screens = filler(part("screens"));
  const keys = filler(part("keys"));
  const log = filler(part("log"));

  /** @param {State} state */
  return (state) => {
    says([state.moment, state.says], () => [state.says]);
    const { call } = state.server;
    status([call, call && state.time], () => statusOf(state));
    path([call, state.server.before, state.server.after], () => pathWords(film, state));
    queue(state.queue, () => placesOf(film, state.queue));
    connections(state.connections, () => state.connections.map((one) => cardOf(film, one)));
    for (const [index, connection] of state.connections.entries()) {
      showSizes(part("connections").children[index], connection, state.time);
    }
    if (
      screens([...state.screens, state.connections.map(({ closed, place }) => [closed, place])], () =>
        film.clients.map((client) => terminalOf(film, client, state)),
      )
    ) {
      for (const screen of part("screens").querySelectorAll("pre")) screen.scrollTop = screen.scrollHeight;
    }
    keys([...state.keys], () => keysOf(state.keys));
    if (log(state.log, () => state.log.map((line) => make("li", {}, printable(line))))) {
      part("log").scrollTop = part("log").scrollHeight;
    }
    // The last one: it needs to know how much room is left for it.
    source.show(state.server);
  };
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

/** @param {Film} film @param {string} client @param {State} state */
function terminalOf(film, client, state) {
  const lines = state.screens.get(client) ?? [];
  const connection = state.connections.find((one) => one.client === client);
  const closed = connection?.closed.client ?? false;
  const isAbsent = connection?.place === "none" && !lines.length;
  const texts = lines.map(({ text, typed }) =>
    make("span", { class: typed ? "typed" : "shown" }, (typed ? PROMPT : "") + printable(text)),
  );
  const waits = lines.at(-1)?.typed === true;
  if (!closed && !waits && !isAbsent) texts.push(make("span", { class: "typed" }, PROMPT));
  const note = closed ? "has left" : isAbsent ? "is not there yet" : waits ? "waits for its reply" : "";
  const head = make("p", { class: "whose" }, chip(film, client), ` ${note}`);
  const screen = make("pre", { tabindex: "0", "aria-label": `the terminal of ${client}` }, ...texts);
  return make("section", { class: `terminal ${closed ? "left" : ""}` }, head, screen);
}

/** @param {Map<string, string>} keys */
function keysOf(keys) {
  if (!keys.size) return [make("li", { class: "none" }, "no keys")];
  return [...keys].map(([key, value]) =>
    make("li", {}, make("code", {}, printable(key)), " → ", make("code", {}, printable(value))),
  );
}
