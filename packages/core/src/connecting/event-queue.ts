/**
 * The queue through which libzmq tells of the events of one socket.
 *
 * libzmq writes an event while it holds a lock of the socket, and waits with the lock while the queue is full. A bind writes its
 * event in the thread that binds: with a full queue it would wait for the lock for ever, since this thread is the one that
 * reads. (Connections, their ends and closing are told of by libzmq's own threads.) So a bind comes only right after the
 * queue was seen to be empty: of its 2 000 events 1 000 or more are free then. libzmq's threads don't write as many while this thread has
 * worked for 20 ms, or they themselves for 2: that would take 50 000 events, and so some 16 000 strangers, a second. Only the look-up of a
 * host name would make that moment long: bind to an IP address.
 *
 * A read that finds nothing waits, can't be taken back, and keeps the process alive. Where nobody waits for events it is ended
 * by an event of our own making: the failure to bind to an address that can't exist.
 */

import { lateWorkOfIoThreads, workOfIoThreads } from "../native/io-threads.ts";
import type { NativeEvent, NativeObserver, NativeSocket } from "../native/native.ts";

/** What the queue is read for. */
export interface EventReader {
  /** Whether events are to be read as they come. */
  readonly attends: boolean;
  take(event: NativeEvent): void;
  /** There will be no more events. */
  end(): void;
}

/** Milliseconds of work after which an empty queue may be full. */
const moment = 20;
/**
 * Milliseconds of CPU after which libzmq's threads may have filled it, at 4 microseconds or more for each event: half of the room. The other
 * half is for what they do in the last tick of the system, 10 ms at most, which Linux doesn't tell.
 */
const momentOfThreads = 2;
/** Binds of our own in that time, which leaves most of the room to libzmq's threads. */
const mostBinds = 100;
/** Events that are read at a stretch: some milliseconds of work. */
const mostAtOnce = 500;
/** Stretches that a full queue takes, and one more for what comes meanwhile. */
const stretches = 6;
/** Turns of the event loop in which a bind waits for room. */
const mostTurns = 1_000;

const impossibleAddress = "tcp://0.0.0.0:awaitmq-wake-up";
const wakeUpAddress = impossibleAddress.slice("tcp://".length);

export class EventQueue {
  readonly #native: NativeSocket;
  readonly #observer: NativeObserver;
  readonly #reader: EventReader;
  /** Reads that were begun, and those that have given their event. */
  #begun = 0;
  #done = 0;
  /** Whether the last read of all found nothing and waits. */
  #waits = false;
  /** When the queue was last known to be empty while the read waits. */
  #emptyAt: Instant = { work: 0, threads: 0 };
  #binds = 0;
  #ending = false;
  #wokenUp = false;
  #provesEachTurn = false;
  #proving = false;
  /** Whether a stretch was cut, and the rest is for the next turn. */
  #cut = false;
  #over = false;
  #rested: (() => void)[] = [];

  constructor(native: NativeSocket, reader: EventReader) {
    this.#native = native;
    this.#observer = native.events;
    this.#reader = reader;
  }

