/** How many extra attempts there may be: a share of the calls, and a few to begin with. */

/** Extra attempts that a budget begins with, and saves up at least. */
const reserve = 10;
/** Calls whose share it saves up at most: so many may be lost at once when a server goes. */
const horizon = 100;

export class Budget {
  readonly #share: number;
  readonly #most: number;
  #saved = reserve;

  /** @param share extra attempts for each call, 0 to 1 */
  constructor(share: number) {
    this.#share = share;
    this.#most = Math.max(reserve, share * horizon);
  }

  /** To be told of each call. */
  earn(): void {
    if (this.#saved < this.#most) this.#saved = Math.min(this.#most, this.#saved + this.#share);
  }

  /** Whether there may be one more extra attempt, which this counts. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
