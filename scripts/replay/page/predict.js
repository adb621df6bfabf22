// The film stops and asks: what comes next? The key is the recording.

import { find, make } from "./dom.js";

/** @import { Choice, Film, Question } from "./film.js" */

/** @typedef {{ film: Film, question: Question, choice: Choice | null }} Asked */

/**
 * The questions of these films, and the part of the page that asks them.
 * @param {Film[]} films @param {() => void} goOn is called when a question is answered and read
 */
export function questions(films, goOn) {
  /** @type {Asked[]} */
  const all = films.flatMap((film) => film.questions.map((question) => ({ film, question, choice: null })));
  all.sort((a, b) => a.question.at - b.question.at);
  const card = find("#question");
  const toggle = find("#predict");
  const save = find("#save");
  /** @type {Asked | null} */
  let shown = null;
  toggle.hidden = all.length === 0;

  const isOn = () => toggle.getAttribute("aria-pressed") === "true";
  const next = () => (isOn() ? (all.find((one) => !one.choice) ?? null) : null);

  /** @param {Asked} asked @param {Choice} choice */
  const answer = (asked, choice) => {
    asked.choice = choice;
    save.hidden = false;
    const go = make("button", { type: "button", class: "go" }, "Go on");
    go.addEventListener("click", () => {
      hide();
      goOn();
    });
    const verdict = choice.right ? "Right." : "Not so.";
    card.replaceChildren(make("h2", {}, verdict), ...reasons(asked, choice), go);
    go.focus();
  };

  /** @param {Asked} asked */
  const ask = (asked) => {
    if (shown === asked) return;
    shown = asked;
    const choices = asked.question.choices.map((choice) => {
      const button = make("button", { type: "button" }, choice.text);
      button.addEventListener("click", () => answer(asked, choice));
      return make("li", {}, button);
    });
    const of = films.length > 1 ? `${asked.film.server}: ` : "";
    card.replaceChildren(make("h2", { tabindex: "-1" }, of + asked.question.text), make("ul", {}, ...choices));
    card.hidden = false;
    card.querySelector("h2")?.focus();
  };

  const hide = () => {
    if (card.contains(document.activeElement)) find("#play").focus();
    card.hidden = true;
    shown = null;
  };

  toggle.addEventListener("click", () => {
    toggle.setAttribute("aria-pressed", String(!isOn()));
    hide();
    goOn();
  });
  save.addEventListener("click", () => {
    const text = `${JSON.stringify(answersOf(all), null, 2)}\n`;
    const link = make("a", { href: `data:application/json,${encodeURIComponent(text)}`, download: "answers.json" });
    link.click();
  });
  return { next, ask, hide, isOn };
}

/** What is said of an answer. @param {Asked} asked @param {Choice} choice */
function reasons({ question }, choice) {
  const right = question.choices.find((one) => one.right);
  const read = make("p", { class: "read" }, "Read more: ", make("code", {}, question.read));
  if (choice.right) return [make("p", {}, choice.text), read];
  return [
    make("p", {}, `Your answer: ${choice.text}`),
    ...(choice.says ? [make("p", {}, "Many believe this: ", make("q", {}, choice.says))] : []),
    ...(choice.because ? [make("p", {}, sentence(choice.because))] : []),
    make("p", {}, `The recording shows: ${right?.text ?? ""}`),
    read,
  ];
}

/** @param {string} text */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The answers in the form of `check predict` (work/answers.json): lab, question, answer.
 * @param {Asked[]} all
 */
export function answersOf(all) {
  /** @type {Record<string, Record<string, { choice: string, right: boolean, misconception?: string }>>} */
  const answers = {};
  for (const { film, question, choice } of all) {
    if (!choice) continue;
    const lab = film.server.match(/lab\d/)?.[0] ?? film.server;
    const { is, right, misconception } = choice;
    answers[lab] ??= {};
    answers[lab][question.name] = { choice: is, right, ...(misconception ? { misconception } : {}) };
  }
  return answers;
}
