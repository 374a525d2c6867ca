/** Tests of two sizes: a small one that always runs, and the full one of `pnpm soak`. */

/** Whether this is a run of `pnpm soak`. */
const isSoak = process.env.AWAITMQ_SOAK === "1";

/** Returns `soak` in `pnpm soak`, otherwise `test`. The test's file must be listed in vitest.soak.config.ts. */
export function sized({ test, soak }: { readonly test: number; readonly soak: number }): number {
  return isSoak ? soak : test;
}
