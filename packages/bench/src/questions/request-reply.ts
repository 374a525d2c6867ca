/** What is the latency of a request, one at a time? */

import type { Question } from "./question.ts";
import { roundTrip } from "./round-trip.ts";

export const requestReply: Question = {
  name: "request-reply",
  group: "latency",
  title: "request and reply, 16 B, one at a time, both ends of the same peer: a round trip",
  unit: "µs",
  contenders: [{ peer: "core", bar: { of: "ratio", most: 1.05 } }, { peer: "zeromq" }],
  baseline: "zeromq",
  measure: ({ peer }, scale) => roundTrip(peer, scale),
};
