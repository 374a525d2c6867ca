/** A client and a server of one stream, with a link between them that delays what it carries. */

import type { Frame } from "@awaitmq/core";
import { StreamCall } from "../../src/request-reply/client/stream-call.ts";
import type { SendItems } from "../../src/streams/item-sender.ts";
import { ServedStream } from "../../src/streams/served-stream.ts";
import { type Credit, encodeCredit } from "../../src/wire/credit.ts";
import { type MessageType, messageTypes } from "../../src/wire/envelope.ts";
import { moved, quiet, tick, turns } from "./turns.ts";

export interface Plan {
  /** Decides all pauses and delays. */
  readonly seed: number;
  /** What the client lets the server send ahead. */
  readonly clientWindow: Credit;
  /** What the server lets the client send ahead. */
  readonly serverWindow: Credit;
  /** How many items the handler yields, unless it echoes. */
  readonly replies: number;
  /** How many items the client streams. */
  readonly input: number;
  /** Whether the handler reads its input before its replies or beside them, or yields what it reads. */
  readonly handler: "reads first" | "reads beside" | "echoes";
  /** How many reads of replies wait at once. */
  readonly readers: number;
  /** The most bytes of an item, without its number. */
  readonly longest: number;
  /** After how many items the client leaves, and after how many the handler leaves its input. */
  readonly leavesAfter: number;
  readonly enoughAfter: number;
}

type Take = (type: MessageType, flags: number, position: number, body: readonly Buffer[]) => void;

