// The terminal of a client, as it looks at one time.

import { chip, filler, make } from "./dom.js";
import { printable } from "./words.js";

/** @import { Film, State } from "./film.js" */

/** What stands before a line that a client has typed. */
const PROMPT = "> ";

/** @param {Film} film @param {string} client */
export function terminalView(film, client) {
  const note = make("span");
  const screen = make("pre", { tabindex: "0", "aria-label": `the terminal of ${printable(client)}` });
  const root = make("section", {}, make("p", { class: "whose" }, chip(film, client), note), screen);
  const fill = filler(screen);

  /** @param {State} state */
  const show = (state) => {
    const lines = state.screens.get(client) ?? [];
    const connection = state.connections.find((one) => one.client === client);
    const hasLeft = connection?.closed.client ?? false;
    const isAbsent = connection?.place === "none" && !lines.length;
    const waits = lines.at(-1)?.typed === true;
    note.textContent = hasLeft ? "has left" : isAbsent ? "is not there yet" : waits ? "waits for its reply" : "";
    root.className = `terminal ${hasLeft ? "left" : ""}`;
    const hasPrompt = !hasLeft && !isAbsent && !waits;
    const isNew = fill([lines, hasPrompt], () => {
      const texts = lines.map(({ text, typed }) =>
        make("span", { class: typed ? "typed" : "shown" }, (typed ? PROMPT : "") + printable(text)),
      );
      return hasPrompt ? [...texts, make("span", { class: "typed" }, PROMPT)] : texts;
    });
    if (isNew) screen.scrollTop = screen.scrollHeight;
  };
  return { root, show };
}
