/** Shows progress: a bar in a terminal, otherwise a line per quarter. */

const width = 40;

export class Progress implements Disposable {
  readonly #total: number;
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  step(): void {
    this.#done += 1;
    if (process.stdout.isTTY) process.stdout.write(`\r${this.#bar()}`);
    else if ((this.#done * 4) % this.#total === 0) console.log(this.#bar());
  }

  [Symbol.dispose](): void {
    if (process.stdout.isTTY) process.stdout.write("\n");
  }

  #bar(): string {
    const part = this.#done / this.#total;
    return `${"█".repeat(Math.round(part * width)).padEnd(width, "░")} ${Math.round(part * 100)} %`;
  }
}
