/**
 * The time that messaging may take in one turn of the event loop. All sends and receives of this thread share one budget. It is measured in
 * time, so a message whose handler takes a millisecond counts more than an empty one.
 */

/**
 * Milliseconds that messaging may run before it yields to timers and I/O. Idle time counts too, so the first operation after it
 * waits for one turn of the event loop.
 */
const budget = 5;

let began = performance.now();
let next: Promise<void> | undefined;

/** Whether the budget of this turn is spent. If so, await {@link nextTurn} before you continue. */
export function turnIsOver(): boolean {
  return performance.now() - began > budget;
}

/** Resolves in the next turn of the event loop, after timers and I/O. All waiting calls continue together. */
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
