// What the kernel holds: the accept queue, and for each connection the bytes on their way.

import { make } from "./dom.js";
import { countBytes, knownBytes } from "./state.js";
import { count, duration, printable, readable } from "./words.js";

/** @import { Buffer, Connection, Film } from "./film.js" */

/** As many bytes of a buffer are shown. */
const SHOWN_BYTES = 96;

/** The colour of a client. @param {Film} film @param {string} client */
const colour = (film, client) => `c${Math.max(0, film.clients.indexOf(client)) % 6}`;

/** @param {Film} film @param {string} client */
export const chip = (film, client) => make("span", { class: `chip ${colour(film, client)}` }, printable(client));

/** The accept queue: a place for each client that waits, and one that is free. @param {Film} film @param {string[]} queue */
export function placesOf(film, queue) {
  const places = queue.map((client) => make("li", { class: "place" }, chip(film, client)));
  const free = make("li", { class: "place free" }, queue.length ? "" : "empty");
  return [...places, free];
}

/** @type {Record<Connection["place"], string>} */
const PLACES = {
  none: "not connected",
  queued: "connected, in the accept queue",
  accepted: "accepted by the server",
  refused: "refused",
};

/** A connection and its two buffers. @param {Film} film @param {Connection} connection */
export function cardOf(film, connection) {
  const { client, closed, place } = connection;
  const by = [...(closed.client ? [client] : []), ...(closed.server ? ["the server"] : [])];
  const where = by.length ? `closed by ${by.join(" and ")}` : PLACES[place];
  const head = make("p", { class: "whose" }, chip(film, client), ` ${printable(where)}`);
  const isConnected = place === "queued" || place === "accepted";
  const isOver = closed.server && !countBytes(connection.receive) && !countBytes(connection.send);
  const buffers = [bufferOf("receive buffer", connection.receive), bufferOf("send buffer", connection.send)];
  const body = make("div", { class: "buffers" }, ...(isConnected && !isOver ? buffers : []));
  const name = `connection ${colour(film, client)} ${place}`;
  return make("section", { class: name, "data-client": client, "aria-label": `connection of ${client}` }, head, body);
}

/** @param {string} name @param {Buffer} buffer */
function bufferOf(name, buffer) {
  const bytes = countBytes(buffer);
  const known = knownBytes(buffer).slice(0, SHOWN_BYTES);
  const words = readable(known).map(({ text, escaped }) => (escaped ? make("i", {}, text) : text));
  if (bytes > known.length) words.push("…");
  return make(
    "div",
    { class: `buffer ${bytes ? "full" : "empty"}`, "data-buffer": name },
    make("span", { class: "name" }, name),
    make("span", { class: "size" }),
    make("code", { class: "bytes" }, ...words),
  );
}

/**
 * How many bytes, and for how long: only this changes from one picture to the next.
 * @param {Element | undefined} card @param {Connection} connection @param {number} time
 */
export function showSizes(card, connection, time) {
  const [receive, send] = card?.querySelectorAll(".size") ?? [];
  if (receive) receive.textContent = sizeOf(connection.receive, "unread for", time);
  if (send) send.textContent = sizeOf(connection.send, "on the way for", time);
}

/** @param {Buffer} buffer @param {string} since @param {number} time */
function sizeOf(buffer, since, time) {
  const first = buffer.pieces[0];
  if (!first) return "empty";
  const age = time - first.at;
  return `${count(countBytes(buffer), "byte")}, ${age ? `${since} ${duration(age)}` : "just now"}`;
}
