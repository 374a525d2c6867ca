/** Where `fixture` looks for a file. */

import { describe, expect, test } from "vitest";
import { fixture } from "../src/index.ts";

describe("fixture", () => {
  test("is a file of the nearest folder test/fixtures, from any depth below test", () => {
    for (const from of ["file:///test/a/test/b.test.ts", "file:///test/a/test/c/d/b.test.ts"])
      expect(fixture("x.mjs", from).href).toBe("file:///test/a/test/fixtures/x.mjs");
  });

  test("refuses a file that is no test", () => {
    expect(() => fixture("x.mjs", "file:///src/b.ts")).toThrow("file:///src/b.ts is not below a folder test");
  });
});
