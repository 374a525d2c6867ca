/** What the checks of the exercises are made of: a program that is tried, and what is said when it is wrong. */

import { TimeoutError } from "@awaitmq/core";
import { spawnProcess } from "@awaitmq/testing";

/** @typedef {Readonly<Record<import("./lessons.mjs").Language, string>>} Hint */

/** Milliseconds that a program gets for each thing that is expected of it. */
const patience = 5_000;

/** The exercise is not right yet; the hint says what was seen. */
export class Wrong extends Error {
  /** @type {Hint} */
  hint;

  /** @param {Hint} hint */
  constructor(hint) {
    super(hint.en);
    this.hint = hint;
  }
}

/** A program that somebody has written for an exercise, and the sockets that talk to it. At disposal it is killed, and they are closed. */
export class Exercise {
  /** @type {string} */
  #file;
  /** @type {import("@awaitmq/testing").RunningProcess[]} */
  #started = [];
  /** @type {import("@awaitmq/core").Socket[]} */
  #sockets = [];

  /** @param {string} file the path of the program */
  constructor(file) {
    this.#file = file;
  }

  /** @param {readonly string[]} args */
  start(...args) {
    const child = spawnProcess(this.#file, { args });
    this.#started.push(child);
    return child;
  }

  /**
   * @template {import("@awaitmq/core").Socket} S
   * @param {S} socket
   */
  open(socket) {
    this.#sockets.push(socket);
    return socket;
  }

  /** The last lines that it has written. */
  get output() {
    const lines = this.#started.flatMap(({ stdout, stderr }) => `${stdout}${stderr}`.trimEnd().split("\n"));
    return lines.slice(-20).join("\n");
  }

  async dispose() {
    await Promise.all(this.#started.map((child) => child[Symbol.asyncDispose]()));
    await Promise.all(this.#sockets.map((socket) => socket.close({ linger: 0 })));
  }
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
 * The next message of a socket, as text for people: frames parted by " | ".
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
export async function frames(socket, hint) {
  try {
    return await socket.receive({ timeout: patience });
  } catch (error) {
    throw error instanceof TimeoutError ? new Wrong(hint) : error;
  }
}

/**
 * Sends to a program, which has to take it.
 *
 * @param {{ send(message: readonly (string | Buffer | null)[], options: { timeout: number }): Promise<void> }} socket
 * @param {readonly (string | Buffer | null)[]} message
 */
export async function give(socket, message) {
  try {
    await socket.send(message, { timeout: patience });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new Wrong({
      en: `The program is not connected, or takes no more messages.`,
      es: `El programa no está conectado, o ya no acepta mensajes.`,
    });
  }
}

/**
 * Expects that nothing comes, for a while.
 *
 * @param {{ receive(options: { timeout: number }): Promise<readonly Buffer[]> }} socket
 * @param {Hint} hint said when something comes
 */
export async function silence(socket, hint) {
  const message = await socket.receive({ timeout: 500 }).catch(() => undefined);
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
    throw new Wrong({
      en: `The program printed ${child.stdout === "" ? "nothing" : "no further line"}.`,
      es: `El programa no ha escrito ${child.stdout === "" ? "nada" : "más líneas"}.`,
    });
  }
}

/**
 * Expects a line to be the next that a program prints.
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
 * Waits until a program has ended by itself.
 *
 * @param {import("@awaitmq/testing").RunningProcess} child
 * @param {number} [expected] its exit code
 */
export async function ended(child, expected = 0) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new Wrong({
          en: `The program did all that was asked, and does not end: is a socket still open, or a loop still waiting?`,
          es: `El programa ha hecho lo que se pedía, pero no termina: ¿queda un socket abierto, o un bucle que espera?`,
        }),
      );
    }, patience);
  });
  const { code } = await /** @type {typeof child.exited} */ (Promise.race([child.exited, late])).finally(() =>
    clearTimeout(timer),
  );
  demand(code === expected, {
    en: `The program ended with ${code} instead of ${expected}.`,
    es: `El programa ha terminado con ${code} en lugar de ${expected}.`,
  });
}
