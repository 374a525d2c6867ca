import { expect, test } from "vitest";
import { trackLeaks } from "../src/track.ts";

class Resource {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

test("passes when everything that was opened is closed, and counts nothing that was open before", async () => {
  const open = new Set<object>([new Resource("old")]);
  const leaks = trackLeaks(() => open);
  const fresh = new Resource("new");
  open.add(fresh);
  open.delete(fresh);
  await leaks.check();
});

test("waits for a close that takes its time", async () => {
  const open = new Set<object>();
  const leaks = trackLeaks(() => open);
  open.add(new Resource("slow"));
  setTimeout(() => open.clear(), 30);
  await leaks.check();
});

test("fails at the end of its scope and names what is left", async () => {
  const open = new Set<object>();
  const leave = async () => {
    await using _ = trackLeaks(() => open, { timeout: 20 });
    open.add(new Resource("left"));
  };
  await expect(leave()).rejects.toThrow("1 left open: Resource { name: 'left' }");
});

test("is not fooled by an old resource that was replaced", async () => {
  const open = new Set<object>([new Resource("old")]);
  const leaks = trackLeaks(() => open, { timeout: 20 });
  open.clear();
  open.add(new Resource("new"));
  await expect(leaks.check()).rejects.toThrow("new");
});
