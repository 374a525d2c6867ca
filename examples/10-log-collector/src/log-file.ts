/** A file of log lines. After a restart it knows which lines it has. */

import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";

export interface LogLine {
  readonly service: string;
  /** The number of the line in its service, from 1. */
  readonly number: number;
  readonly text: string;
}

export class LogFile {
  readonly #path: string;
  /** The number of the last line of each service. */
  readonly #last = new Map<string, number>();

  constructor(path: string) {
    this.#path = path;
    // A process killed during a write leaves half a line. It was never
    // answered, so the service sends it again.
    if (existsSync(path)) truncateSync(path, readFileSync(path).lastIndexOf("\n") + 1);
    for (const { service, number } of readLog(path)) this.#last.set(service, number);
  }

  /**
   * Appends a line unless the file has it. A line whose answer was lost is sent
   * again, and is in the file already.
   */
  add(line: LogLine): void {
    if (line.number <= (this.#last.get(line.service) ?? 0)) return;
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
    this.#last.set(line.service, line.number);
  }
}

/** The complete lines of a log. */
export function readLog(path: string): LogLine[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
