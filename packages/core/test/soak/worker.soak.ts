import { fixture, run, spawnProcess } from "@awaitmq/testing";
import { expect, test } from "vitest";

/** Processes, each of which has seven workers that end at once, twice. */
const runs = 200;
const busy = fixture("busy.mjs", import.meta.url);

test(`workers that end in mixed ways beside two busy processes leave their process whole, ${runs} times`, async () => {
  await using one = spawnProcess(busy);
  await using other = spawnProcess(busy);
  expect([one.pid, other.pid]).not.toContain(undefined);
  const failures: unknown[] = [];
  for (let number = 0; number < runs; number++) {
    const { code, signal, stdout, stderr } = await run(fixture("worker-ends.mjs", import.meta.url), {
      args: ["2"],
      timeout: 60_000,
    });
    if (code !== 0 || / with /.test(stdout)) failures.push({ number, code, signal, stdout, stderr });
  }
  expect(failures).toEqual([]);
});

test("a worker with a watched socket whose inproc peer never reads ends after 5 s, and other sockets go on while it does not", async () => {
  const script = fixture("worker-inproc-events.mjs", import.meta.url);
  const { code, stderr, stdout, elapsed } = await run(script, { args: ["mixed"], timeout: 30_000 });
  expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout: "bound again\n" });
  expect(elapsed).toBeGreaterThan(5_000);
});
