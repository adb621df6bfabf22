// Film time, and the same time on other scales: on the axis, and by the watch of the person who looks.

/** @import { Film, Scale } from "./film.js" */

/** No moment of a film takes longer to play than this, in milliseconds: a longer silence is shortened. */
export const LONGEST_WAIT = 1500;
/** How long each moment is shown if the film goes from moment to moment, in milliseconds. */
export const READING_TIME = 2500;
/** The share of the axis that all moments get alike, so that each can be told from its neighbours. */
const SHARE = 0.5;

/**
 * The times of all moments of all films, with the first and the last time, in order.
 * @param {Film[]} films
 */
export function timesOf(films) {
  const all = films.flatMap((film) => [...film.window, ...film.moments.map((moment) => moment.at)]);
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * A scale on which the stretch between two times is as wide as `width` says.
 * @param {number[]} times @param {(gap: number) => number} width @returns {Scale}
 */
function scale(times, width) {
  let sum = 0;
  const shown = times.map((time, index) => {
    if (index > 0) sum += width(time - /** @type {number} */ (times[index - 1]));
    return sum;
  });
  return { film: times, shown };
}

/** From how many microseconds on the axis shortens a stretch without a moment. @param {number[]} times */
export function longGap(times) {
  return Math.max(1000, ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 200);
}

/** The axis: silences are shortened, and moments have some room. @param {number[]} times @returns {Scale} */
export function axisOf(times) {
  const longest = longGap(times);
  const plain = scale(times, (gap) => Math.min(gap, longest)).shown.at(-1) || 1;
  const room = (plain * SHARE) / (1 - SHARE) / Math.max(1, times.length - 1);
  return scale(times, (gap) => room + Math.min(gap, longest));
}

/**
 * When each time is shown while the film plays, in milliseconds.
 * @param {number[]} times
 * @param {number | null} speed 1 is as fast as the run was; null is from moment to moment
 * @returns {Scale}
 */
export function paceOf(times, speed) {
  if (speed === null) return scale(times, () => READING_TIME);
  return scale(times, (gap) => Math.min(gap / 1000 / speed, LONGEST_WAIT));
}

/** The stretches that the axis shortens. @param {number[]} times */
export function silencesOf(times) {
  const longest = longGap(times);
  return times.slice(1).flatMap((until, index) => {
    const from = /** @type {number} */ (times[index]);
    return until - from > longest ? [{ from, until }] : [];
  });
}

/** How many numbers of a list that grows are at most this. @param {number[]} list @param {number} value */
export function countUpTo(list, value) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (list[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {number[]} from @param {number[]} to @param {number} value */
function convert(from, to, value) {
  const index = Math.max(0, countUpTo(from, value) - 1);
  const [a = 0, b] = from.slice(index, index + 2);
  const [c = 0, d] = to.slice(index, index + 2);
  if (b === undefined || d === undefined || b === a) return c;
  return c + ((Math.max(a, value) - a) / (b - a)) * (d - c);
}

/** Where a film time is on a scale. @param {Scale} scale @param {number} time */
export const toShown = ({ film, shown }, time) => convert(film, shown, time);

/** Which film time is at this place of a scale. @param {Scale} scale @param {number} place */
export const toFilm = ({ film, shown }, place) => convert(shown, film, place);

/** The next time, or the last one. @param {number[]} times @param {number} time */
export function after(times, time) {
  return times[Math.min(countUpTo(times, time), times.length - 1)] ?? time;
}

/** The time before, or the first one. @param {number[]} times @param {number} time */
export function before(times, time) {
  const index = countUpTo(times, time) - 1;
  return times[Math.max(0, times[index] === time ? index - 1 : index)] ?? time;
}
