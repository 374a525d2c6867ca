/**
 * The queue of libzmq's events of one socket.
 *
 * libzmq holds a lock of the socket while it writes an event, also while it waits because the queue is full. A bind writes its event in the
 * binding thread. With a full queue it would wait forever, since the same thread reads the queue. (libzmq's own threads write the events of
 * connections, disconnections and closing.) So a bind is made only right after the queue was seen empty. Then at least 1 000 of its 2 000 events are
 * free. libzmq's threads do not write that many while this thread works for 20 ms, or they work for 2 ms: that would take 50 000 events, and so
 * about 16 000 strangers, per second. Only the look-up of a host name would take longer, so bind to an IP address.
 *
 * A read that finds no event waits, cannot be cancelled, and keeps the process alive. While nobody waits for events, this queue ends the read with
 * an event that it causes itself: a failed bind to an impossible address.
 */

import { lateWorkOfIoThreads, workOfIoThreads } from "../native/io-threads.ts";
import type { NativeEvent, NativeObserver, NativeSocket } from "../native/native.ts";

/** The reader of the queue. */
export interface EventReader {
  /** Whether events must be read as they arrive. */
  readonly attends: boolean;
  take(event: NativeEvent): void;
  /** Called after the last event. */
  end(): void;
}

/** Milliseconds of work of this thread after which an empty queue may be full. */
const moment = 20;
/**
 * Milliseconds of CPU time after which libzmq's threads may have filled half of the room, at 4 microseconds or more per event. The other half is
 * for their work in the last tick of the system, at most 10 ms, which Linux does not report.
 */
const momentOfThreads = 2;
/** The most binds of this thread in that time, so that most of the room is for libzmq's threads. */
const mostBinds = 100;
/** Events per batch of reads: a few milliseconds of work. */
const mostAtOnce = 500;
/** Batches that a full queue needs, plus one for events that arrive meanwhile. */
const stretches = 6;
/** Turns of the event loop for which a bind waits for room. */
const mostTurns = 1_000;

const impossibleAddress = "tcp://0.0.0.0:awaitmq-wake-up";
const wakeUpAddress = impossibleAddress.slice("tcp://".length);

export class EventQueue {
  readonly #native: NativeSocket;
  readonly #observer: NativeObserver;
  readonly #reader: EventReader;
  /** Reads that were begun, and reads that returned their event. */
  #begun = 0;
  #done = 0;
  /** Whether the last read found no event and waits. */
  #waits = false;
  /** When the queue was last known to be empty, with a read waiting. */
  #emptyAt: Instant = { work: 0, threads: 0 };
  #binds = 0;
  #ending = false;
  #wokenUp = false;
  #provesEachTurn = false;
  #proving = false;
  /** Whether a batch was cut, and the rest is for the next turn. */
  #cut = false;
  #over = false;
  #rested: (() => void)[] = [];

  constructor(native: NativeSocket, reader: EventReader) {
    this.#native = native;
    this.#observer = native.events;
    this.#reader = reader;
  }

  /** Reads all available events. Unless the reader attends, a read that then waits is ended soon. */
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

  /** To be called when the reader stops attending. */
  rest(): void {
    if (this.#waits && !this.#ending) void this.#endRead();
  }

  /** Reads all available events, and resolves when no read waits, except for a reader that attends. */
  async settle(): Promise<void> {
    this.read();
    if (this.#waits && !this.#reader.attends && !this.#over && !this.#native.closed)
      await new Promise<void>((resolve) => this.#rested.push(resolve));
  }

  /** Records a bind. False if the queue may be full, so that the bind may block forever. */
  bindsNow(fills: boolean): boolean {
    for (let n = 0; n < stretches && !this.#waits && !this.#over; n++) this.read();
    if (this.#over) return true;
    if (!this.#hasRoom(fills)) return false;
    this.#binds += 1;
    return true;
  }

  /** Binds as soon as there is room. `bind` returns undefined if the room is gone. The result is undefined if each turn of the event loop is too long to know. */
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

  /** A synchronous bind must know at once whether there is room. So after the first one, each turn of the event loop checks, while a read waits. */
  proveEachTurn(): void {
    if (this.#provesEachTurn) return;
    this.#provesEachTurn = true;
    setImmediate(() => this.#proveThisTurn()).unref();
  }

  /** Closes the queue. Blocks libzmq's threads if the socket has not ended yet. */
  close(): void {
    this.#observer.close();
    this.#end();
  }

  /** @param fills whether events other than those of binds may have been written since the queue was empty */
  #hasRoom(fills: boolean): boolean {
    return this.#waits && this.#binds < mostBinds && (!fills || this.#isMoment());
  }

  /** Whether the queue was empty so recently that it cannot be full. */
  #isMoment(): boolean {
    if (work() - this.#emptyAt.work < moment) return true;
    const worked = workOfIoThreads();
    return worked !== undefined && worked - this.#emptyAt.threads < momentOfThreads;
  }

  /** Begins a read. False if the previous one waits, or there are no more events. */
  #begin(): boolean {
    try {
      this.#observer.receive().then(this.#take, this.#end);
      this.#begun += 1;
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY") {
        // It was closed, by its last event if one is in flight.
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
      // The event that ends the read has been caused. Read one event at a time, so that no read waits after it.
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
      // Intended: the failure is an event.
      this.#wokenUp = true;
    }
  }

  /** Between two immediates, the event loop polls once. If a read still waits, that poll found no event. */
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

/** A point in time, as milliseconds of work: of this thread, and at least of libzmq's threads. */
interface Instant {
  readonly work: number;
  readonly threads: number;
}

/** Milliseconds that this thread has worked. While it was idle, it would have seen an event. */
function work(): number {
  return performance.now() - performance.nodeTiming.idleTime;
}
