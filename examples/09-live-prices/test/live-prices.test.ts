import { run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { chart } from "../src/chart.ts";

test("the prices are drawn, and none is missed", async () => {
  const { code, stdout, stderr } = await run(new URL("../dist/main.js", import.meta.url));
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^EUR +[\d.]+ {2}[▁▂▃▄▅▆▇█]{60}\nCHF +[\d.]+ {2}[▁▂▃▄▅▆▇█]{60}\nAll 200 prices/);
  expect(code).toBe(0);
});

describe("a chart", () => {
  test("goes from the lowest to the highest", () => {
    expect(chart([1, 2, 3, 4, 5, 6, 7, 8])).toBe("▁▂▃▄▅▆▇█");
    expect(chart([100, -100])).toBe("█▁");
  });

  test("of what never changes is flat", () => {
    expect(chart([5, 5, 5])).toBe("▁▁▁");
  });
});
