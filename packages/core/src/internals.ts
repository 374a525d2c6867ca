/** The export `@awaitmq/core/internals`: for the other packages of this project only. */

export { checkFunction, checkNumber, checkObject, checkSignal, checkWhole, largestInt32, nameOf } from "./check.ts";
export { Connections } from "./connecting/connections.ts";
export { closedError } from "./errors.ts";
export { internals } from "./internals-key.ts";
export { asBuffer, fromKey, toKey } from "./message/bytes.ts";
export { toFrames } from "./message/message.ts";
export { peerName } from "./message/peer-name.ts";
export { hasRoom } from "./native/rearm-receive.ts";
export { isBusy } from "./native/refusal.ts";
export { sendRules } from "./sending/send-options.ts";
export { closeRules, longestLinger } from "./socket/open-sockets.ts";
export { stopRules } from "./waiting/handle.ts";
export { type ItemSource, ItemStream } from "./waiting/item-stream.ts";
export { nextTurn, turnIsOver } from "./waiting/loop-budget.ts";
export { Mailbox } from "./waiting/mailbox.ts";
export {
  bound,
  type Checked,
  callback,
  checkGiven,
  count,
  flag,
  milliseconds,
  number,
  oneOf,
  option,
  type Rule,
  type Rules,
  readOptions,
  required,
  signal,
} from "./waiting/option-table.ts";
export { orAbort, orGiveUp } from "./waiting/or-abort.ts";
export { settled } from "./waiting/peek-promise.ts";
export { type Link, Queue } from "./waiting/queue.ts";
export { raise } from "./waiting/raise.ts";
export { ask, tell } from "./waiting/tell.ts";
export { TransientMap } from "./waiting/transient-map.ts";
export { TransientSet } from "./waiting/transient-set.ts";
export { longestTimer, onGivingUp, streamRules, waitRules } from "./waiting/wait-options.ts";
