/** Plays a sequence of events at one end of a stream, and compares what happens with the models. */

import { EnvelopeError } from "../../src/errors.ts";
import { type Credit, encodeCredit } from "../../src/wire/credit.ts";
import { itemFlags, type MessageType, messageTypes } from "../../src/wire/envelope.ts";
import type { Arrival, ReceivedModel } from "./received-model.ts";
import { bytesOf, type Item, itemOf, packItems, type Script } from "./script.ts";
import type { SentModel } from "./sent-model.ts";
import { quiet, tick, turns } from "./turns.ts";

/** One end of a stream, with what stands around it. */
export interface End {
  readonly script: Script;
  readonly sent: SentModel;
  readonly received: ReceivedModel;
  readonly faults: string[];
  /** Whether the other end may send items. */
  readonly takesItems: boolean;
  /** Whether this end has items to send. */
  readonly sendsItems: boolean;
  /** Whether its producer was asked for. */
  readonly hasBegun: boolean;
  /** Whether messages of the wire reach it no more. */
  readonly isOver: boolean;
  /** Whether it ignores messages of the wire, because its call has failed. */
  readonly isDeaf: boolean;
  take(type: MessageType, flags: number, position: number, body: readonly Buffer[]): void;
  next(): Promise<IteratorResult<unknown, undefined>>;
  leaveReading(): void;
  /** The call fails: because of what the other end sent, or for another reason. */
  fail(error: unknown, isViolation: boolean): void;
  /** What only this end knows: a handler begins, the server has enough, a reply comes. */
  special(choice: number): void;
}

const sizes = [0, 1, 3, 10, 100, 700, 1_024, 1_025, 3_000, 5] as const;
const credits = [0, 1, 1, 2, 3, 5, 8, 40, 300, 2 ** 32 - 1, 2 ** 31] as const;
const byteCredits = [0, 1, 10, 10, 500, 500, 5_000, 50_000, 100_000, 2 ** 32 - 1, 2 ** 31] as const;

/** What can happen, and in how many of 32 events it does. */
const shares = {
  "items arrive": 4,
  "end arrives": 1,
  "lie arrives": 1,
  "credit arrives": 4,
  "producer yields": 5,
  "producer ends": 1,
  reads: 6,
  "reader leaves": 1,
  "message leaves": 3,
  "call fails": 1,
  "turn ends": 1,
  "turn begins": 1,
  special: 3,
} as const;

type Kind = keyof typeof shares;

const kinds = Object.entries(shares).flatMap(([kind, share]) => Array.from({ length: share }, () => kind as Kind));

function kindOf(event: number): Kind {
  return kinds[event % kinds.length] as Kind;
}

export class Player {
  readonly #end: End;

  constructor(end: End) {
    this.#end = end;
  }

  /** Each number is an event. */
  async play(events: readonly number[]): Promise<void> {
    turns.begin();
    for (const event of events) {
      this.#happen(kindOf(event), (event >>> 5) & 0xff, (event >>> 13) & 0xff);
      this.#end.received.checkNow();
      const pause = event >>> 28;
      if (pause > 13) await this.#settle();
      else if (pause > 10) await tick();
      else if (pause > 6) await Promise.resolve();
      if (this.#end.faults.length > 0) break;
    }
    await this.#rest();
    if (this.#end.faults.length > 0)
      throw new Error(`${this.#end.faults.join("; ")}. Events: ${events.map(kindOf).join(", ")}`);
  }

  #happen(kind: Kind, choice: number, other: number): void {
    const { script, sent, received } = this.#end;
    const item = () => itemOf(script.yielded.length + choice, sizes[other % sizes.length] as number, choice);
    switch (kind) {
      case "items arrive":
        this.#arrive(this.#honest(choice, other));
        break;
      case "end arrives":
        this.#arrive({ position: received.received >>> 0, items: [], isLast: true }, choice);
        break;
      case "lie arrives":
        this.#lie(choice, other);
        break;
      case "credit arrives":
        this.#grant({
          items: credits[choice % credits.length] as number,
          bytes: byteCredits[other % byteCredits.length] as number,
        });
        break;
      case "producer yields":
        for (let count = 1 + (choice % 3) ** 2; count > 0; count--) script.tell({ item: item() });
        break;
      case "producer ends":
        this.#endScript(choice);
        break;
      case "reads":
        for (let count = 1 + (choice % 3); count > 0; count--) received.next(() => this.#end.next());
        break;
      case "reader leaves":
        if (choice % 3 === 0) this.#end.leaveReading();
        break;
      case "message leaves":
        sent.accept(choice % 50 === 0 ? sent.lost : undefined);
        break;
      case "call fails":
        if (choice % 4 === 0) this.#end.fail(new Error("The call was left"), false);
        break;
      case "turn ends":
        turns.isOver = true;
        break;
      case "turn begins":
        turns.begin();
        break;
      case "special":
        this.#end.special(choice);
    }
  }

