/** The parts of the checks: a program under test, the expectations, and the hint for a wrong program. */

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { TimeoutError } from "@awaitmq/core";
import { spawnProcess } from "@awaitmq/testing";

/** @typedef {Readonly<Record<import("./lessons.mjs").Language, string>>} Hint */

/** Milliseconds that a program takes to start on this machine now. */
async function timeToStart() {
  const began = performance.now();
  const program = ["--input-type=module", "--eval", 'import "@awaitmq/core"'];
  await promisify(execFile)(process.execPath, program, {
    cwd: import.meta.dirname,
  });
  return performance.now() - began;
}

/** Milliseconds to wait for each expectation: more on a slow machine. */
export const patience = Math.max(5_000, 16 * (await timeToStart()));

/** Milliseconds to wait for a program to bind that loads patterns, which is several times the code of core. */
export const patienceAtStart = 4 * patience;

/** The exercise is not right yet. The hint says what the check saw. */
export class Wrong extends Error {
  /** @type {Hint} */
  hint;

  /** @param {Hint} hint */
  constructor(hint) {
    super(hint.en);
    this.hint = hint;
  }
}

/**
 * Checks a program.
 *
 * @param {(exercise: Exercise) => Promise<void>} check throws a Wrong when the program is not right
 * @param {Exercise} exercise is disposed of
 * @returns {Promise<Wrong | undefined>} what is wrong, if anything
 */
export async function attempt(check, exercise) {
  try {
    await Promise.race([check(exercise), exercise.crash]);
    return undefined;
  } catch (error) {
    if (error instanceof Wrong) return error;
    throw error;
  } finally {
    await exercise.dispose();
  }
}

/** A program under test, and the sockets and clients that talk to it. Disposal kills the program and closes them. */
export class Exercise {
  /** @type {string} */
  #file;
  /** @type {import("@awaitmq/testing").RunningProcess[]} */
  #started = [];
  /** @type {{ close(options: { linger: number }): Promise<void> }[]} */
  #sockets = [];
  /** @type {(wrong: Wrong) => void} */
  #crashed = () => {};
  /** Rejects when a process of the program crashes, and never resolves. @type {Promise<never>} */
  crash = new Promise((_, reject) => {
    this.#crashed = reject;
  });

  /** @param {string} file the path of the program */
  constructor(file) {
    this.#file = file;
    this.crash.catch(() => {});
  }

