/** The common part of workers, which handle messages in lanes until they shut down. */

import type { ReceivingSocket } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { sourceOf } from "./all-messages.ts";
import type { End } from "./ending.ts";
import { type LaneSource, Lanes, type Perform } from "./lanes.ts";
import type { Runs } from "./running.ts";
import type { Stopping } from "./stopping.ts";

/** How a worker handles each message, and how it leaves. */
export interface LaneWorker<M, Stats> {
  readonly perform: Perform<M>;
  /** How it shuts down when its socket closes: "now" if results can no longer be sent, "soon" if they can. */
  readonly closes: "now" | "soon";
  /** What notifies handlers of the shutdown when it begins. */
  readonly stopping?: Stopping | undefined;
  stats(running: number): Stats;
  /** Called when no more work is to begin. */
  retire?(): void;
  /** For each handler that streams, the promise of its next item. Nobody awaits these promises. */
  takings?(): Iterable<Promise<unknown>>;
  /** Called when no handler runs any more. */
  leave?(): Promise<void>;
}

/** What a worker closes at its end. */
export interface LaneBelongings {
  readonly endpoints: readonly string[];
  closeWithin(milliseconds: number): Promise<void>;
}

export class LaneWork<M, Stats> implements Runs<Stats> {
  readonly done: Promise<void>;
  readonly #socket: ReceivingSocket<M>;
  readonly #worker: LaneWorker<M, Stats>;
  readonly #belongings: LaneBelongings;
  readonly #lanes: Lanes<M>;
  /** Set before anything can end. */
  #end!: End;

  /**
   * Begins at once, and closes the belongings at the end.
   *
   * @param source of the messages, if it is not the socket itself
   */
  constructor(
    socket: ReceivingSocket<M>,
    concurrency: number,
    worker: LaneWorker<M, Stats>,
    belongings: LaneBelongings,
    source: LaneSource<M> = sourceOf(socket),
  ) {
    this.#socket = socket;
    this.#worker = worker;
    this.#belongings = belongings;
    this.#lanes = new Lanes(source, concurrency, worker.perform, () => this.#end.soon());
    this.done = this.#run();
  }

  get stats(): Stats {
    return this.#worker.stats(this.#lanes.running);
  }

  get endpoints(): readonly string[] {
    return this.#belongings.endpoints;
  }

  get stopping(): Stopping | undefined {
    return this.#worker.stopping;
  }

  start(end: End): void {
    this.#end = end;
  }

  retire(): void {
    this.#worker.retire?.();
    this.#lanes.retire();
  }

  abort(reason: unknown): void {
    this.#lanes.abort(reason);
  }

  abandon(): void {
    this.#lanes.abandon();
  }

  *outcomes(): Iterable<Promise<unknown>> {
    yield* this.#lanes.outcomes();
    if (this.#worker.takings !== undefined) yield* this.#worker.takings();
  }

  async #run(): Promise<void> {
    const closing: AbortSignal = this.#socket[internals].closing;
    const closed = () => this.#end[this.#worker.closes](closing.reason);
    closing.addEventListener("abort", closed);
    try {
      await this.#lanes.done;
    } finally {
      closing.removeEventListener("abort", closed);
      if (this.#worker.leave !== undefined) await this.#end.within(this.#worker.leave());
      await this.#end.close(this.#belongings);
    }
  }
}
