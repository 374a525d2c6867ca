/** The command `pnpm bench`, run as a program. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { usage } from "../src/command-line.ts";
import { groups } from "../src/questions/list.ts";

const script = fileURLToPath(new URL("../dist/main.js", import.meta.url));

function bench(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [script, ...args], { timeout: 120_000 });
}

test("a quick run of one question shows a row a peer and writes the same as JSON", async () => {
  const folder = await mkdtemp(join(tmpdir(), "awaitmq-bench-"));
  try {
    const file = join(folder, "results.json");
    const { stdout } = await bench("--quick", "--runs", "1", "--json", file, "request-reply");
    expect(stdout).toMatch(/^ +core +[\d,.]+ .* at most 1\.05 x: (met|MISSED)$/m);
    expect(stdout).toMatch(/^ +zeromq +[\d,.]+ /m);

    const figure = expect.any(Number);
    const measured = { figures: [figure], summary: { median: figure, min: figure, max: figure } };
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      began: expect.any(String),
      ended: expect.any(String),
      machine: {
        node: process.version,
        system: expect.any(String),
        cpu: expect.any(String),
        cores: figure,
        memory: figure,
        load: figure,
      },
      quick: true,
      answers: [
        {
          question: "request-reply",
          title: expect.any(String),
          unit: "µs",
          runs: 1,
          baseline: "zeromq",
          rows: [
            {
              label: "core",
              peer: "core",
              ...measured,
              ratio: { ofMedians: figure, pairwise: figure },
              bar: { of: "ratio", most: 1.05 },
              verdicts: [expect.any(Boolean)],
              met: expect.any(Boolean),
            },
            { label: "zeromq", peer: "zeromq", ...measured },
          ],
        },
      ],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a report has a page, with a chart for each question that an SVG reader can read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "awaitmq-bench-"));
  try {
    await bench("--quick", "--report", folder, "--json", join(folder, "results.json"), "requests 1");
    const page = await readFile(join(folder, "README.md"), "utf8");
    expect(page).toContain("![requests 1](requests-1.svg)");
    expect(page).toContain("These runs were short: their figures have no meaning");
    expect(page).toContain(`\`${groups.join("`, `")}\`.`);
    const svg = await readFile(join(folder, "requests-1.svg"), "utf8");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*>\n<title>/);
    expect(svg.match(/<text /g)).toHaveLength(4);
    expect(svg).not.toContain("NaN");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("every contender of typed calls gives a figure, or the table says how to install it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "awaitmq-bench-"));
  try {
    const file = join(folder, "results.json");
    const { stdout } = await bench("--quick", "--runs", "1", "--json", file, "rpc 1");
    const { rows } = JSON.parse(await readFile(file, "utf8")).answers[0];
    expect(rows.length).toBeGreaterThan(1);
    for (const { label, summary } of rows)
      expect([label, summary !== undefined || stdout.includes(`${label} is not installed: `)]).toEqual([label, true]);
    expect(stdout).toMatch(/^ +rpc +[\d,.]+ .* at most 1\.00 x: (met|MISSED)$/m);
    expect(stdout).toMatch(/^ +at most 1\.30 x by hand: (met|MISSED)$/m);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the help names every group of questions, each once", () => {
  expect(/of a group \((.*)\)/.exec(usage)?.[1]?.split(", ")).toEqual(groups);
  expect(new Set(groups).size).toBe(groups.length);
});

test("a filter that no question matches is an error that names the questions", async () => {
  await expect(bench("nothing-like-it")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("request-reply"),
  });
});
