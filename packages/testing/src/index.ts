export { freshInproc, freshIpc, freshTcp } from "./endpoint.ts";
export { type EventuallyOptions, eventually } from "./eventually.ts";
export { FlakyLink, type FlakyLinkOptions } from "./flaky-link.ts";
export {
  type Finished,
  isRunning,
  type LineOptions,
  type ProcessOptions,
  type RunningProcess,
  type RunOptions,
  run,
  spawnProcess,
} from "./process.ts";
export { python } from "./python.ts";
export { interopMessages, type PythonRole, pythonPeer } from "./python-peer.ts";
export { promisedOutput, type Snippet, SnippetFolder, snippetsOf } from "./snippets.ts";
