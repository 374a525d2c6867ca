/** Shows progress on a question: a live table in a terminal, otherwise plain lines. */

import { clearScreenDown, moveCursor } from "node:readline";
import type { Answer, Row } from "../ask.ts";
import { formatFigure, table } from "./table.ts";

export class Progress {
  readonly #out: NodeJS.WriteStream;
  /** The number of lines that the next call replaces. */
  #shown = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  begin(answer: Answer, row: Row, run: number): void {
    if (this.#out.isTTY) this.#show([...table(answer), `  run ${run} of ${answer.runs}: ${row.label} ...`]);
  }

  figure(answer: Answer, { label, figures, error }: Row, run: number): void {
    if (this.#out.isTTY) return;
    const figure = figures.at(-1);
    const found =
      error === undefined && figure !== undefined ? `${formatFigure(figure, answer.unit)} ${answer.unit}` : "failed";
    this.#out.write(`${answer.question}, run ${run} of ${answer.runs}: ${label} ${found}\n`);
  }

  end(answer: Answer): void {
    this.#clear();
    this.#out.write(`${table(answer).join("\n")}\n\n`);
  }

  #show(lines: readonly string[]): void {
    this.#clear();
    // A wrapped line would count as two.
    this.#out.write(`${lines.map((line) => line.slice(0, this.#out.columns - 1)).join("\n")}\n`);
    this.#shown = lines.length;
  }

  #clear(): void {
    if (this.#shown === 0) return;
    moveCursor(this.#out, 0, -this.#shown);
    clearScreenDown(this.#out);
    this.#shown = 0;
  }
}
