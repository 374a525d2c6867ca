/** Topics, which are the first frame of a published message in UTF-8, and the filters that match them. */

import { isUtf8 } from "node:buffer";
import { toKey } from "@awaitmq/core/internals";
import { CodecError } from "../errors.ts";
import { isWellFormed } from "../value/codec.ts";

/**
 * How a filter matches topics: by prefix, as ZeroMQ does, or by whole segments, which dots separate.
 *
 * With `"prefix"`, the filter "prices" matches "prices", "prices.EUR" and "pricesOld". With `"segments"`, it matches
 * only the first two.
 *
 * @category Publish and subscribe
 */
export type TopicMatch = "prefix" | "segments";

/** Topics and filters in latin1, one character per byte, as they are compared. */
export type RawTopic = string;

/** Accepts any string that UTF-8 can encode, also the empty one. @throws TypeError */
export function checkTopic(topic: string): void {
  if (typeof topic !== "string")
    throw new TypeError(`A topic must be a string, got ${topic === null ? "null" : typeof topic}`);
  if (!isWellFormed(topic)) throw new TypeError(`A topic cannot contain a lone surrogate: ${JSON.stringify(topic)}`);
}

export function rawTopic(topic: string): RawTopic {
  return toKey(Buffer.from(topic));
}

/** @throws CodecError for bytes that are not UTF-8 */
export function readTopic(frame: Buffer): string {
  if (isUtf8(frame)) return frame.toString();
  throw new CodecError(`Cannot read a topic: the bytes ${frame.subarray(0, 32).toString("hex")} are not UTF-8`);
}

/** Filters of topics. */
export class TopicFilter {
  /** The fewest prefixes that cover all filters: the subscriptions. */
  readonly prefixes: readonly string[];
  readonly #raw: readonly RawTopic[];
  readonly #match: TopicMatch;

  /** @throws TypeError */
  constructor(filters: readonly string[], match: TopicMatch = "prefix") {
    if (!Array.isArray(filters) || filters.length === 0)
      throw new TypeError('Filters must be an array of at least one string. [""] matches all topics');
    for (const filter of filters) {
      checkTopic(filter);
      if (match === "segments" && filter.endsWith("."))
        throw new TypeError(`A filter by segments must not end with a dot: ${JSON.stringify(filter)}`);
    }
    this.prefixes = leastPrefixes(filters);
    this.#raw = (match === "prefix" ? this.prefixes : [...new Set(filters)]).map(rawTopic);
    this.#match = match;
  }

  takes(topic: RawTopic): boolean {
    return this.#raw.some(
      (filter) => topic.startsWith(filter) && (this.#match === "prefix" || endsSegment(topic, filter)),
    );
  }
}

function endsSegment(topic: RawTopic, filter: RawTopic): boolean {
  return filter === "" || topic.length === filter.length || topic[filter.length] === ".";
}

/** Leaves out prefixes that another one covers. So a subscriber counts only once at the publisher. */
function leastPrefixes(prefixes: readonly string[]): string[] {
  const least: string[] = [];
  // Sorted, a prefix is directly followed by all strings that begin with it.
  for (const prefix of [...prefixes].sort()) {
    const last = least.at(-1);
    if (last === undefined || !prefix.startsWith(last)) least.push(prefix);
  }
  return least;
}
