/** A file of log lines, that knows after a restart which it has. */

import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";

export interface LogLine {
  readonly service: string;
  /** Counts the lines of a service from 1 on. */
  readonly number: number;
  readonly text: string;
}

export class LogFile {
  readonly #path: string;
  /** The number of the last line of each service. */
  readonly #last = new Map<string, number>();

  constructor(path: string) {
    this.#path = path;
    // Half a line, of a process that was killed while it wrote, was never answered: it comes again.
    if (existsSync(path)) truncateSync(path, readFileSync(path).lastIndexOf("\n") + 1);
    for (const { service, number } of readLog(path)) this.#last.set(service, number);
  }

  /** Appends a line that is not there yet: one that was sent again because its answer was lost is there already. */
  add(line: LogLine): void {
    if (line.number <= (this.#last.get(line.service) ?? 0)) return;
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
    this.#last.set(line.service, line.number);
  }
}

/** The whole lines of a log. */
export function readLog(path: string): LogLine[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
