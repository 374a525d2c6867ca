/** Sockets without a reference: in use they live on, idle they close. */

import { fixture, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";

const program = fixture("kept.mjs", import.meta.url);

describe("sockets to which a program has no reference any more", () => {
  test("live while something waits on them, and are closed when nothing does", async () => {
    const finished = await run(program, { execArgv: ["--expose-gc"] });
    expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
    const { kept, freed } = JSON.parse(finished.stdout);
    expect(kept.filter((name: string) => name.startsWith("lost"))).toEqual([]);
    expect(freed.filter((name: string) => name.startsWith("kept"))).toEqual([]);
    expect([kept.length, freed.length]).toEqual([14, 6]);
  });
});
