/** The questions, in the order of the table. */

import { callback } from "./callback.ts";
import { fanOut } from "./fan-out.ts";
import { large } from "./large.ts";
import { memory } from "./memory.ts";
import { oneWay } from "./one-way.ts";
import { packed } from "./packed.ts";
import type { Question } from "./question.ts";
import { requestReply } from "./request-reply.ts";
import { requests } from "./requests.ts";
import { rpc } from "./rpc.ts";
import { send } from "./send.ts";
import { streams } from "./streams.ts";

export const questions: readonly Question[] = [
  ...oneWay,
  ...send,
  large,
  requestReply,
  memory,
  fanOut,
  ...requests,
  ...rpc,
  ...streams,
  ...packed,
  ...callback,
];

/** The groups of questions, each once. */
export const groups: readonly string[] = [...new Set(questions.map(({ group }) => group))];
