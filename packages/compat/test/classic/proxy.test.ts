/** The module exports the function `proxy`. */

import { describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";

describe("the proxy", () => {
  test("is a function of the module", () => {
    expect(zmq.proxy).toBeTypeOf("function");
  });
});
