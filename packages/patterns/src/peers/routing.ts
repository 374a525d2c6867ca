/** Reads a Router and passes each message to the channel of its peer. */

import { ClosedError, type Message, QueueFullError, type Router } from "@awaitmq/core";
import { closedError, internals, Mailbox, peerName, toKey } from "@awaitmq/core/internals";
import { allMessages } from "../concurrency/all-messages.ts";
import type { End } from "../concurrency/ending.ts";
import type { Runs } from "../concurrency/running.ts";
import { isDisconnect } from "../message/disconnect-message.ts";
import type { OpenedSockets } from "../opening/opened-sockets.ts";
import type { CheckedRouteOptions, RouteStats } from "./route-options.ts";
import { type PeerReader, RoutedPeer } from "./routed-peer.ts";

/** A peer and its messages. */
export interface Entry {
  readonly peer: RoutedPeer;
  readonly channel: Mailbox<Message>;
}

export class Routing implements Runs<RouteStats> {
  readonly done: Promise<void>;
  /** New peers that the loop has not given yet. */
  readonly arrivals = new Mailbox<Entry>();
  readonly #router: Router;
  readonly #options: CheckedRouteOptions;
  readonly #reader: PeerReader | undefined;
  readonly #sockets: OpenedSockets;
  /** Peers by routing id, including dropped ones that have not disconnected. */
  readonly #entries = new Map<string, Entry>();
  /** Aborted when reading is to end. */
  readonly #reading = new AbortController();
  /** Aborted when unread messages are to go back. */
  readonly #stop = new AbortController();
  /** Aborted when full queues are no longer waited for. */
  readonly #hurry = new AbortController();
  #begin = () => {};
  readonly #begun: Promise<void>;
  /** Set before anything can end. */
  #end!: End;
  #arrived = 0;
  #dropped = 0;
  /** Whether the last new peer was dropped because the loop took none. */
  #loopStands = false;
  /** Messages that go back to the router at the end, in order of arrival per peer. */
  readonly #unread: Message[] = [];

  constructor(router: Router, options: CheckedRouteOptions, reader: PeerReader | undefined, sockets: OpenedSockets) {
    this.#router = router;
    this.#options = options;
    this.#reader = reader;
    this.#sockets = sockets;
    this.#begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.done = this.#run();
  }

  get stats(): RouteStats {
    let [peers, waiting] = [0, 0];
    for (const { peer, channel } of this.#entries.values()) {
      if (!peer.gone) peers += 1;
      waiting += channel.size;
    }
    return { peers, arrived: this.#arrived, dropped: this.#dropped, invalid: this.#reader?.invalid ?? 0, waiting };
  }

  get endpoints(): readonly string[] {
    return this.#sockets.endpoints;
  }

  get(id: Uint8Array | string): RoutedPeer | undefined {
    const bytes = typeof id === "string" ? Buffer.from(id) : Buffer.from(id);
    const entry = this.#entries.get(toKey(bytes));
    return entry?.peer.gone === false ? entry.peer : undefined;
  }

  start(end: End): void {
    this.#end = end;
  }

  /** Starts reading. */
  begin(): void {
    this.#begin();
  }

  retire(): void {
    this.#reading.abort();
    this.#hurry.abort();
    this.#begin();
  }

  abort(): void {
    this.#finish(new ClosedError("The route has ended"));
  }

  abandon(): void {}

  outcomes(): Iterable<Promise<unknown>> {
    return [];
  }

  async #run(): Promise<void> {
    const closing: AbortSignal = this.#router[internals].closing;
    const hurry = () => {
      this.#hurry.abort();
      this.#begin();
    };
    if (closing.aborted) hurry();
    closing.addEventListener("abort", hurry);
    try {
      await this.#begun;
      await this.#read();
      if (!this.#router.closed) await this.#drained();
    } catch (error) {
      this.#finish(error);
      throw error;
    } finally {
      closing.removeEventListener("abort", hurry);
      if (this.#unread.length > 0) this.#router[internals].inbox.putBack(this.#unread);
      await this.#end.close(this.#sockets);
    }
  }

  async #read(): Promise<void> {
    const { signal } = this.#reading;
    try {
      for await (const message of allMessages(this.#router, signal)) await this.#take(message);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    const closed = this.#router.closed
      ? closedError("receive", "Router socket")
      : new ClosedError("The route was stopped");
    for (const { channel } of this.#entries.values()) channel.end(closed);
    this.arrivals.end(closed);
  }

  /** Resolves when readers have taken all messages, or everything is to end at once. */
  async #drained(): Promise<void> {
    const { signal } = this.#stop;
    for (const { channel } of [...this.#entries.values()])
      while (channel.size > 0 && !signal.aborted) await channel.room(Number.POSITIVE_INFINITY, signal);
    // A reader that answers at once can still do so before the router closes.
    if (!signal.aborted) await new Promise((resolve) => setImmediate(resolve));
  }

  async #take(message: Message): Promise<void> {
    if (this.#stop.signal.aborted) {
      this.#unread.push(message);
      return;
    }
    const [id, first, ...others] = message;
    const key = toKey(id);
    const entry = this.#entries.get(key);
    if (isDisconnect(message)) {
      this.#entries.delete(key);
      entry?.channel.end(new ClosedError(`Peer ${peerName(id)} has disconnected`));
      return;
    }
    if (first === undefined) return;
    const sender = entry ?? (await this.#enter(key, id));
    await this.#room(sender);
    if (this.#stop.signal.aborted) this.#unread.push(message);
    else sender.channel.push([first, ...others]);
  }

  async #enter(key: string, id: Buffer): Promise<Entry> {
    const channel = new Mailbox<Message>();
    const entry = { peer: new RoutedPeer(id, this.#router, channel, this.#reader), channel };
    this.#entries.set(key, entry);
    this.#arrived += 1;
    if (await this.#loopHasRoom()) this.arrivals.push(entry);
    else this.#drop(entry, `${this.#options.maxArrivals} new peers already waited for the loop (maxArrivals)`);
    return entry;
  }

  /** Waits for room in the loop over peers. If the loop takes no peer, it waits only for the first one. */
  async #loopHasRoom(): Promise<boolean> {
    const { maxArrivals, patience } = this.#options;
    const hasRoom =
      this.arrivals.size < maxArrivals ||
      (!this.#loopStands && (await this.arrivals.room(patience, this.#hurry.signal)));
    this.#loopStands = !hasRoom;
    return hasRoom;
  }

  /** Waits for room in a full queue, and drops its peer if that takes too long. */
  async #room(entry: Entry): Promise<void> {
    const { maxQueued, patience } = this.#options;
    const { channel } = entry;
    if (channel.ended || channel.size < maxQueued || (await channel.room(patience, this.#hurry.signal))) return;
    this.#drop(entry, `its reader left ${maxQueued} messages waiting (maxQueued) for ${patience} ms (patience)`);
  }

  #drop({ peer, channel }: Entry, why: string): void {
    this.#dropped += 1;
    channel.end(new QueueFullError(`Peer ${peerName(peer.id)} was dropped: ${why}`));
  }

  /** Ends everything at once and gives back unread messages. */
  #finish(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.retire();
    // The messages of a disconnected peer stay with its reader, unless it has none yet.
    const entries = new Set([...this.arrivals.clear(error), ...this.#entries.values()]);
    for (const { peer, channel } of entries)
      for (const message of channel.clear(error)) this.#unread.push([peer.id, ...message]);
    this.#entries.clear();
  }
}
