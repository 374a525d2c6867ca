/** The roles that a child process can have. */

import { ask } from "./ask.ts";
import { call } from "./call.ts";
import { drain } from "./drain.ts";
import { flood } from "./flood.ts";
import { publish } from "./publish.ts";
import { queue } from "./queue.ts";
import { readSlowly } from "./read-slowly.ts";
import { readStreams } from "./read-streams.ts";
import { receive } from "./receive.ts";
import { reply } from "./reply.ts";
import { request } from "./request.ts";
import { send } from "./send.ts";
import { serve } from "./serve.ts";
import { serveCalls } from "./serve-calls.ts";
import { serveStreams } from "./serve-streams.ts";
import { subscribe } from "./subscribe.ts";

export const roles = {
  receive,
  send,
  request,
  reply,
  flood,
  drain,
  queue,
  serve,
  ask,
  publish,
  subscribe,
  serveCalls,
  call,
  serveStreams,
  readStreams,
  readSlowly,
};
