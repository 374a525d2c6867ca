/** Schemas that answer later, never, or not at all. */

import { SchemaError } from "@awaitmq/patterns";
import { afterEach, describe, expect, test } from "vitest";
import { contract, remote, stream, type } from "../../src/index.ts";
import { answering, call, type Kind, kinds, type probe } from "../probe.ts";
import { closeAll, errorOf, isQuiet, scene } from "../scene.ts";
import { broken, hanging, later, schemaOf } from "../schemas.ts";

afterEach(closeAll);

type Part = typeof later;
const free = type<string>();

/** The contract of the probe, with schemas. */
function checking(input: Part, output: Part): typeof probe {
  return contract("probe", {
    unary: { input, output },
    serverStreaming: { input, output: stream(output) },
    clientStreaming: { input: stream(input), output },
    bidiStreaming: { input: stream(input), output: stream(output) },
  }) as unknown as typeof probe;
}

const echo = answering((value) => value);

describe.each(kinds)("a %s call", (kind) => {
  test("awaits a schema of its input and of its output", async () => {
    const { calls } = scene(checking(later, later), echo);
    expect(await call(calls, kind, "right")).toBe("right");
    const error = await errorOf(call(calls, kind, "wrong"));
    expect(error).toBeInstanceOf(SchemaError);
    expect(error.issues).toEqual([{ message: "is wrong", path: ["deep", 0] }]);
  });

  test("awaits it at the server too", async () => {
    const { client, server } = scene(checking(later, later), echo);
    const careless = remote(checking(free, free), client);
    expect(await call(careless, kind, "right")).toBe("right");
    expect((await errorOf(call(careless, kind, "wrong"))).message).toContain("input");
    const { calls } = scene(
      checking(free, later),
      answering(() => "wrong"),
    );
    expect((await errorOf(call(calls, kind, "right"))).message).toContain("output");
    await isQuiet(server);
  });

  test.each(["throw", "reject", "nonsense"])("gets what a schema does that is broken: %s", async (way) => {
    const why = way === "nonsense" ? "which is not a result" : "the schema is broken";
    const { client, calls, server } = scene(checking(broken, free), echo);
    const careless = remote(checking(free, free), client);
    for (const each of [calls, careless]) {
      const error = await errorOf(call(each, kind, way));
      expect(error).toBeInstanceOf(SchemaError);
      expect(error).toMatchObject({ issues: [], message: expect.stringContaining(why) });
    }
    await isQuiet(server);
  });
});

test.each(["unary", "serverStreaming"] as const)("the time of a schema is part of that of a %s call", async (kind) => {
  const slow = schemaOf(async (value) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { value: `${value}` };
  });
  const left: number[] = [];
  const { client } = scene(
    checking(free, free),
    answering((value, { remaining }) => {
      left.push(remaining);
      return value;
    }),
  );
  expect(await call(remote(checking(slow, free), client), kind, "a", { timeout: 60_000 })).toBe("a");
  expect(left[0]).toBeLessThanOrEqual(60_000 - 95);
});

/** Where a schema hangs: at the caller or the server, at the input or the output. */
const places: Record<string, (kind: Kind, signal?: AbortSignal, timeout?: number) => ReturnType<typeof scenes>> = {
  "the caller's input": (...given) => scenes(free, free, hanging, free, ...given),
  "the server's input": (...given) => scenes(hanging, free, free, free, ...given),
  "the server's output": (...given) => scenes(free, hanging, free, free, ...given),
  "the caller's output": (...given) => scenes(free, free, free, hanging, ...given),
};

function scenes(
  servedInput: Part,
  servedOutput: Part,
  input: Part,
  output: Part,
  kind: Kind,
  signal?: AbortSignal,
  timeout?: number,
) {
  const { client, server } = scene(checking(servedInput, servedOutput), echo);
  const calls = remote(checking(input, output), client);
  return { client, server, ended: errorOf(call(calls, kind, "hang", { signal, timeout })), calls };
}

describe.each(Object.keys(places))("a schema of %s that never answers", (place) => {
  test.each(kinds)("ends with the timeout of a %s call", async (kind) => {
    const { ended, server, client } = places[place]!(kind, undefined, 50);
    expect(await ended).toMatchObject({ code: "ERR_TIMEOUT" });
    expect(client.stats.inFlight).toBe(0);
    await isQuiet(server);
  });

  test.each(kinds)("ends with the signal of a %s call", async (kind) => {
    const ending = new AbortController();
    const { ended, server, calls } = places[place]!(kind, ending.signal);
    expect(await call(calls, kind, "go")).toBe("go");
    ending.abort(new Error("enough"));
    expect(await ended).toMatchObject({ message: "enough" });
    await isQuiet(server);
  });

  test.each(kinds)("ends when the client of a %s call closes", async (kind) => {
    const { ended, server, calls, client } = places[place]!(kind);
    expect(await call(calls, kind, "go")).toBe("go");
    await client.close();
    expect(await ended).toMatchObject({ code: "ERR_CLOSED" });
    await isQuiet(server);
  });
});
