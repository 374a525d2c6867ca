/** A loop over a given number of messages. */

import { ClosedError, type Message, type Receiving, type WaitOptions } from "@awaitmq/core";
import type { Checked } from "@awaitmq/core/internals";
import { over, type Take, Taking } from "../concurrency/taking.ts";
import { Loop } from "../opening/loop.ts";
import type { OpenedSocket } from "../opening/opened-socket.ts";
import type { ValueReader } from "../value/value-reader.ts";
import type { Collection, collectRules } from "./collect-options.ts";

type Options = Checked<typeof collectRules>;

export class Collecting extends Loop<unknown> implements Collection<unknown> {
  readonly #count: number;
  #asked = 0;
  #given = 0;

  /** @param reader reads values; undefined if messages are frames */
  constructor(opened: OpenedSocket<Receiving>, reader: ValueReader | undefined, options: Options) {
    super(opened, new Taking(takes(opened.socket, reader, options), () => opened.close()), options.signal);
    this.#count = options.count;
    if (options.count === 0) void this.return();
  }

  override async next(): Promise<IteratorResult<unknown, undefined>> {
    // A call beyond the count returns at once, unless all messages have come.
    if (this.#asked === this.#count && this.#given < this.#count) return { value: undefined, done: true };
    this.#asked += 1;
    const step = await super.next();
    if (step.done) return step;
    this.#given += 1;
    if (this.#given === this.#count) void this.return();
    return step;
  }
}

/** Takes the next message, or its value. */
function takes(socket: Receiving, reader: ValueReader | undefined, { count, timeout }: Options): Take<unknown> {
  async function receive(wait: WaitOptions): Promise<Message> {
    try {
      return await socket.receive(wait);
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
      if (count === Number.POSITIVE_INFINITY) throw over;
      throw new ClosedError(`The socket closed before ${count} messages were collected`, { cause: error });
    }
  }

  return (signal) => {
    const wait = { signal, timeout };
    return reader === undefined ? receive(wait) : reader.next(receive, "for a result", wait);
  };
}
