/** The programs of the slides, started and ended for one test. */

import { type RunningProcess, spawnProcess } from "@awaitmq/testing";
import { afterEach, expect } from "vitest";

export type Order = "servers first" | "clients first";

/** What a process prints once it has started, its program and its arguments. */
export type Side = readonly [started: string, program: string, ...args: string[]];

type Processes<Sides extends readonly Side[]> = { [Index in keyof Sides]: RunningProcess };
export const orders: readonly Order[] = ["servers first", "clients first"];
const running: RunningProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child[Symbol.asyncDispose]()));
});

export function program(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

/** Starts a program and waits for the line by which it says so. */
export async function start(line: string, path: string, ...args: string[]): Promise<RunningProcess> {
  const child = spawnProcess(program(path), { args });
  running.push(child);
  await child.line(line);
  return child;
}

/** Starts all of one side, and when they have started the other. Gives the servers, then the clients. */
export async function started<const S extends readonly Side[], const C extends readonly Side[]>(
  order: Order,
  servers: S,
  clients: C,
) {
  const sides = order === "servers first" ? [servers, clients] : [clients, servers];
  const children: RunningProcess[][] = [];
  for (const side of sides) children.push(await Promise.all(side.map((one) => start(...one))));
  if (order === "clients first") children.reverse();
  return children.flat() as [...Processes<S>, ...Processes<C>];
}

/** What a client has printed, line by line, once it has ended by itself and well. */
export async function ended(client: RunningProcess): Promise<string[]> {
  const { code, stdout, stderr } = await client.exited;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return lined(stdout);
}

/** What a server has printed, line by line, once SIGTERM has ended it. */
export async function stopped(server: RunningProcess): Promise<string[]> {
  server.kill();
  const { signal, stdout, stderr } = await server.exited;
  expect(stderr).toBe("");
  if (process.platform !== "win32") expect(signal).toBe("SIGTERM");
  return lined(stdout);
}

export function lined(text: string): string[] {
  return text.split("\n").slice(0, -1);
}
