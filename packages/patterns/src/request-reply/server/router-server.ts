/** A server on a Router: any number of requests at once, from any number of clients, answered in any order. */

import { ClosedError, type Router, UnroutableError, UnsupportedError } from "@awaitmq/core";
import { longestTimer, tell, toKey } from "@awaitmq/core/internals";
import { claim } from "../../concurrency/claim.ts";
import type { End } from "../../concurrency/ending.ts";
import type { Runs } from "../../concurrency/running.ts";
import type { Stopping } from "../../concurrency/stopping.ts";
import { UnavailableError } from "../../errors.ts";
import { announceArrivals, announceDisconnects } from "../../message/disconnect-message.ts";
import { beforeEndpoints } from "../../opening/before-endpoints.ts";
import type { OpenedSocket } from "../../opening/opened-socket.ts";
import { flagsOf, isOfStream, requestFlags } from "../../wire/envelope.ts";
import { EnvelopeReader } from "../../wire/envelope-reader.ts";
import { EnvelopeSender } from "../../wire/envelope-sender.ts";
import { Farewell } from "./farewell.ts";
import type { Handling } from "./handling.ts";
import type { Job } from "./job.ts";
import { Replies } from "./replies.ts";
import { type RequestTaker, readRequests } from "./requests.ts";
import { Runner } from "./runner.ts";
import type { CheckedServeOptions, ServerStats } from "./serve-options.ts";

/** Milliseconds between probes, if libzmq cannot report disconnects. */
const defaultProbeInterval = 20;

const checkInTime = beforeEndpoints(
  "serve",
  "libzmq reports disconnected clients only on endpoints that the Router gets later, and there is no probeInterval",
);

export class RouterServer implements Runs<ServerStats> {
  readonly done: Promise<void>;
  readonly #opened: OpenedSocket<Router>;
  readonly #onInvalid: CheckedServeOptions["onInvalid"];
  readonly #replies: Replies;
  readonly #runner: Runner;
  readonly #farewell: Farewell;
  readonly #reader: EnvelopeReader;
  readonly #probing: NodeJS.Timeout | undefined;
  readonly #retired: () => void;
  readonly #release: () => void;
  /** Set before anything can end. */
  #end!: End;
  #isRetired = false;
  #failure: { readonly error: unknown } | undefined;
  #invalid = 0;

  /** @throws AddressError for an endpoint that cannot be bound; InUseError, ClosedError, TooLateError */
  constructor(opened: OpenedSocket<Router>, handling: Handling, options: CheckedServeOptions) {
    const router = opened.socket;
    this.#release = claim(router, "serve");
    try {
      // If it is already bound, probes detect disconnected clients.
      if (options.probeInterval === undefined || router.endpoints.length === 0) checkInTime(router);
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#opened = opened;
    const sender = new EnvelopeSender(router);
    const replies = new Replies(sender, options);
    this.#replies = replies;
    this.#runner = new Runner(handling, options, replies, (peer) => this.#lost(peer));
    this.#farewell = new Farewell((peer, header, done) => replies.goodbye(peer, header, done));
    this.#reader = new EnvelopeReader(router, sender, (message) => readRequests(message, this.#taker), this.#lose);
    this.#onInvalid = options.onInvalid;
    let retired = () => {};
    this.done = new Promise<void>((resolve) => {
      retired = resolve;
    }).then(() => this.#finish());
    this.#retired = retired;
    announceArrivals(router);
    const told = announceDisconnects(router);
    opened.begin();
    const interval = options.probeInterval ?? (told ? Number.POSITIVE_INFINITY : defaultProbeInterval);
    if (interval !== Number.POSITIVE_INFINITY)
      this.#probing = setInterval(() => this.#probe(), Math.min(interval, longestTimer)).unref();
  }

  get endpoints(): readonly string[] {
    return this.#opened.endpoints;
  }

  get stats(): ServerStats {
    return { ...this.#runner.stats, invalid: this.#invalid };
  }

  get stopping(): Stopping {
    return this.#runner.stopping;
  }

  start(end: End): void {
    this.#end = end;
    if (!this.#isRetired) this.#reader.start();
  }

  retire(): void {
    this.#isRetired = true;
    this.#retired();
  }

  abort(reason: unknown): void {
    this.#runner.cutShort(reason);
  }

  abandon(): void {
    this.#runner.abandon();
  }

  outcomes(): Iterable<Promise<void>> {
    return this.#runner.outcomes();
  }

  async #finish(): Promise<void> {
    await this.#runner.jobs.empty();
    clearInterval(this.#probing);
    await this.#end.within(this.#farewell.take());
    this.#reader.stop();
    this.#release();
    await this.#end.close(this.#opened);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  readonly #taker: RequestTaker = {
    take: (job) => this.#take(job),
    together: (read) => this.#runner.together(read),
    cancel: (route, header) => {
      // Through a proxy, it may belong to another server.
      if (route.length === 1) this.#runner.cancel(route, header);
    },
    stream: (route, header, type, body) => this.#runner.stream(route, header, type, body),
    goodbye: (peer) => this.#farewell.answered(toKey(peer)),
    lost: (peer) => this.#lost(peer),
    reject: (error, message, route, header) => {
      this.#invalid += 1;
      if (header !== undefined && !(isOfStream(header) && this.#runner.break(route, header, error)))
        this.#replies.reject(route, header, error);
      tell("onInvalid of serve", this.#onInvalid, error, message);
    },
  };

  /** The router closed or failed. */
  readonly #lose = (error: unknown): void => {
    this.#farewell.giveUp();
    if (!(error instanceof ClosedError)) this.#failure = { error };
    this.#end.now(error);
  };

  /** @throws EnvelopeError */
  #take(job: Job): void {
    const { header } = job;
    this.#farewell.hear();
    if (header !== undefined && (flagsOf(header) & requestFlags.ask) !== 0) {
      this.#replies.welcome(job, header);
      if (job.route.length === 1) this.#farewell.meet(job.peerKey, job.peer, header);
    }
    if (job.credit !== undefined && job.route.length > 1)
      this.#runner.refuse(
        job,
        new UnsupportedError(
          "Cannot stream through a proxy: it may give the messages of one call to several servers. Connect directly, or use balance",
        ),
      );
    else if (this.#isRetired)
      this.#runner.refuse(job, new UnavailableError("The server is shutting down and takes no more requests"));
    else this.#runner.take(job);
  }

  #lost(peer: Buffer): void {
    this.#farewell.forget(toKey(peer));
    this.#runner.giveUp(peer);
  }

  /**
   * Checks whether the clients of running handlers are connected. Plain clients are left out: they would take a probe
   * for a reply.
   */
  #probe(): void {
    const probed = new Set<string>();
    for (const job of this.#runner.jobs) {
      if (job.header === undefined || probed.has(job.peerKey)) continue;
      probed.add(job.peerKey);
      this.#replies.probe(job, job.header, (error) => {
        if (error instanceof UnroutableError) this.#lost(job.peer);
      });
    }
  }
}
