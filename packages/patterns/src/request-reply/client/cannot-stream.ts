/** Explains why a server cannot carry a stream. */

import { UnsupportedError } from "@awaitmq/core";

export function cannotStream(endpoint: string, server: "plain" | "proxied"): UnsupportedError {
  return new UnsupportedError(
    server === "plain"
      ? `Cannot stream to ${endpoint}: a plain server is there, such as a REP socket or a Reply. Call \`request\` instead, or give \`serve\` endpoints or a Router`
      : `Cannot stream to ${endpoint}: a proxy is there, which may give the messages of one call to several servers. Connect directly, or use \`balance\``,
  );
}
