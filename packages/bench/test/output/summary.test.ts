/** The summary of a bench, held to the questions that there are. */

import { expect, test } from "vitest";
import type { Answer } from "../../src/ask.ts";
import { figuresOf } from "../../src/output/summary.ts";
import { questions } from "../../src/questions/list.ts";

/** Every question answered: zeromq's median is 1, and 2 is that of all others. */
const answers = questions.map(
  ({ name, title, unit, contenders }): Answer => ({
    question: name,
    title,
    unit,
    runs: 1,
    rows: contenders.map(({ peer, label = peer }) => {
      const figure = peer === "zeromq" ? 1 : 2;
      return { label, peer, figures: [figure], summary: { median: figure, min: figure, max: figure } };
    }),
  }),
);

test("all questions together give every figure of the summary", () => {
  expect(figuresOf(answers)).toEqual(
    [
      "for await, 128 B",
      "await send, 128 B",
      "256 requests in flight",
      "a stream of JSON items",
      "packed, 128 B",
      "packed, by batches()",
    ].map((words) => ({ words, ratio: 2 })),
  );
});

test("a question that was not asked, or a peer that is not installed, is left out", () => {
  const asked = answers.filter(({ question }) => question.startsWith("one-way"));
  expect(figuresOf(asked).map(({ words }) => words)).toEqual(["for await, 128 B"]);
  const missing = asked.map((answer) => ({
    ...answer,
    rows: answer.rows.map(({ label, peer }) => ({ label, peer, figures: [], missing: "pnpm install" })),
  }));
  expect(figuresOf(missing)).toEqual([]);
});

test.each(["core", "zeromq"])("a renamed row is an error that names it: %s", (name) => {
  const renamed = answers.map((answer) => ({
    ...answer,
    rows: answer.rows.map((row) => (row.label === name ? { ...row, label: "new name" } : row)),
  }));
  expect(() => figuresOf(renamed)).toThrow(`Cannot summarise one-way 128: it has no row ${name}`);
});
