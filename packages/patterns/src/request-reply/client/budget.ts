/** The budget for extra attempts: a share of the calls, and a few to begin with. */

/** Extra attempts that a budget begins with, and can always save up. */
const reserve = 10;
/** The most calls whose share is saved up, since that many may be lost at once with a server. */
const horizon = 100;

export class Budget {
  readonly #share: number;
  readonly #most: number;
  #saved = reserve;

  /** @param share extra attempts per call, 0 to 1 */
  constructor(share: number) {
    this.#share = share;
    this.#most = Math.max(reserve, share * horizon);
  }

  /** Call this for each call. */
  earn(): void {
    if (this.#saved < this.#most) this.#saved = Math.min(this.#most, this.#saved + this.#share);
  }

  /** Whether one more extra attempt is allowed. If so, it is counted. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
