// Moving through the films: the buttons, the keys, the axis.

import { drawAxis, listJumps } from "./axis.js";
import { find } from "./dom.js";
import { questions } from "./predict.js";
import { stateAt } from "./state.js";
import { after, axisOf, before, countUpTo, LONGEST_WAIT, paceOf, timesOf, toFilm, toShown } from "./time.js";
import { filmView } from "./view.js";
import { duration, signed } from "./words.js";

/** @import { Film } from "./film.js" */

/** @type {Film[]} */
const films = JSON.parse(find("#films").textContent ?? "[]");
const times = timesOf(films);
const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
const axis = axisOf(times);
const roots = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".film"));
const views = films.map((film, index) => filmView(film, /** @type {HTMLElement} */ (roots[index])));
const range = /** @type {HTMLInputElement} */ (find("#axis"));
const speeds = /** @type {HTMLSelectElement} */ (find("#speed"));
const jumps = /** @type {HTMLSelectElement} */ (find("#jump"));
const still = matchMedia("(prefers-reduced-motion: reduce)");

let time = first;
let pace = paceOf(times, null);
/** When the last picture was drawn, in milliseconds; null if the film stands. @type {number | null} */
let drawn = null;
/** How much of the film has been played, on the scale of `pace`. */
let played = 0;
const asked = questions(films, () => goTo(time));

/** Goes to a time; in predict mode not past a question. @param {number} to */
function goTo(to) {
  const question = asked.next();
  const isStopped = question !== null && to >= question.question.at;
  time = isStopped ? question.question.at : Math.min(last, Math.max(first, to));
  played = toShown(pace, time);
  show();
  if (isStopped) {
    play(false);
    asked.ask(question);
  } else asked.hide();
}

/** Shows the present time everywhere. */
function show() {
  const isPlaying = drawn !== null;
  const seen = isPlaying && still.matches ? (times[countUpTo(times, time) - 1] ?? time) : time;
  const states = films.map((film) => stateAt(film, seen));
  for (const [index, state] of states.entries()) views[index]?.(state);
  range.value = String(toShown(axis, seen));
  range.dataset.at = String(seen);
  range.setAttribute("aria-valuetext", `${signed(seen)}. ${states.map((state) => state.says).join(" ")}`);
  find("#time").textContent = signed(seen);
  find("#count").textContent = `${countUpTo(times, seen)} of ${times.length}`;
  find("#silence").textContent = isPlaying ? silence(seen) : "";
}

/** What is said while a silence is played faster than the rest. @param {number} now */
function silence(now) {
  const index = countUpTo(times, now);
  const gap = (times[index] ?? now) - (times[index - 1] ?? now);
  const speed = Number(speeds.value);
  return speed && gap / 1000 / speed > LONGEST_WAIT ? `a silence of ${duration(gap)}, shortened` : "";
}

/** Starts or stops the film. At its end, it starts again. @param {boolean} on */
function play(on) {
  if (on && time >= last) goTo(first);
  drawn = on ? performance.now() : null;
  find("#play").setAttribute("aria-label", on ? "Pause" : "Play");
  find("#play").classList.toggle("is-playing", on);
  // A screen reader cannot keep up with a film.
  const live = on && speeds.value !== "" ? "off" : "polite";
  for (const root of roots) root.querySelector(".says")?.setAttribute("aria-live", live);
  if (on) requestAnimationFrame(draw);
  else show();
}

/** @param {number} now */
function draw(now) {
  if (drawn === null) return;
  const to = played + Math.max(0, now - drawn);
  drawn = now;
  goTo(toFilm(pace, to));
  if (drawn === null) return;
  played = to;
  if (time >= last) play(false);
  else requestAnimationFrame(draw);
}

/** By hand. @param {number} to */
function step(to) {
  if (drawn !== null) play(false);
  goTo(to);
}

const moves = {
  ArrowLeft: () => step(before(times, time)),
  ArrowRight: () => step(after(times, time)),
  Home: () => step(first),
  End: () => step(last),
};

for (const [id, key] of /** @type {const} */ ([
  ["first", "Home"],
  ["previous", "ArrowLeft"],
  ["next", "ArrowRight"],
  ["last", "End"],
])) {
  find(`#${id}`).addEventListener("click", moves[key]);
}
find("#play").addEventListener("click", () => play(drawn === null));
speeds.addEventListener("change", () => {
  pace = paceOf(times, speeds.value === "" ? null : Number(speeds.value));
  played = toShown(pace, time);
});
range.addEventListener("input", () => step(toFilm(axis, Number(range.value))));
range.max = String(axis.shown.at(-1) ?? 0);

addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.altKey || event.ctrlKey || event.metaKey || target.closest("select")) return;
  const move = moves[/** @type {keyof typeof moves} */ (event.key)];
  if (event.key === " " && !target.closest("button, summary, a")) play(drawn === null);
  else if (move) move();
  else return;
  event.preventDefault();
});

listJumps(films, jumps);
jumps.addEventListener("change", () => {
  if (jumps.value !== "") step(Number(jumps.value));
});
// Not at once: the arrow keys go from one choice to the next.
jumps.addEventListener("blur", () => {
  jumps.value = "";
});

/** A link into the film: #at=174. */
function follow() {
  const at = location.hash.match(/^#at=(-?\d+)$/)?.[1];
  if (at === undefined) return goTo(time);
  scrollTo({ top: 0 });
  step(Number(at));
}
addEventListener("hashchange", follow);
// The line of the server may be out of view now.
addEventListener("resize", show);

const list = /** @type {HTMLDetailsElement} */ (find("#moments"));
list.open = false;
addEventListener("beforeprint", () => {
  list.open = true;
});
addEventListener("afterprint", () => {
  list.open = false;
});

drawAxis(films, axis);
follow();
