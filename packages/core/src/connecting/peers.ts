/**
 * The peers of one socket, counted by its events.
 *
 * Peers of ZMTP 1 and 2 (RFC 13 and 15), such as old JeroMQ, finish a handshake for which libzmq has no event. Time distinguishes them from a
 * server that accepts and sends nothing: after `handshakeInterval`, libzmq closes that connection, but keeps an old peer.
 */

import type { NativeEvent } from "../native/native.ts";

/** The monitor, as the count of peers uses it. */
interface PeersOwner {
  /** Milliseconds that a handshake may take, 0 for no limit. */
  readonly handshakeInterval: number;
  /** Milliseconds after which a written event has certainly been read. */
  readonly readingTime: number;
  /** Called for an established connection that can only belong to an old peer. */
  foundOld(address: string): void;
}

interface Endpoint {
  /** Start times of the connections without a handshake, oldest first. */
  readonly pending: number[];
  /** Number of connections with a handshake. */
  peers: number;
  /** Number of old peers among them. */
  old: number;
}

/** Milliseconds that libzmq may be late when a handshake times out. */
const lateness = 100;

export class Peers {
  readonly #owner: PeersOwner;
  /** By the endpoint of this side. */
  readonly #endpoints = new Map<string, Endpoint>();
  #count = 0;
  /** Number of failed connections whose `disconnect` event is still to come. */
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: PeersOwner) {
    this.#owner = owner;
  }

  /** Number of connected peers whose handshake is done. */
  get count(): number {
    return this.#count;
  }

  /**
   * To be called with each event. False if the event must be ignored: libzmq reports a failed handshake when an old peer disconnects.
   *
   * Events do not tell the connections of a bound socket apart. So which one is meant is a guess, but the count becomes right.
   */
  heed(event: NativeEvent): boolean {
    switch (event.type) {
      case "connect":
      case "accept":
        this.#at(event.address).pending.push(performance.now());
        this.#arm();
        break;
      case "handshake": {
        const endpoint = this.#at(event.address);
        endpoint.pending.pop();
        this.#join(endpoint);
        break;
      }
      case "handshake:error:protocol":
      case "handshake:error:auth":
      case "handshake:error:other":
        return this.#fail(this.#at(event.address));
      case "disconnect":
        this.#leave(this.#at(event.address));
        break;
      default:
    }
    return true;
  }

  /** To be called when this side gives up an endpoint. libzmq has no event for its peers. */
  forget(address: string): void {
    this.#count -= this.#endpoints.get(address)?.peers ?? 0;
    this.#endpoints.delete(address);
  }

  /** To be called after the last event. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #at(address: string): Endpoint {
    let endpoint = this.#endpoints.get(address);
    if (endpoint === undefined) {
      endpoint = { pending: [], peers: 0, old: 0 };
      this.#endpoints.set(address, endpoint);
    }
    return endpoint;
  }

  #fail(endpoint: Endpoint): boolean {
    const { pending } = endpoint;
    if (pending.length === 0 && endpoint.old > 0) {
      endpoint.old -= 1;
      return false;
    }
    this.#failed += 1;
    // The oldest has timed out. A connection that breaks earlier is usually the newest.
    if (this.#isOver(pending[0], performance.now())) pending.shift();
    else pending.pop();
    return true;
  }

  #leave(endpoint: Endpoint): void {
    if (this.#failed > 0) this.#failed -= 1;
    else if (endpoint.peers === 0) endpoint.pending.pop();
    else {
      endpoint.peers -= 1;
      this.#count -= 1;
    }
  }

  #join(endpoint: Endpoint): void {
    endpoint.peers += 1;
    this.#count += 1;
  }

  #isOver(began: number | undefined, now: number): boolean {
    const { handshakeInterval } = this.#owner;
    return began !== undefined && handshakeInterval > 0 && now - began >= handshakeInterval;
  }

  /** Schedules a check for when the oldest pending handshake times out. */
  #arm(): void {
    if (this.#timer !== undefined) return;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { pending } of this.#endpoints.values()) oldest = Math.min(oldest, pending[0] ?? oldest);
    const { handshakeInterval } = this.#owner;
    if (oldest === Number.POSITIVE_INFINITY || handshakeInterval === 0) return;
    const wait = Math.max(0, oldest + handshakeInterval + lateness - performance.now());
    this.#timer = setTimeout(() => this.#look(performance.now() - lateness), wait).unref();
  }

  /** A handshake that had timed out by `then`, and is still pending after all events were read, is not a failure. */
  #look(then: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const [address, endpoint] of this.#endpoints) {
        for (; this.#isOver(endpoint.pending[0], then); endpoint.pending.shift()) {
          this.#join(endpoint);
          endpoint.old += 1;
          this.#owner.foundOld(address);
        }
      }
      this.#arm();
    }, this.#owner.readingTime).unref();
  }
}
