/** The type of a price, and a generator of prices. */

export interface Price {
  readonly tick: number;
  readonly price: number;
}

/** A random walk around 100, the same for the same seed. */
export function* walk(seed: number): Generator<number, never> {
  let state = seed;
  let price = 100;
  for (;;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    price = Math.max(1, price + (state / 2_147_483_648 - 0.5) * 4);
    yield Math.round(price * 100) / 100;
  }
}
