/** What a handler gets besides the request. */

import type { Stopping } from "../../concurrency/stopping.ts";
import { ServedInput } from "../../streams/served-input.ts";
import type { Metadata } from "../../wire/metadata.ts";
import type { Job } from "./job.ts";
import type { RequestContext } from "./serve-options.ts";

/** A small object for the handler, without the server's data about the request. */
export class HandlerContext implements RequestContext<unknown> {
  readonly peer: Buffer;
  readonly priority: number;
  readonly #job: Job;
  readonly #stopping: Stopping;

  constructor(job: Job, stopping: Stopping) {
    this.peer = job.peer;
    this.priority = job.priority;
    this.#job = job;
    this.#stopping = stopping;
  }

  /** Created on demand. An own property with a getter would cost half a microsecond per request. */
  get signal(): AbortSignal {
    return this.#job.signal;
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get metadata(): Metadata {
    return this.#job.metadata;
  }

  get remaining(): number {
    return this.#job.remaining;
  }

  get input(): AsyncIterableIterator<unknown, undefined> {
    return this.#job.stream?.input ?? new ServedInput();
  }
}
