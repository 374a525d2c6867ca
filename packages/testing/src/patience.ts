/**
 * Milliseconds that a test waits for what should come at once. It tells only how late a hang is noticed, so it is as long as a busy
 * machine may need: a little less than the time of a whole test, so that the failure says what was waited for.
 */
export const patience = 150_000;
