/** Time under the control of a test: turns of the event loop, and waiting until nothing moves any more. */

/** Stands in for the loop budget of core, so that a test says when a turn is over. */
class Turns {
  isOver = false;
  #waiting: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next turn begins. */
  begin(): void {
    this.isOver = false;
    for (const go of this.#waiting.splice(0)) go();
  }
}

export const turns = new Turns();

let moves = 0;

/** Says that something has happened. */
export function moved(): void {
  moves += 1;
}

/** Resolves after the microtasks and the ticks that are due. */
export function tick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Resolves when nothing moves any more without an event from outside. */
export async function quiet(): Promise<void> {
  for (let seen = -1; seen !== moves; ) {
    seen = moves;
    await tick();
    await tick();
  }
}
