/** Tells the end of an iterator that was told to stop from a failure. */

/** Whether an iterator fails because its signal aborted with that reason. */
export function isDueTo(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  const { name, cause } = Object(error);
  return name === "AbortError" || (cause !== undefined && cause === reason);
}
