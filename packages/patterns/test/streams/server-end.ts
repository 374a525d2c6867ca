/** The server's end of a stream, as a server runs it. */

import { ServedStream } from "../../src/streams/served-stream.ts";
import type { MessageType } from "../../src/wire/envelope.ts";
import type { End } from "./play.ts";
import { ReceivedModel } from "./received-model.ts";
import { Script } from "./script.ts";
import { SentModel } from "./sent-model.ts";
import type { Settings } from "./settings.ts";
import { moved } from "./turns.ts";

export class ServerEnd implements End {
  readonly faults: string[] = [];
  readonly script = new Script(this.faults);
  readonly sent: SentModel;
  readonly received: ReceivedModel;
  readonly takesItems: boolean;
  readonly sendsItems = true;
  hasBegun = false;
  isDeaf = false;
  readonly #settings: Settings;
  readonly #stream: ServedStream;
  readonly #input: AsyncIterableIterator<unknown, undefined>;
  #isAcknowledged = false;
  #enoughs = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.takesItems = settings.hasInput;
    this.sent = new SentModel(this.script, settings.acceptance, true);
    this.sent.grant(settings.credit);
    this.received = new ReceivedModel(this.faults, settings.window, false, settings.reading);
    this.#stream = new ServedStream(
      {
        send: this.sent.send,
        grant: (credit) => {
          if (credit.items === 0 && this.#isAcknowledged) this.faults.push("It acknowledged twice");
          this.#isAcknowledged = true;
          this.received.grant(credit);
        },
        enough: () => {
          this.received.leave();
          this.#enoughs += 1;
          if (this.#enoughs > 1) this.faults.push("It asked twice to send no more");
        },
      },
      settings.credit,
      settings.hasInput ? settings.window : undefined,
      this.received.read,
    );
    this.#input = this.#stream.input;
    if (!settings.hasInput) this.received.isEnded = true;
  }

  get isOver(): boolean {
    return this.sent.outcome !== undefined;
  }

  take(type: MessageType, flags: number, position: number, body: readonly Buffer[]): void {
    this.#stream.take(type, flags, position, body);
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return this.#input.next();
  }

  leaveReading(): void {
    const { arrived, delivered, isEnded, closed } = this.received;
    const asked = this.#enoughs;
    if (closed === undefined && !(isEnded && delivered === arrived.length)) this.received.leave();
    void this.#input.return?.();
    const mustAsk = closed === undefined && !isEnded;
    if (this.#enoughs !== (mustAsk ? 1 : asked)) this.faults.push("It must ask for no more items once");
  }

  /** As a server does when it aborts a call. */
  fail(error: unknown): void {
    if (this.#settings.obeysSignal) this.script.abort();
    if (this.takesItems) this.received.fail("dropped", error);
    this.sent.isStopped = true;
    this.isDeaf = true;
    this.#stream.leave(error);
  }

  /** The handler returns its generator, or the server says that the call has begun. */
  special(choice: number): void {
    if (this.hasBegun || choice % 2 === 0) {
      this.#stream.acknowledge();
      return;
    }
    this.hasBegun = true;
    const items = this.#settings.isByHand ? this.script.iterate() : this.script.generate();
    this.#stream.run(items, this.script.encode).then(
      () => this.#conclude("resolved"),
      (error) => this.#conclude({ error }),
    );
  }

  #conclude(outcome: "resolved" | { readonly error: unknown }): void {
    moved();
    this.sent.outcome = outcome;
  }
}
