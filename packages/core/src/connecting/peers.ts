/**
 * The peers of one socket, counted by its events.
 *
 * Peers of ZMTP 1 and 2 (RFC 13 and 15), such as old JeroMQ, finish a handshake of which libzmq makes no event. Time tells them from a
 * server that accepts and says nothing: libzmq gives that one up when `handshakeInterval` is over, and keeps an old peer.
 */

import type { NativeEvent } from "../native/native.ts";

/** What a count of peers asks of its monitor. */
interface PeersOwner {
  /** Milliseconds that a handshake may take, 0 for ever. */
  readonly handshakeInterval: number;
  /** Milliseconds until an event that was written has surely been read. */
  readonly readingTime: number;
  /** A connection stands that can only be one of an old peer. */
  foundOld(address: string): void;
}

interface Endpoint {
  /** When the connections began that have no handshake yet, oldest first. */
  readonly pending: number[];
  /** Handshakes that are not undone yet. */
  peers: number;
  /** How many of these are old. */
  old: number;
}

/** Milliseconds that libzmq may be late in giving up a handshake. */
const lateness = 100;

export class Peers {
  readonly #owner: PeersOwner;
  /** By the endpoint of this side. */
  readonly #endpoints = new Map<string, Endpoint>();
  #count = 0;
  /** Connections that failed and whose `disconnect` is still to come. */
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: PeersOwner) {
    this.#owner = owner;
  }

  /** Peers whose handshake is done, and that are still there. */
  get count(): number {
    return this.#count;
  }

  /**
   * To be told of each event. False if it is none: libzmq calls it a failed handshake when an old peer goes.
   *
   * The connections of a bound socket look alike. Which of them an event means is the best guess, their number is right in the end.
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

  /** This side has given up an endpoint, of whose peers libzmq makes no event. */
  forget(address: string): void {
    this.#count -= this.#endpoints.get(address)?.peers ?? 0;
    this.#endpoints.delete(address);
  }

  /** There are no more events. */
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
    // The oldest is out of time. What breaks off before has mostly just come.
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

  /** Looks when the time of the oldest pending handshake is over. */
  #arm(): void {
    if (this.#timer !== undefined) return;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { pending } of this.#endpoints.values()) oldest = Math.min(oldest, pending[0] ?? oldest);
    const { handshakeInterval } = this.#owner;
    if (oldest === Number.POSITIVE_INFINITY || handshakeInterval === 0) return;
    const wait = Math.max(0, oldest + handshakeInterval + lateness - performance.now());
    this.#timer = setTimeout(() => this.#look(performance.now() - lateness), wait).unref();
  }

  /** What was over by then and is still pending when all events have been read is no failure. */
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
