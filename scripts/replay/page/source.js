// The server's source, with the line where the server is. Without lines: its system calls.

import { filler, make } from "./dom.js";
import { placeAt } from "./lines.js";
import { baseName, printable } from "./words.js";

/** @import { Film, Server } from "./film.js" */

/** As many calls are shown where no line is known. */
const CALLS = 14;

/** @param {Film} film */
export function sourceView(film) {
  const name = make("span", { class: "file" });
  const hint = make("span", { class: "hint" });
  const code = make("pre", { tabindex: "0", class: "code" });
  const root = make("div", { class: "source" }, make("p", { class: "caption" }, name, hint), code);
  const fill = filler(code);
  let file = "";

  /** @param {Server} server */
  const show = (server) => {
    const place = placeAt(film, server);
    if (place.file && !film.sources[place.file]) {
      return showCalls(server, `This film has no source of ${baseName(place.file)}.`);
    }
    if (!film.has_lines) return showCalls(server, "The lines of this server are not known.");
    file = place.file ?? (file || (Object.keys(film.sources)[0] ?? ""));
    name.textContent = file;
    code.setAttribute("aria-label", `${baseName(file)}, the server's source`);
    const isKnown = place.line !== null || place.from !== null || place.to !== null;
    hint.textContent = isKnown ? "" : "The recording has no line for this call.";
    const changed = fill(file, () => (film.sources[file] ?? []).map(lineOf));
    mark(code, place, changed);
  };

  /** @param {Server} server @param {string} why */
  const showCalls = (server, why) => {
    name.textContent = "system calls";
    hint.textContent = `${why} These are its system calls.`;
    code.setAttribute("aria-label", "the system calls of the server so far");
    const first = Math.max(0, server.done - CALLS);
    const calls = film.calls.slice(first, server.done);
    fill([first, server.done, !server.call], () =>
      calls.map((call, index) => {
        const isNow = server.call !== null && index === calls.length - 1;
        const shown = isNow ? call.shown.replace(/ = [^=]*$/, "") : call.shown;
        return make(
          "span",
          isNow ? { class: "line now", "aria-current": "true" } : { class: "line" },
          printable(shown),
        );
      }),
    );
    code.scrollTop = code.scrollHeight;
  };
  return { root, show };
}

/** @param {string} text @param {number} index */
function lineOf(text, index) {
  const number = make("span", { class: "number" }, String(index + 1));
  const isComment = text.trimStart().startsWith("//");
  const words = make("span", isComment ? { class: "comment" } : {}, printable(text.replaceAll("\t", "    ")) || " ");
  return make("span", { class: "line" }, number, words);
}

/** @param {HTMLElement} code @param {ReturnType<typeof placeAt>} place @param {boolean} isNew */
function mark(code, place, isNew) {
  const { line, from, to, outer, stretch } = place;
  for (const [index, element] of [...code.children].entries()) {
    const number = index + 1;
    element.classList.toggle("now", number === line);
    element.classList.toggle("edge", line === null && (number === from || number === to));
    element.classList.toggle("outer", outer.includes(number) && number !== line);
    element.classList.toggle(
      "between",
      line === null && stretch !== null && number >= stretch[0] && number <= stretch[1],
    );
    if (number === line) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }
  // Both lines, if both fit; else the one that the server goes to.
  const span = from !== null && to !== null ? Math.abs(to - from) : 0;
  const fits = span * (code.firstElementChild?.clientHeight ?? 0) < 0.6 * code.clientHeight;
  const target = line ?? (fits && from !== null && to !== null ? Math.round((from + to) / 2) : (to ?? from));
  if (target) reveal(code, target, isNew);
}

/** Moves the source, and not the page, so that a line is in view. @param {HTMLElement} code @param {number} line @param {boolean} isNew */
function reveal(code, line, isNew) {
  const element = /** @type {HTMLElement | undefined} */ (code.children[line - 1]);
  if (!element) return;
  const top = element.offsetTop;
  const margin = 3 * element.offsetHeight;
  const isInView = top >= code.scrollTop + margin && top <= code.scrollTop + code.clientHeight - 2 * margin;
  if (isNew || !isInView) code.scrollTop = top - 0.45 * code.clientHeight;
}
