export { type DnsAnswer, type DnsQuery, DnsServer, type DnsType, type SrvAnswer } from "./dns-server.ts";
export { freshInproc, freshIpc, freshTcp } from "./endpoint.ts";
export { type EventuallyOptions, eventually } from "./eventually.ts";
export { fixture } from "./fixture.ts";
export { FlakyLink, type FlakyLinkOptions } from "./flaky-link.ts";
export { type Gate, gate } from "./gate.ts";
export { numbers } from "./numbers.ts";
export { OldPeer } from "./old-peer.ts";
export { pair } from "./pair.ts";
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
export { quickest } from "./quickest.ts";
export { sized } from "./sized.ts";
export { promisedOutput, type Snippet, SnippetFolder, snippetsOf } from "./snippets.ts";
