/** Every option of every socket type, as zeromq has it. */

import { describe, expect, test } from "vitest";
import { accessors, apart, classes, notOptions, otherMechanism, values } from "./classes.ts";

describe.each(classes)("$name", ({ ours, native }) => {
  test("has every option of zeromq's class, as readable and as writable", async () => {
    const has = accessors(ours.prototype);
    const wanted = [...accessors(native)].filter(([name]) => !notOptions.includes(name));
    expect(wanted.length).toBeGreaterThan(45);
    expect(Object.fromEntries(wanted.map(([name]) => [name, has.get(name)]))).toEqual(Object.fromEntries(wanted));
  });

  test("has no option that zeromq's class lacks, but maxPendingSends where it sends", () => {
    const theirs = accessors(native);
    const extra = [...accessors(ours.prototype).keys()].filter((name) => !theirs.has(name));
    expect(extra.sort()).toEqual(theirs.has("sendTimeout") ? ["endpoints", "maxPendingSends"] : ["endpoints"]);
  });

  test("reads back every option that was set", async () => {
    await using socket = new ours();
    for (const [name, { readable, writable }] of accessors(ours.prototype)) {
      if (!readable || !writable || apart.includes(name)) continue;
      const before = socket[name];
      expect(values, `a value for ${name}`).toHaveProperty(name);
      const value = values[name] === "other" ? !before : values[name];
      expect(value, name).not.toEqual(before);
      Object.assign(socket, { [name]: value });
      expect(socket[name], name).toEqual(value);
    }
  });

  test("takes every option in its constructor", async () => {
    const options: Record<string, unknown> = {};
    {
      await using defaults = new ours();
      for (const [name, { readable, writable }] of accessors(ours.prototype)) {
        if (!readable || !writable || apart.includes(name) || otherMechanism.includes(name)) continue;
        options[name] = values[name] === "other" ? !defaults[name] : values[name];
      }
    }
    await using socket = new ours({ ...options, linger: 0 });
    for (const [name, value] of Object.entries({ ...options, linger: 0 })) expect(socket[name], name).toEqual(value);
  });

  test("takes every option that can only be written", async () => {
    await using socket = new ours();
    const writeOnly = [...accessors(ours.prototype)].filter(([, { readable }]) => !readable).map(([name]) => name);
    for (const name of writeOnly) {
      const value = { verbosity: "allSubs", welcomeMessage: Buffer.from([0xff, 1]) }[name] ?? true;
      expect(() => Object.assign(socket, { [name]: value }), name).not.toThrow();
      expect(() => Object.assign(socket, { [name]: Symbol(name) }), name).toThrow();
    }
  });
});
