/** What a child process does, and what it tells its parent about it. */

export type Told =
  | { readonly kind: "endpoint"; readonly endpoint: string }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "error"; readonly error: string };

/** What a measuring end found. */
export interface Report {
  /** From the end of the warm-up to the end of the last message or round trip. */
  readonly seconds: number;
  /** Resident memory of the process in bytes: after the warm-up, then after each step. */
  readonly resident: readonly number[];
}

/** Runs one end of a measurement; the process then stays until its parent ends it. */
export type Role<Work> = (work: Work, tell: (told: Told) => void) => Promise<void>;

/** The end that a role connects to. */
export interface Connecting {
  readonly endpoint: string;
}
