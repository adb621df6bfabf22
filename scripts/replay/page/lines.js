// Where the server is in its source: a pure function of the film and the server's state.

/** @import { Call, Film, Frame, Server } from "./film.js" */

/** The frames of a call, the outermost first. @param {Film} film @param {Call | null} call */
export function pathOf(film, call) {
  return (call?.path ?? []).flatMap((index) => film.frames[index] ?? []);
}

/**
 * The line of the present call; or the lines of the calls before and after, as it is not known what runs between them.
 * `outer` are the lines of the call path in the same file, `stretch` is what lies between the two lines.
 * @param {Film} film @param {Server} server
 */
export function placeAt(film, server) {
  const path = pathOf(film, server.call);
  const line = path.at(-1) ?? null;
  const from = pathOf(film, server.before).at(-1) ?? null;
  const to = pathOf(film, server.after).at(-1) ?? null;
  const file = (line ?? to ?? from)?.file ?? null;
  /** @param {Frame | null} frame */
  const here = (frame) => (frame && frame.file === file ? frame.line : null);
  return {
    path,
    file,
    line: here(line),
    from: here(from),
    to: here(to),
    outer: outerLines(path, file),
    stretch: stretch(from, to),
  };
}

/** @param {Frame[]} path @param {string | null} file */
function outerLines(path, file) {
  return path.slice(0, -1).flatMap((frame) => (frame.file === file ? [frame.line] : []));
}

/** @param {Frame | null} from @param {Frame | null} to @returns {[number, number] | null} */
function stretch(from, to) {
  if (!from || !to || from.file !== to.file) return null;
  return [Math.min(from.line, to.line), Math.max(from.line, to.line)];
}
