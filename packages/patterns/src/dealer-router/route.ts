/** A Router as a channel for each of its peers. */

import { ClosedError, type Message, QueueFullError, Router } from "@awaitmq/core";
import { checkOptions, internals } from "@awaitmq/core/internals";
import { checkAbortSignal, checkCount, checkMilliseconds } from "../concurrency/check.ts";
import { claim } from "../concurrency/claim.ts";
import { announceDisconnects, isDisconnect } from "../message/disconnect-message.ts";
import { Channel, ChannelStream } from "./channel.ts";
import { Peer } from "./peer.ts";

/** How much may wait for each peer, and what ends it. */
export interface RouteOptions {
  /** Messages of one peer that wait for their reader, a whole number, 1 or more. @default 1_000 */
  readonly queue?: number | undefined;
  /**
   * Milliseconds, 0 or more, that the router waits for the reader of a full queue, which keeps the other peers waiting. Then this peer
   * is dropped: its reader gets what is queued and then a `QueueFullError`, and what else it sends before it disconnects is
   * discarded. Infinity never drops a peer. @default 5_000
   */
  readonly patience?: number | undefined;
  /** Ends all: the loops over peers and over their messages throw `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** The peers of a Router: a loop gives each that is new, `get` those that are there. */
export interface Peers extends AsyncIterableIterator<Peer, undefined> {
  /** How many peers there are. */
  readonly size: number;
  /** The peer with that routing id, if it is there. */
  get(id: Uint8Array | string): Peer | undefined;
}

const names = { queue: true, patience: true, signal: true } as const;

/**
 * Gives a peer with its first message, and each peer's messages to that peer's own readers:
 *
 *     for await (const peer of route(router)) void converse(peer);
 *
 * Reading starts with the loop, and goes on while the loop's body runs. When a peer goes, its messages end; one that comes again is a new peer. When the
 * router closes all ends, behind what has arrived. When the loop is left, or aborted, all ends at once, and what was not read goes back to the router for its next reader,
 * in order for each peer; the router stays open. Nothing else may read from it meanwhile.
 *
 * A ROUTER can't leave the messages of one peer unread while it reads those of others, hence `queue` and `patience`. Call this before the router
 * is bound: libzmq tells that a peer goes only on endpoints that are bound or connected later. On earlier ones, and where libzmq is built
 * without draft options, the messages of a peer never end. A peer with a routing id of its own that is back before its former connection has
 * ended is ignored by libzmq.
 *
 * @throws TypeError, RangeError
 */
export function route(router: Router, options: RouteOptions = {}): Peers {
  if (!(router instanceof Router)) throw new TypeError("route takes a Router");
  checkOptions("route", options, names);
  const { queue = 1_000, patience = 5_000, signal } = options;
  checkCount("queue", queue, 1);
  checkMilliseconds("patience", patience);
  checkAbortSignal(signal);
  announceDisconnects(router);
  return new RoutedPeers(router, queue, patience, signal);
}

interface Entry {
  readonly peer: Peer;
  readonly channel: Channel<Message>;
}

class RoutedPeers implements Peers {
  readonly #router: Router;
  readonly #queue: number;
  readonly #patience: number;
  readonly #signal: AbortSignal | undefined;
  /** By routing id; also those that were dropped and have not disconnected. */
  readonly #entries = new Map<string, Entry>();
  /** Peers that the loop has not given yet. */
  readonly #arrivals = new Channel<Entry>();
  readonly #stream: ChannelStream<Entry>;
  readonly #stop = new AbortController();
  #reading: Promise<void> | undefined;
  /** What goes back to the router in the end, in the order of its arrival for each peer. */
  readonly #unread: Message[] = [];

  constructor(router: Router, queue: number, patience: number, signal: AbortSignal | undefined) {
    this.#router = router;
    this.#queue = queue;
    this.#patience = patience;
    this.#signal = signal;
    this.#stream = new ChannelStream(this.#arrivals, signal, (error) => error instanceof ClosedError);
    signal?.addEventListener("abort", this.#abort);
  }

  get size(): number {
    return [...this.#entries.values()].filter(({ peer }) => !peer.gone).length;
  }

  get(id: Uint8Array | string): Peer | undefined {
    const bytes = typeof id === "string" ? Buffer.from(id) : Buffer.from(id);
    const entry = this.#entries.get(bytes.toString("latin1"));
    return entry?.peer.gone === false ? entry.peer : undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Peer, undefined>> {
    if (!this.#signal?.aborted) this.#reading ??= this.#read(claim(this.#router, "route"));
    const result = await this.#stream.next().catch(async (error) => {
      await this.#reading;
      throw error;
    });
    if (!result.done) return { value: result.value.peer, done: false };
    await this.#reading;
    return result;
  }

  async return(): Promise<IteratorResult<Peer, undefined>> {
    await this.#stream.return();
    this.#finish(new ClosedError("The loop over the peers was left"));
    await this.#reading;
    return { value: undefined, done: true };
  }

  readonly #abort = (): void => this.#finish(this.#signal?.reason);

  async #read(release: () => void): Promise<void> {
    try {
      for await (const message of this.#router.messages({ signal: this.#stop.signal })) await this.#take(message);
      const closed = new ClosedError("The Router is closed");
      for (const { channel } of this.#entries.values()) channel.end(closed);
      this.#arrivals.end(closed);
    } catch (error) {
      this.#finish(error);
    }
    this.#signal?.removeEventListener("abort", this.#abort);
    release();
    if (this.#unread.length > 0) this.#router[internals].inbox.putBack(this.#unread);
  }

  async #take(message: Message): Promise<void> {
    if (this.#stop.signal.aborted) {
      this.#unread.push(message);
      return;
    }
    const [id, first, ...others] = message;
    const key = id.toString("latin1");
    let entry = this.#entries.get(key);
    if (isDisconnect(message)) {
      this.#entries.delete(key);
      entry?.channel.end(new ClosedError(`Peer ${id.toString("hex")} is gone`));
      return;
    }
    if (first === undefined) return;
    if (entry === undefined) {
      const channel = new Channel<Message>();
      entry = { peer: new Peer(id, this.#router, channel), channel };
      this.#entries.set(key, entry);
      this.#arrivals.push(entry);
    }
    const { channel } = entry;
    if (!channel.ended && channel.size >= this.#queue && !(await channel.room(this.#patience, this.#ending)))
      channel.end(
        new QueueFullError(
          `Peer ${id.toString("hex")} was dropped: it had ${this.#queue} messages waiting for ${this.#patience} ms`,
        ),
      );
    if (this.#stop.signal.aborted) this.#unread.push(message);
    else channel.push([first, ...others]);
  }

  /** No more can come that a full queue would have to be spared from. */
  get #ending(): AbortSignal {
    return this.#router[internals].closing;
  }

  /** Ends all at once and gives back what was not read. */
  #finish(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(error);
    // A peer that is gone belongs to its reader, unless it has none yet.
    const entries = new Set([...this.#arrivals.clear(error), ...this.#entries.values()]);
    for (const { peer, channel } of entries)
      for (const message of channel.clear(error)) this.#unread.push([peer.id, ...message]);
    this.#entries.clear();
    this.#signal?.removeEventListener("abort", this.#abort);
  }
}
