// Making and changing elements.

import { printable } from "./words.js";

/** @import { Film } from "./film.js" */

/**
 * An element with these attributes and children.
 * @param {string} name @param {Record<string, string>} [attributes] @param {(Node | string)[]} children
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** The element of this selector. @template {Element} [T=HTMLElement] @param {string} selector @returns {T} */
export function find(selector) {
  const element = document.querySelector(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return /** @type {T} */ (element);
}

/**
 * Fills an element anew if its content would change. What stays the same is not touched, so nothing flickers, and a
 * place where somebody has scrolled to stays.
 * @param {HTMLElement} element
 */
export function filler(element) {
  let key = "";
  /** @param {unknown} of @param {() => (Node | string)[]} children */
  return (of, children) => {
    const now = JSON.stringify(of);
    if (now === key) return false;
    key = now;
    element.replaceChildren(...children());
    return true;
  };
}

/** The colour of a client, as a class. @param {Film} film @param {string} client */
export const colour = (film, client) => `c${Math.max(0, film.clients.indexOf(client)) % 6}`;

/** A client in its colour. @param {Film} film @param {string} client */
export const chip = (film, client) => make("span", { class: `chip ${colour(film, client)}` }, printable(client));