  #endScript(choice: number): void {
    const { script } = this.#end;
    if (choice % 8 === 0) script.tell({ item: [], isUnsendable: true });
    else script.tell(choice % 8 < 3 ? "throw" : "finish");
  }

  /** Items within the credit. */
  #honest(choice: number, other: number): Arrival | undefined {
    const { received, isEnded, credit } = this.#end.received;
    if (isEnded) return undefined;
    const items: Item[] = [];
    for (let { items: count, bytes } = credit; items.length < 1 + (choice % 5) && count > 0 && bytes > 0; count--) {
      const item = this.#wireItem(items.length, choice, other);
      items.push(item);
      bytes -= bytesOf(item);
    }
    return items.length === 0 ? undefined : { position: received >>> 0, items, isLast: choice > 240 };
  }

  #wireItem(index: number, choice: number, other: number): Item {
    const size = sizes[(other + index * choice) % sizes.length] as number;
    const [first, second] = itemOf(this.#end.received.received + index, size, other >> 4 === 0 ? 0 : 3) as Buffer[];
    return second === undefined ? [first as Buffer] : [first as Buffer, second];
  }

  #lie(choice: number, other: number): void {
    const { received, isEnded, credit } = this.#end.received;
    const position = received >>> 0;
    const items = [this.#wireItem(0, choice, other)];
    switch (other % 9) {
      case 0: {
        // One more than the credit, or many.
        const length = Math.min(300, credit.items + 1 + (choice % 3 === 0 ? choice : 0));
        const many = Array.from({ length }, (_, index) => itemOf(received + index, choice % 2, 3));
        this.#arrive({ position, items: many, isLast: false });
        break;
      }
      case 1:
        this.#arrive({ position: (position + 1) >>> 0, items, isLast: false });
        break;
      case 2:
        this.#arrive({ position: (position - 1) >>> 0, items: choice % 2 === 0 ? items : [], isLast: true });
        break;
      case 3:
        this.#raw(messageTypes.items, position, [packItems(items).subarray(0, -1)], true);
        break;
      case 4:
        this.#raw(messageTypes.items, position, [Buffer.from([0])], true);
        break;
      case 5:
        this.#raw(messageTypes.items, position, choice % 2 === 0 ? [] : [Buffer.alloc(0)], true);
        break;
      case 6:
        this.#raw(messageTypes.item, position, [], true);
        break;
      case 7:
        this.#raw(messageTypes.credit, 0, choice % 2 === 0 ? [] : [Buffer.alloc(7)], true);
        break;
      default:
        if (isEnded) this.#arrive({ position, items, isLast: false });
    }
  }

  #arrive(arrival: Arrival | undefined, choice = 0): void {
    if (arrival === undefined || this.#end.isOver) return;
    const { position, items, isLast } = arrival;
    const isViolation = !this.#end.isDeaf && (!this.#end.takesItems || this.#end.received.judge(arrival));
    const flags = isLast ? itemFlags.last : 0;
    if (items.length === 0) this.#take(messageTypes.end, choice % 2 === 0 ? flags : 0, position, [], isViolation);
    else if (items.length === 1 && bytesOf(items[0] as Item) % 2 === 0)
      this.#take(messageTypes.item, flags, position, items[0] as Buffer[], isViolation);
    else this.#take(messageTypes.items, flags, position, [packItems(items)], isViolation);
  }

  #raw(type: MessageType, position: number, body: readonly Buffer[], isViolation: boolean): void {
    if (!this.#end.isOver) this.#take(type, 0, position, body, isViolation && !this.#end.isDeaf);
  }

  #grant(credit: Credit): void {
    if (this.#end.isOver) return;
    const isViolation = this.#end.sendsItems && !this.#end.isDeaf ? this.#end.sent.grant(credit) : false;
    this.#take(messageTypes.credit, 0, 0, [encodeCredit(credit)], isViolation);
  }

  #take(
    type: MessageType,
    flags: number,
    position: number,
    body: readonly Buffer[],
    isViolation: boolean | undefined,
  ): void {
    try {
      this.#end.take(type, flags, position, body);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) this.#end.faults.push(`It threw ${error}`);
      else if (isViolation === false) this.#end.faults.push(`It refused what is allowed: ${error.message}`);
      this.#end.fail(error, true);
      return;
    }
    if (isViolation) this.#end.faults.push(`It took a message of the type ${type} that breaks the rules`);
  }

  /** Waits until nothing moves, then checks all. */
  async #settle(): Promise<void> {
    await quiet();
    this.#end.sent.check(this.#end.hasBegun);
    this.#end.received.check();
  }

  /** Both sides come to rest. */
  async #rest(): Promise<void> {
    const { script, sent } = this.#end;
    turns.begin();
    await this.#settle();
    for (let round = 0; this.#end.faults.length === 0 && round < 20 && (sent.isPending || script.hasSteps); round++) {
      if (!sent.hasCredit && !sent.isStopped) this.#grant({ items: 100, bytes: 1_000_000 });
      sent.accept();
      await this.#settle();
    }
    if (this.#end.faults.length > 0) return;
    this.#end.leaveReading();
    this.#end.fail(new Error("The call was left"), false);
    script.abort();
    for (; sent.isPending; await this.#settle()) sent.accept();
    await this.#settle();
    if (script.hasBegun && (script.end === undefined || script.finallyRuns !== 1))
      this.#end.faults.push("It did not end its producer");
    if (sent.tellsEnd && this.#end.hasBegun && sent.outcome === undefined) this.#end.faults.push("It did not settle");
  }
}
