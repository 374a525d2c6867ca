/**
 * Milliseconds that a test waits for an immediate result. It determines only how late a hang is noticed, so it is as long as a
 * busy machine may need. It is a little shorter than a test's timeout, so that the failure names the awaited result.
 */
export const patience = 150_000;
