/**
 * Shows progress and throughput: a live bar in a terminal, otherwise a line per
 * quarter of the work.
 */

const width = 30;
/** Milliseconds between two updates of the bar. */
const interval = 50;

export class Progress implements Disposable {
  readonly #total: number;
  readonly #live = process.stdout.isTTY;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #done = 0;
  #quarters = 0;

  constructor(total: number) {
    this.#total = total;
    if (this.#live) this.#timer = setInterval(() => this.#draw(), interval);
  }

  /** Counts one more message. */
  readonly step = (): void => {
    this.#done += 1;
    if (this.#live || this.#done < ((this.#quarters + 1) * this.#total) / 4) return;
    this.#quarters = Math.floor((4 * this.#done) / this.#total);
    console.log(this.#picture());
  };

  [Symbol.dispose](): void {
    if (!this.#live) return;
    clearInterval(this.#timer);
    this.#draw();
    process.stdout.write("\n");
  }

  #draw(): void {
    process.stdout.write(`\r${this.#picture()}\x1b[K`);
  }

  #picture(): string {
    const part = this.#total === 0 ? 1 : this.#done / this.#total;
    const bar = "█".repeat(Math.floor(part * width)).padEnd(width, "░");
    const rate = Math.round((this.#done / Math.max(1, performance.now() - this.#began)) * 1_000);
    const percent = `${Math.floor(part * 100)}`.padStart(3);
    return `${bar} ${percent} %  ${this.#done.toLocaleString("en")} messages, ${rate.toLocaleString("en")} a second`;
  }
}
