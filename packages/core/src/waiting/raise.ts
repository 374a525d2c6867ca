/** Errors that are created long after the call that they belong to. */

/**
 * Rejects with an error whose stack shows the caller that awaits the promise. The stack of a timer would not show it. Resolve the caller's
 * promise with this one.
 */
export async function raise(error: Error): Promise<never> {
  // After these, the promise that is resolved with this one waits for it.
  await Promise.resolve();
  await Promise.resolve();
  Error.captureStackTrace?.(error);
  throw error;
}
