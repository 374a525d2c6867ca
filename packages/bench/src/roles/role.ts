/** The role of a child process, and its report to the parent. */

export type Told =
  | { readonly kind: "endpoint"; readonly endpoint: string }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "resident"; readonly bytes: number }
  | { readonly kind: "error"; readonly error: string };

/** The result of a measuring end. */
export interface Report {
  /** From the end of the warm-up to the end of the last message or round trip. */
  readonly seconds: number;
  /** Resident memory of the process in bytes: after the warm-up, then after each step. */
  readonly resident: readonly number[];
}

/** Runs one end of a measurement. The process then keeps running until its parent kills it. */
export type Role<Work> = (work: Work, tell: (told: Told) => void) => Promise<void>;

/** The other end, which this role connects to. */
export interface Connecting {
  readonly endpoint: string;
}