  /** @param {readonly string[]} args */
  start(...args) {
    const child = spawnProcess(this.#file, { args });
    this.#started.push(child);
    child.exited.then(
      (finished) => {
        const wrong = crashOf(finished);
        if (wrong !== undefined) this.#crashed(wrong);
      },
      () => {},
    );
    return child;
  }

  /**
   * @template {{ close(options: { linger: number }): Promise<void> }} S
   * @param {S} socket
   */
  open(socket) {
    this.#sockets.push(socket);
    return socket;
  }

  /** The last lines of its output. */
  get output() {
    const written = this.#started
      .map(({ stdout, stderr }) => `${stdout}${stderr}`.trimEnd())
      .filter((text) => text !== "");
    return written.join("\n").split("\n").slice(-20).join("\n");
  }

  async dispose() {
    await Promise.all(
      this.#started.map((child) => child[Symbol.asyncDispose]()),
    );
    await Promise.all(
      this.#sockets.map((socket) => socket.close({ linger: 0 })),
    );
  }
}

/**
 * The crash of a process: by a signal, or by an uncaught error, after which Node writes its version.
 *
 * @param {Pick<import("@awaitmq/testing").Finished, "signal" | "stderr">} finished
 * @returns {Wrong | undefined} undefined when it did not crash
 */
function crashOf({ signal, stderr }) {
  if (signal === null && !/^Node\.js v\d/m.test(stderr)) return undefined;
  const error = /^(?:Uncaught )?\w*Error\b.*$/m
    .exec(stderr)?.[0]
    .replace(/[.{ ]+$/, "");
  return new Wrong({
    en: `The program crashed: ${signal ?? error ?? "nobody caught what it threw"}.`,
    es: `El programa ha fallado: ${signal ?? error ?? "nadie ha capturado lo que ha lanzado"}.`,
  });
}

/**
 * @param {boolean} condition
 * @param {Hint} hint said when it does not hold
 * @returns {asserts condition}
 */
export function demand(condition, hint) {
  if (!condition) throw new Wrong(hint);
}

/**
 * The next message of a socket, as text: its frames with " | " between them.
 *
 * @param {{ receive(options: { timeout: number }): Promise<readonly Buffer[]> }} socket
 * @param {Hint} hint said when none comes
 */
export async function received(socket, hint) {
  return (await frames(socket, hint)).join(" | ");
}

/**
 * The frames of the next message.
 *
 * @param {{ receive(options: { timeout: number }): Promise<readonly Buffer[]> }} socket
 * @param {Hint} hint said when none comes
 */
export function frames(socket, hint) {
  return inTime(socket.receive({ timeout: patience }), hint);
}

/**
 * Sends a message, which the program has to accept.
 *
 * @param {{ send(message: readonly (string | Buffer | null)[], options: { timeout: number }): Promise<void> }} socket
 * @param {readonly (string | Buffer | null)[]} message
 */
export function give(socket, message) {
  return inTime(socket.send(message, { timeout: patience }), {
    en: "The program is not connected, or takes no more messages.",
    es: "El programa no está conectado, o ya no acepta mensajes.",
  });
}

/**
 * The value of a promise, or a hint after a timeout.
 *
 * @template T
 * @param {Promise<T>} waiting rejects with core's TimeoutError when its time is over
 * @param {Hint} hint said then
 * @returns {Promise<T>}
 */
export async function inTime(waiting, hint) {
  try {
    return await waiting;
  } catch (error) {
    throw error instanceof TimeoutError ? new Wrong(hint) : error;
  }
}

/**
 * Expects that no message arrives for a while.
 *
 * @param {{ receive(options: { timeout: number }): Promise<readonly Buffer[]> }} socket
 * @param {Hint} hint said when something comes
 * @param {number} [milliseconds]
 */
export async function silence(socket, hint, milliseconds = patience / 10) {
  const message = await socket
    .receive({ timeout: milliseconds })
    .catch((error) => {
      if (!(error instanceof TimeoutError)) throw error;
    });
  demand(message === undefined, hint);
}

/**
 * The next line that a program prints.
 *
 * @param {import("@awaitmq/testing").RunningProcess} child
 */
export async function printed(child) {
  try {
    return await child.line(/^/, { timeout: patience });
  } catch {
    const crash = crashOf({ signal: null, stderr: child.stderr });
    if (crash !== undefined) throw crash;
    throw new Wrong({
      en: `The program printed ${child.stdout === "" ? "nothing" : "no further line"}.`,
      es: `El programa no ha escrito ${child.stdout === "" ? "nada" : "más líneas"}.`,
    });
  }
}

/**
 * Expects the next line of a program's output.
 *
 * @param {import("@awaitmq/testing").RunningProcess} child
 * @param {string} expected
 */
export async function prints(child, expected) {
  const line = await printed(child);
  demand(line === expected, {
    en: `It printed "${line}" instead of "${expected}".`,
    es: `Ha escrito "${line}" en lugar de "${expected}".`,
  });
}

/**
 * Expects a program to end by itself.
 *
 * @param {import("@awaitmq/testing").RunningProcess} child
 * @param {number} [expected] its exit code
 */
export async function ended(child, expected = 0) {
  const finished = await Promise.race([
    child.exited,
    sleep(patience, undefined, { ref: false }),
  ]);
  demand(finished !== undefined, {
    en: "The program did all that was asked, but it does not end. Is a loop, a receive or a send still waiting, or is a classic socket open?",
    es: "El programa ha hecho lo que se pedía, pero no termina: ¿espera aún un bucle, un receive o un send, o queda abierto un socket clásico?",
  });
  const crash = crashOf(finished);
  if (crash !== undefined) throw crash;
  demand(finished.code === expected, {
    en: `The program ended with exit code ${finished.code} instead of ${expected}.`,
    es: `El programa ha terminado con el código de salida ${finished.code} en lugar de ${expected}.`,
  });
}