export class Conversation {
  /** How many items each side has read. */
  readonly read = { replies: 0, input: 0 };
  readonly #plan: Plan;
  readonly #call: StreamCall;
  readonly #served: ServedStream;
  /** What is under way: items and control, in either direction. Only items stay in order among themselves. */
  readonly #toServer = { items: [] as (() => void)[], control: [] as (() => void)[] };
  readonly #toClient = { items: [] as (() => void)[], control: [] as (() => void)[] };
  readonly #faults: string[] = [];
  #state: number;
  #readersAtWork = 0;
  #isCallOver = false;
  #isHandlerOver = false;
  /** How many generators run: the handler, and the input. */
  #running = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#state = plan.seed;
    const { clientWindow, serverWindow } = plan;
    const hasInput = plan.input > 0;
    this.#call = new StreamCall({
      window: clientWindow,
      input: hasInput ? this.#produce(plan.input) : undefined,
      idleTimeout: Number.POSITIVE_INFINITY,
      grace: 0,
      encode: this.#encode,
      read: numberOf,
    });
    this.#served = new ServedStream(
      {
        send: this.#sendBy(this.#toClient.items, (...message) => this.#takeAtClient(...message)),
        grant: (credit) =>
          this.#control(this.#toClient.control, credit, (...message) => this.#takeAtClient(...message)),
        enough: () => {
          moved();
          this.#toClient.control.push(() => this.#takeAtClient(messageTypes.enough, 0, 0, []));
        },
      },
      clientWindow,
      hasInput ? serverWindow : undefined,
      numberOf,
    );
    const failed = (what: string) => this.#faults.push(`The call ${what}`);
    this.#call.owner = {
      idle: () => failed("was idle"),
      left: () => failed("read badly"),
      failed: () => failed("failed"),
    };
    this.#call.begin({
      send: this.#sendBy(this.#toServer.items, (...message) => this.#takeAtServer(...message)),
      grant: (credit) => this.#control(this.#toServer.control, credit, (...message) => this.#takeAtServer(...message)),
    });
  }

  /** Resolves when both ends are at rest, and everything was read that should be. */
  async run(): Promise<void> {
    const { readers, leavesAfter, enoughAfter, input, replies, handler } = this.#plan;
    turns.begin();
    this.#served.run(this.#handle(this.#served.input), this.#encode).then(
      () => this.#handlerEnds(),
      (error) => this.#faults.push(`The handler failed: ${error}`),
    );
    this.#served.acknowledge();
    for (let reader = 0; reader < readers; reader++) void this.#readReplies();
    await this.#carry();
    const expectedInput = Math.min(input, enoughAfter);
    const all = handler === "echoes" ? expectedInput : replies;
    if (!this.#isHandlerOver) this.#faults.push("The handler did not end");
    if (this.#readersAtWork > 0) this.#faults.push(`${this.#readersAtWork} readers still wait`);
    if (this.#running > 0) this.#faults.push(`${this.#running} generators did not end`);
    if (leavesAfter > all && (this.read.replies !== all || this.read.input !== expectedInput))
      this.#faults.push(`${this.read.replies} of ${all} and ${this.read.input} of ${expectedInput} items were read`);
    if (this.read.replies < Math.min(leavesAfter, all)) this.#faults.push(`Only ${this.read.replies} items were read`);
    if (this.#faults.length > 0) throw new Error(this.#faults.join("; "));
  }

  /** Delivers what is under way until nothing moves any more. */
  async #carry(): Promise<void> {
    const all = [this.#toServer.items, this.#toServer.control, this.#toClient.items, this.#toClient.control];
    for (;;) {
      await tick();
      const queue = all[Math.floor(this.#random() * 4)] as (() => void)[];
      if (queue.length > 0) for (let count = this.#random() * 3; count > 0; count--) queue.shift()?.();
      else if (all.every(({ length }) => length === 0)) {
        turns.begin();
        await quiet();
        if (all.every(({ length }) => length === 0)) return;
      }
      const chance = this.#random();
      if (chance < 0.02) turns.isOver = true;
      else if (chance < 0.1) turns.begin();
    }
  }

  async *#produce(count: number): AsyncGenerator<number, void> {
    this.#running += 1;
    try {
      for (let number = 0; number < count; number++) {
        await this.#pause();
        yield number;
      }
    } finally {
      await this.#pause();
      this.#running -= 1;
    }
  }

  async *#handle(input: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
    const { handler, replies } = this.#plan;
    const numbers = this.#readInput(input);
    if (handler === "echoes") {
      yield* numbers;
      return;
    }
    const all = (async () => {
      for await (const _ of numbers);
    })();
    all.catch(() => {});
    if (handler === "reads first") await all;
    yield* this.#produce(replies);
    await all;
  }

  async *#readInput(input: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
    for await (const number of input) {
      if (number !== this.read.input) this.#faults.push(`The handler read ${number} as item ${this.read.input}`);
      this.read.input += 1;
      await this.#pause();
      yield number;
      if (this.read.input === this.#plan.enoughAfter) return;
    }
  }

  async #readReplies(): Promise<void> {
    this.#readersAtWork += 1;
    for (;;) {
      const { value, done } = await this.#call.replies.next();
      moved();
      if (done === true) break;
      if (value !== this.read.replies) this.#faults.push(`The client read ${value} as item ${this.read.replies}`);
      this.read.replies += 1;
      if (this.read.replies === this.#plan.leavesAfter) this.#leave();
      await this.#pause();
    }
    this.#readersAtWork -= 1;
  }

  /** The client leaves, and its server learns of it. */
  #leave(): void {
    this.#call.replies.leave();
    this.#settleCall();
    moved();
    this.#toServer.control.push(() => this.#served.leave(new Error("The client has left")));
  }

  #takeAtClient(...message: Parameters<Take>): void {
    if (this.#isCallOver) return;
    this.#take(() => this.#call.take(...message));
    if (this.#call.replies.isEnded) this.#settleCall();
  }

  #takeAtServer(...message: Parameters<Take>): void {
    if (!this.#isHandlerOver) this.#take(() => this.#served.take(...message));
  }

  #take(take: () => void): void {
    try {
      take();
    } catch (error) {
      this.#faults.push(`An honest message was refused: ${error}`);
    }
  }

  #settleCall(): void {
    this.#isCallOver = true;
    this.#call.settle(undefined);
  }

  #handlerEnds(): void {
    moved();
    this.#isHandlerOver = true;
  }

  #sendBy(queue: (() => void)[], take: Take): SendItems {
    return (type, flags, position, body, done) => {
      moved();
      let copy: Buffer[] | undefined;
      // The memory of the message is free after that.
      const accept = () => {
        if (copy !== undefined) return;
        copy = body.map((frame) => Buffer.from(frame as Buffer));
        done();
      };
      if (this.#random() < 0.7) process.nextTick(accept);
      queue.push(() => {
        accept();
        take(type, flags, position >>> 0, copy as Buffer[]);
      });
    };
  }

  #control(queue: (() => void)[], credit: Credit, take: Take): void {
    moved();
    const bytes = encodeCredit(credit);
    queue.push(() => take(messageTypes.credit, 0, 0, [bytes]));
  }

  /** Waits not at all, or for some ticks. */
  async #pause(): Promise<void> {
    const chance = this.#random();
    for (let ticks = chance < 0.7 ? 0 : (chance - 0.7) ** 3 * 500; ticks > 0; ticks--) {
      moved();
      await tick();
    }
    moved();
  }

  readonly #encode = (item: unknown): readonly Frame[] => {
    const number = item as number;
    const frame = Buffer.alloc(4 + ((Math.imul(number + 1, 0x9e3779b1) >>> 8) % (this.#plan.longest + 1)));
    frame.writeUInt32BE(number);
    return [frame];
  };

  /** From 0 to 1. The same sequence for the same seed. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

function numberOf([frame]: readonly Buffer[]): number {
  return (frame as Buffer).readUInt32BE();
}
