/**
 * The share of the event loop that messaging may take at a stretch. Every send and receive of this thread counts
 * against one budget, measured in time: a message that costs its handler a millisecond weighs more than an empty one.
 */

/**
 * Milliseconds that messaging may go on after it last gave way to timers and I/O. Idle time counts too, which costs the
 * first operation after it one turn of the event loop.
 */
const budget = 5;

let began = performance.now();
let next: Promise<void> | undefined;

/** Whether this turn's budget is spent: await {@link nextTurn} before going on. */
export function turnIsOver(): boolean {
  return performance.now() - began > budget;
}

/** Resolves in the event loop's next turn, after timers and I/O had theirs. All that wait go on together. */
export function nextTurn(): Promise<void> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined;
      began = performance.now();
      resolve();
    });
  });
  return next;
}
