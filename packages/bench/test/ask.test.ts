/** How figures become ratios and verdicts, with made-up figures. */

import { expect, test } from "vitest";
import { ask } from "../src/ask.ts";
import type { Bar, Question } from "../src/questions/question.ts";

function question(bar: Bar, figures: Readonly<Record<string, readonly number[]>>): Question {
  const runs = new Map<string, number>();
  return {
    name: "made up",
    group: "streams",
    title: "made up",
    unit: "items/s",
    contenders: [
      { peer: "core", label: "ours", bar },
      { peer: "core", label: "slow" },
      { peer: "core", label: "fast" },
      { peer: "core", label: "beside" },
    ],
    baseline: ["slow", "fast"],
    async measure({ label = "" }) {
      const run = runs.get(label) ?? 0;
      runs.set(label, run + 1);
      return figures[label]?.[run] ?? Number.NaN;
    },
  };
}

function answer(bar: Bar, figures: Readonly<Record<string, readonly number[]>>) {
  return ask(question(bar, figures), { runs: 3, scale: 1, onRun: () => {}, onFigure: () => {} });
}

const figures = { ours: [600, 600, 600], slow: [900, 50, 50], fast: [100, 100, 100], beside: [200, 200, 200] };

test("of several baselines, ratios relate to the one with the highest median", async () => {
  const { baseline, rows } = await answer({ of: "ratio", least: 6 }, figures);
  expect(baseline).toBe("fast");
  expect(rows.map(({ label, ratio }) => [label, ratio?.ofMedians])).toEqual([
    ["ours", 6],
    ["slow", 0.5],
    ["fast", undefined],
    ["beside", 2],
  ]);
});

test.each([
  [{ of: "figure", least: 600, and: { of: "ratio", least: 6 } }, true],
  [{ of: "figure", least: 600, and: { of: "ratio", least: 7 } }, false],
  [{ of: "figure", least: 601, and: { of: "ratio", least: 6 } }, false],
] as const)("a target of two is met if both are: %j", async (bar, met) => {
  expect((await answer(bar, figures)).rows[0]?.met).toBe(met);
});
