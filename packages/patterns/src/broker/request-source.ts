/**
 * The requests that reach a worker. Messages of running streams are taken out of them: they are read even while all
 * lanes are busy, since a lane may wait for one.
 */

import type { Dealer, Message } from "@awaitmq/core";
import { ItemStream, internals, Mailbox } from "@awaitmq/core/internals";
import type { LaneSource } from "../concurrency/lanes.ts";

export class RequestSource implements LaneSource<Message> {
  readonly #inbox: Dealer[typeof internals]["inbox"];
  readonly #take: (message: Message) => boolean;
  readonly #most: number;
  /** Requests that wait for a lane. */
  readonly #requests = new Mailbox<Message>();
  #isReading = false;
  /** How many streams run. */
  #streams = 0;

  /**
   * @param take takes a message of a stream, and returns true, or returns false for a request
   * @param most how many requests may wait for a lane while streams run. An honest broker sends none
   */
  constructor(dealer: Dealer, take: (message: Message) => boolean, most: number) {
    this.#inbox = dealer[internals].inbox;
    this.#take = take;
    this.#most = most;
  }

  messages(signal: AbortSignal): AsyncIterable<Message> {
    return new ItemStream<Message>(this, signal);
  }

  request(resolve: (message: Message) => void, reject: (error: unknown) => void, owner: object): void {
    this.#requests.request(resolve, reject, owner);
    this.#read();
  }

  leaveAll(owner: object, error: unknown): boolean {
    const left = this.#requests.leaveAll(owner, error);
    if (!this.#isWanted) this.#rest();
    return left;
  }

  /** Calls an action while a stream runs. */
  async streaming(action: () => Promise<void>): Promise<void> {
    this.#streams += 1;
    this.#read();
    try {
      await action();
    } finally {
      this.#streams -= 1;
      if (!this.#isWanted) this.#rest();
    }
  }

  putBack(messages: readonly Message[]): void {
    const waiting: Message[] = [];
    while (this.#requests.size > 0) this.#requests.request((message) => waiting.push(message), nothing);
    this.#inbox.putBack([...messages, ...waiting] as never);
  }

  get #isWanted(): boolean {
    return this.#requests.waiting > 0 || (this.#streams > 0 && this.#requests.size < this.#most);
  }

  #read(): void {
    if (this.#isReading || !this.#isWanted) return;
    this.#isReading = true;
    this.#inbox.request(this.#deliver, this.#fail, this);
  }

  #rest(): void {
    this.#inbox.leaveAll(this, undefined);
  }

  readonly #deliver = (message: unknown): void => {
    this.#isReading = false;
    if (!this.#take(message as Message)) this.#requests.push(message as Message);
    this.#read();
  };

  /** The socket closed or failed, or nothing is wanted any more. */
  readonly #fail = (error: unknown): void => {
    this.#isReading = false;
    if (error !== undefined) this.#requests.end(error);
  };
}

function nothing(): void {}