  /** Reads all that is there. A read that waits after that is ended soon, unless the reader attends. */
  read(): void {
    if (this.#over || this.#waits) return;
    for (let n = 0; n < mostAtOnce; n++) {
      if (!this.#begin()) return;
    }
    if (this.#cut || !this.#reader.attends) return;
    this.#cut = true;
    setImmediate(() => {
      this.#cut = false;
      this.read();
    });
  }

  /** To be called when nobody attends any more. */
  rest(): void {
    if (this.#waits && !this.#ending) void this.#endRead();
  }

  /** Reads all that is there, and resolves when no read waits any more but for a reader that attends. */
  async settle(): Promise<void> {
    this.read();
    if (this.#waits && !this.#reader.attends && !this.#over && !this.#native.closed)
      await new Promise<void>((resolve) => this.#rested.push(resolve));
  }

  /** Notes a bind. False if the queue may be full, and the bind never end. */
  bindsNow(fills: boolean): boolean {
    for (let n = 0; n < stretches && !this.#waits && !this.#over; n++) this.read();
    if (this.#over) return true;
    if (!this.#hasRoom(fills)) return false;
    this.#binds += 1;
    return true;
  }

  /** Binds as soon as there is room; `bind` gives undefined if there is none any more. Undefined where each turn of the event loop takes so long that there is no telling. */
  async whenRoom<T>(fills: boolean, bind: () => T | undefined): Promise<T | undefined> {
    for (let turn = 0; turn < mostTurns; turn++) {
      this.read();
      if (this.#over || this.#hasRoom(fills)) {
        const bound = bind();
        if (bound !== undefined) return bound;
      }
      await this.#prove();
    }
    return undefined;
  }

  /** A bind that can't wait needs to know at once: from the first one on, each turn of the event loop tells, while a read waits. */
  proveEachTurn(): void {
    if (this.#provesEachTurn) return;
    this.#provesEachTurn = true;
    setImmediate(() => this.#proveThisTurn()).unref();
  }

  /** Stops libzmq's threads if the socket has not ended yet. */
  close(): void {
    this.#observer.close();
    this.#end();
  }

  /** @param fills whether anything but binds may have written to the queue since it was empty. */
  #hasRoom(fills: boolean): boolean {
    return this.#waits && this.#binds < mostBinds && (!fills || this.#isMoment());
  }

  /** Whether the queue was empty so shortly before that it can't be full. */
  #isMoment(): boolean {
    if (work() - this.#emptyAt.work < moment) return true;
    const worked = workOfIoThreads();
    return worked !== undefined && worked - this.#emptyAt.threads < momentOfThreads;
  }

  /** Begins a read; false if the one before it waits, or there is nothing to read any more. */
  #begin(): boolean {
    try {
      this.#observer.receive().then(this.#take, this.#end);
      this.#begun += 1;
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY") {
        // It was closed, by its last event if one is on the way to here.
        if (this.#begun === this.#done) this.#end();
        return false;
      }
      this.#waits = true;
      this.#emptyAt = this.#now();
      this.#binds = 0;
      if (!this.#reader.attends) this.rest();
      if (this.#provesEachTurn) setImmediate(() => this.#proveThisTurn()).unref();
      return false;
    }
  }

  readonly #take = (event: NativeEvent): void => {
    if (this.#over) return;
    this.#done += 1;
    const last = this.#done === this.#begun;
    if (last) this.#waits = false;
    if ("address" in event && event.address.endsWith(wakeUpAddress)) this.#wokenUp = false;
    else if (event.type === "end") this.#end();
    else this.#reader.take(event);
    if (!last || this.#over) return;
    if (this.#reader.attends) {
      if (!this.#cut) this.read();
    } else if (this.#wokenUp) {
      // The event that was made to end the read is there: one after the other, so that no read waits behind it.
      this.#begin();
      return;
    }
    for (const resolve of this.#rested.splice(0)) resolve();
  };

  readonly #end = (): void => {
    if (this.#over) return;
    this.#over = true;
    for (const resolve of this.#rested.splice(0)) resolve();
    this.#reader.end();
  };

  async #endRead(): Promise<void> {
    this.#ending = true;
    do await this.#prove();
    while (this.#wantsEnd() && !this.#hasRoom(true));
    this.#ending = false;
    if (this.#wantsEnd()) this.#wakeUp();
  }

  #wantsEnd(): boolean {
    return this.#waits && !this.#wokenUp && !this.#over && !this.#reader.attends && !this.#native.closed;
  }

  #wakeUp(): void {
    this.#binds += 1;
    try {
      this.#native.bindSync(impossibleAddress);
    } catch {
      // That is the purpose: the failure is an event.
      this.#wokenUp = true;
    }
  }

  /** Between two immediates lies a whole look of the event loop at what has come: a read that waits still found nothing in it. */
  async #prove(): Promise<void> {
    await new Promise(setImmediate);
    const since = this.#state();
    await new Promise(setImmediate);
    this.#learn(since);
  }

  /** To be called from an immediate. */
  #proveThisTurn(): void {
    if (this.#proving || !this.#waits || this.#over) return;
    this.#proving = true;
    const since = this.#state();
    setImmediate(() => {
      this.#proving = false;
      this.#learn(since);
      this.#proveThisTurn();
    }).unref();
  }

  #state(): { readonly done: number; readonly at: Instant } {
    return { done: this.#done, at: this.#now() };
  }

  #learn({ done, at }: { readonly done: number; readonly at: Instant }): void {
    if (this.#waits && this.#done === done && at.work > this.#emptyAt.work) this.#emptyAt = at;
  }

  #now(): Instant {
    return { work: work(), threads: lateWorkOfIoThreads() ?? 0 };
  }
}

/** A point in time by what was worked until then, in milliseconds: by this thread, and at least so much by libzmq's threads. */
interface Instant {
  readonly work: number;
  readonly threads: number;
}

/** Milliseconds that this thread has worked. In those that it waited, it would have seen an event. */
function work(): number {
  return performance.now() - performance.nodeTiming.idleTime;
}
