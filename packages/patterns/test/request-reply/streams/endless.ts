/** An input of a test. */

/** An input without end that records how many items were taken, and whether it was closed. */
export function endless(size = 4) {
  const seen = { taken: 0, closed: 0 };
  async function* items() {
    try {
      for (;;) {
        seen.taken += 1;
        yield Buffer.alloc(size, seen.taken);
      }
    } finally {
      seen.closed += 1;
    }
  }
  return { seen, items: items() };
}
