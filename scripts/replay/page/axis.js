// The axis of time: a tick for each moment, and the silences that it shortens. And the list of the moments with names.

import { find, make } from "./dom.js";
import { silencesOf, toShown } from "./time.js";
import { duration, printable, signed } from "./words.js";

/** @import { Film, Scale } from "./film.js" */

/**
 * Draws the axis of these films.
 * @param {Film[]} films @param {Scale} axis
 */
export function drawAxis(films, axis) {
  const whole = axis.shown.at(-1) || 1;
  /** @param {number} time */
  const share = (time) => toShown(axis, time) / whole;
  /** @param {number} from @param {number} until */
  const place = (from, until) => `left: ${100 * share(from)}%; width: ${100 * (share(until) - share(from))}%`;

  const silences = silencesOf(axis.film).map(({ from, until }) => {
    const text = make("span", {}, duration(until - from), make("span", { class: "more" }, ", shortened"));
    const title = `${duration(until - from)} without a moment. The axis shortens them.`;
    return styled(make("span", { class: "silence", title }, text), place(from, until));
  });
  const zero = styled(make("span", { class: "zero", title: "0: here the film counts from" }), place(0, 0));
  find("#marks").replaceChildren(...silences, zero, ticksOf(films, share));
}

/** A policy of the page may forbid styles in attributes, but not these. @param {HTMLElement} element @param {string} style */
function styled(element, style) {
  element.style.cssText = style;
  return element;
}

/** One path a client: thousands of ticks are no burden then. @param {Film[]} films @param {(time: number) => number} share */
function ticksOf(films, share) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", `0 0 1000 ${films.length}`);
  picture.setAttribute("preserveAspectRatio", "none");
  for (const [row, film] of films.entries()) {
    for (const client of [...film.clients, null]) {
      const moments = film.moments.filter((moment) => moment.client === client);
      const path = document.createElementNS(space, "path");
      path.setAttribute(
        "d",
        moments.map((moment) => `M${(1000 * share(moment.at)).toFixed(2)} ${row + 0.1}v.8`).join(""),
      );
      path.setAttribute("class", client === null ? "nobody" : `c${film.clients.indexOf(client) % 6}`);
      picture.append(path);
    }
  }
  return picture;
}

/** Fills the list of the moments that have names. @param {Film[]} films @param {HTMLSelectElement} list */
export function listJumps(films, list) {
  for (const film of films) {
    const named = film.moments.filter((moment) => moment.jump !== null);
    const options = named.map((moment) =>
      make("option", { value: String(moment.at) }, `${printable(moment.jump ?? "")}, ${signed(moment.at)}`),
    );
    list.append(make("optgroup", { label: printable(film.server) }, ...options));
  }
}
