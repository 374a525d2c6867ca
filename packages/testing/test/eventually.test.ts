/** `eventually` waits for a condition, and how it fails. */

import { expect, test } from "vitest";
import { eventually } from "../src/eventually.ts";

test("resolves to the first truthy value", async () => {
  let calls = 0;
  await expect(eventually(() => (++calls < 3 ? 0 : calls))).resolves.toBe(3);
});

test("waits for promises and looks past throws", async () => {
  let calls = 0;
  const value = await eventually(async () => {
    if (++calls < 3) throw new Error("not yet");
    return "there";
  });
  expect(value).toBe("there");
});

test("fails with its message, the time and the last value", async () => {
  await expect(eventually(() => null, { timeout: 20, message: "No peer came" })).rejects.toThrow(
    "No peer came within 20 ms: it gave null",
  );
});

test("fails with the last error as its cause", async () => {
  const cause = new Error("peer 7 is missing");
  const failure = eventually(
    () => {
      throw cause;
    },
    { timeout: 20 },
  );
  await expect(failure).rejects.toMatchObject({
    cause,
    message: "The condition never held within 20 ms: peer 7 is missing",
  });
});

test("is bounded where the promise of the condition never settles", async () => {
  await expect(eventually(() => new Promise(() => {}), { timeout: 30 })).rejects.toThrow("it was still pending");
});
