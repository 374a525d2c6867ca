/** Explains why a server cannot carry a stream. */

import { UnsupportedError } from "@awaitmq/core";

export function cannotStream(endpoint: string, server: "plain" | "proxied"): UnsupportedError {
  return new UnsupportedError(
    server === "plain"
      ? `Cannot stream to ${endpoint}: a plain server is there, such as a REP socket. Call \`request\` instead, or serve with \`serve\``
      : `Cannot stream to ${endpoint}: a proxy is there, which may give the messages of one call to several servers. Connect directly, or use \`balance\``,
  );
}
