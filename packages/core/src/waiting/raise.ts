/** Errors that are made long after the call that they are for. */

/**
 * Rejects with an error, when its stack has whoever awaits the promise that is resolved with this one: a timer's own stack says
 * nothing of who waited.
 */
export async function raise(error: Error): Promise<never> {
  // By then the promise that is resolved with this one waits for it.
  await Promise.resolve();
  await Promise.resolve();
  Error.captureStackTrace?.(error);
  throw error;
}
