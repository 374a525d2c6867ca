/** Tests that come in two sizes: a small one that runs always, and the full one of `pnpm soak`. */

/** Whether this is a run of `pnpm soak`. */
const isSoak = process.env.AWAITMQ_SOAK === "1";

/** How many, or how long: `soak` in `pnpm soak`, else `test`. The file has to be listed in vitest.soak.config.ts. */
export function sized({ test, soak }: { readonly test: number; readonly soak: number }): number {
  return isSoak ? soak : test;
}
