// What the kernel holds: the accept queue, and for each connection the bytes on their way.

import { chip, colour, filler, make } from "./dom.js";
import { countBytes, knownBytes } from "./state.js";
import { count, duration, printable, readable } from "./words.js";

/** @import { Buffer, Connection, Film, State } from "./film.js" */

/** As many bytes of a buffer are shown. */
const SHOWN_BYTES = 96;

/** @type {Record<Connection["place"], string>} */
const PLACES = {
  none: "not connected",
  queued: "connected, in the accept queue",
  accepted: "accepted by the server",
  refused: "refused",
};

/** The accept queue: a place for each client that waits, and one that is free. @param {Film} film @param {string[]} queue */
export function placesOf(film, queue) {
  const places = queue.map((client) => make("li", { class: "place" }, chip(film, client)));
  const free = make("li", { class: "place free" }, queue.length ? "" : "empty");
  return [...places, free];
}

/** A connection and its two buffers. @param {Film} film @param {string} client */
export function connectionView(film, client) {
  const head = make("p", { class: "whose" });
  const receive = bufferView("receive buffer", "unread for");
  const send = bufferView("send buffer", "for");
  const buffers = make("div", { class: "buffers" }, receive.root, send.root);
  const label = `connection of ${printable(client)}`;
  const root = make("section", { "data-client": client, "aria-label": label }, head, buffers);
  const fill = filler(head);

  /** @param {State} state */
  const show = (state) => {
    const connection = state.connections.find((one) => one.client === client);
    if (!connection) return;
    const { closed, place } = connection;
    root.className = `connection ${colour(film, client)} ${place}`;
    const by = [...(closed.client ? [client] : []), ...(closed.server ? ["the server"] : [])];
    const where = by.length ? `closed by ${by.join(" and ")}` : PLACES[place];
    fill(where, () => [chip(film, client), ` ${printable(where)}`]);
    const isOver = closed.server && !countBytes(connection.receive) && !countBytes(connection.send);
    buffers.hidden = isOver || place === "none" || place === "refused";
    receive.show(connection.receive, state.time);
    send.show(connection.send, state.time);
  };
  return { root, show };
}

/** @param {string} name @param {string} since */
function bufferView(name, since) {
  const size = make("span", { class: "size" });
  const bytes = make("code", { class: "bytes" });
  const root = make("div", { "data-buffer": name }, make("span", { class: "name" }, name), size, bytes);
  const fill = filler(bytes);

  /** @param {Buffer} buffer @param {number} time */
  const show = (buffer, time) => {
    const all = countBytes(buffer);
    const known = knownBytes(buffer).slice(0, SHOWN_BYTES);
    root.className = `buffer ${all ? "full" : "empty"}`;
    const first = buffer.pieces[0];
    const age = first && first.at < time ? `${since} ${duration(time - first.at)}` : "just now";
    size.textContent = first ? `${count(all, "byte")}, ${age}` : "empty";
    fill([known, all > known.length], () => {
      const words = readable(known).map(({ text, escaped }) => (escaped ? make("i", {}, text) : text));
      return all > known.length ? [...words, "…"] : words;
    });
  };
  return { root, show };
}
