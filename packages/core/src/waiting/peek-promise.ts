/**
 * Reads the result of a promise synchronously. It is for calls that are complete when they return, but report it with a promise. A separate
 * context runs its own microtasks before `runInContext` returns: see `microtaskMode` in Node's documentation of `vm`. It takes about 7 µs.
 */

import { type Context, createContext, Script } from "node:vm";

interface Look {
  /** Changes with each call, and after it. */
  count: number;
  promise: Promise<unknown> | undefined;
  state: "pending" | "fulfilled" | "rejected";
  outcome: unknown;
}

/** Reads the promise while the script runs. A later result is ignored. */
const script = new Script(`{
  const mine = ++look.count;
  look.state = "pending";
  look.promise.then(
    (value) => { if (look.count === mine) { look.state = "fulfilled"; look.outcome = value; } },
    (error) => { if (look.count === mine) { look.state = "rejected"; look.outcome = error; } },
  );
}`);

export type Settled<T> =
  | { readonly state: "pending" }
  | { readonly state: "fulfilled"; readonly value: T }
  | { readonly state: "rejected"; readonly error: unknown };

let context: Context | undefined;
let look: Look;

export function settled<T>(promise: Promise<T>): Settled<T> {
  if (context === undefined) {
    context = createContext({}, { microtaskMode: "afterEvaluate" });
    look = new Script("globalThis.look = { count: 0 }").runInContext(context) as Look;
  }
  look.promise = promise;
  script.runInContext(context);
  look.count += 1;
  const { state, outcome } = look;
  look.promise = undefined;
  look.outcome = undefined;
  if (state === "fulfilled") return { state, value: outcome as T };
  return state === "rejected" ? { state, error: outcome } : { state };
}
