/** How figures become ratios and verdicts, with made-up figures. */

import { expect, test } from "vitest";
import { ask } from "../src/ask.ts";
import type { Bar, Question, Unit } from "../src/questions/question.ts";

function question(bar: Bar, figures: Readonly<Record<string, readonly number[]>>, unit: Unit): Question {
  const runs = new Map<string, number>();
  return {
    name: "made up",
    group: "streams",
    title: "made up",
    unit,
    contenders: [
      { peer: "core", label: "ours", bar },
      { peer: "core", label: "slow" },
      { peer: "core", label: "fast" },
      { peer: "core", label: "beside" },
    ],
    baseline: ["slow", "fast"],
    reference: "beside",
    async measure({ label = "" }) {
      const run = runs.get(label) ?? 0;
      runs.set(label, run + 1);
      return figures[label]?.[run] ?? Number.NaN;
    },
  };
}

function answer(bar: Bar, figures: Readonly<Record<string, readonly number[]>>, unit: Unit = "items/s") {
  return ask(question(bar, figures, unit), { runs: 3, scale: 1, onRun: () => {}, onFigure: () => {} });
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

test("where less is better, ratios relate to the baseline with the lowest median", async () => {
  const { baseline, rows } = await answer({ of: "ratio", most: 1 }, figures, "µs");
  expect(baseline).toBe("slow");
  expect(rows[0]).toMatchObject({ ratio: { ofMedians: 12 }, met: false });
});

test("every figure but its own is also compared with the reference", async () => {
  const { reference, rows } = await answer({ of: "reference", least: 3 }, figures);
  expect(reference).toBe("beside");
  expect(rows.map(({ label, toReference, met }) => [label, toReference, met])).toEqual([
    ["ours", 3, true],
    ["slow", 0.25, undefined],
    ["fast", 0.5, undefined],
    ["beside", undefined, undefined],
  ]);
});

test.each([
  [{ of: "figure", least: 600, and: { of: "ratio", least: 6 } }, [true, true]],
  [{ of: "figure", least: 600, and: { of: "ratio", least: 7 } }, [true, false]],
  [{ of: "figure", least: 601, and: { of: "ratio", least: 6 } }, [false, true]],
  [{ of: "ratio", least: 6, and: { of: "reference", least: 3 } }, [true, true]],
  [{ of: "ratio", least: 6, and: { of: "reference", least: 4 } }, [true, false]],
] as const)("a target of two is met if both are: %j", async (bar, verdicts) => {
  const [ours] = (await answer(bar, figures)).rows;
  expect(ours?.verdicts).toEqual(verdicts);
  expect(ours?.met).toBe(verdicts.every(Boolean));
});

test("without the reference's figure, a target that relates to it is not judged", async () => {
  const { beside: _, ...rest } = figures;
  const bar = { of: "ratio", least: 6, and: { of: "reference", least: 3 } } as const;
  const failing: Question = {
    ...question(bar, rest, "items/s"),
    contenders: [
      { peer: "core", label: "ours", bar },
      { peer: "core", label: "fast" },
    ],
  };
  const { reference, rows } = await ask(failing, { runs: 1, scale: 1, onRun: () => {}, onFigure: () => {} });
  expect(reference).toBeUndefined();
  expect(rows[0]?.ratio?.ofMedians).toBe(6);
  expect(rows[0]?.met).toBeUndefined();
});
