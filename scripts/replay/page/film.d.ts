// What the page gets, and what the page makes of it. `scripts/replay/src/film.rs` writes films.

/** A recorded run. All times are microseconds; 0 is when the second client (or the only one) asks for its connection. */
export interface Film {
  format: 1;
  server: string;
  version: string;
  scenario: string;
  about: string;
  date: string;
  window: [number, number];
  /** In the order of their coming. */
  clients: string[];
  /** If not, the clients' own notes stand in for the packets. */
  has_packets: boolean;
  /** If not, the page shows calls in place of lines. */
  has_lines: boolean;
  /** Whole files, as lines. */
  sources: Record<string, string[]>;
  frames: Frame[];
  /** The server's main thread, in order. */
  calls: Call[];
  moments: Moment[];
  questions: Question[];
  notes: string[];
}

export interface Frame {
  function: string;
  file: string;
  line: number;
}

export interface Call {
  from: number;
  until: number;
  name: string;
  /** As strace shows it, shortened. */
  shown: string;
  /** The only client that the call waits or works for. */
  client: string | null;
  asleep: boolean;
  /** Indexes of frames, the outermost first. Empty: not known. */
  path: number[];
}

export interface Moment {
  at: number;
  client: string | null;
  says: string;
  jump: string | null;
  does: Effect[];
}

export type Effect =
  | { kind: "queued" | "accepted" | "refused"; client: string }
  /** `data` has one character (0 to 255) a byte, and the first 256 at most. */
  | { kind: "arrived" | "written"; client: string; bytes: number; data: string }
  | { kind: "read" | "taken"; client: string; bytes: number }
  | { kind: "screen"; client: string; text: string; typed: boolean }
  | { kind: "gone"; client: string; by: "client" | "server" }
  | { kind: "log"; text: string }
  | { kind: "key"; key: string; value: string | null }
  | { kind: "begins" | "returns"; call: number };

export interface Question {
  name: string;
  /** The film stops here. */
  at: number;
  text: string;
  choices: Choice[];
  read: string;
}

export interface Choice {
  /** Its name among the answers that `check predict` keeps. */
  is: string;
  text: string;
  right: boolean;
  misconception: string | null;
  says: string | null;
  because: string | null;
}

/** What is seen at one time. */
export interface State {
  time: number;
  /** The index of the last moment, or -1. */
  moment: number;
  says: string;
  server: Server;
  /** The clients in the accept queue, the first one first. */
  queue: string[];
  connections: Connection[];
  screens: Map<string, { text: string; typed: boolean }[]>;
  keys: Map<string, string>;
  log: string[];
}

/** Where the server is: in a call, or between two of them. There its line is not known. */
export interface Server {
  call: Call | null;
  /** The last call that has returned, and the next one. Both are null in a call. */
  before: Call | null;
  after: Call | null;
  /** The calls so far, with the present one. */
  done: number;
}

export interface Connection {
  client: string;
  place: "none" | "queued" | "accepted" | "refused";
  closed: { client: boolean; server: boolean };
  receive: Buffer;
  send: Buffer;
}

/** Bytes in the kernel. */
export interface Buffer {
  pieces: { at: number; bytes: number; data: string }[];
  /** Bytes that have left before they came: two clocks may disagree by some microseconds. */
  owed: number;
}

/** Film time, and beside it the same instants on another scale. Both grow. */
export interface Scale {
  film: number[];
  shown: number[];
}
