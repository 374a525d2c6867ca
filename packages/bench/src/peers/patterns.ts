/** @awaitmq/patterns, used as in its README. */

import { RequestClient, serve } from "@awaitmq/patterns";
import { inLanes } from "./in-lanes.ts";
import { anyPort, type Peer } from "./peer.ts";

export const patterns: Peer = {
  async server({ concurrency }) {
    const server = serve(anyPort, async ([body]) => body, { concurrency });
    return server.endpoints[0] as string;
  },

  async asker(connect, { size, inFlight }) {
    const client = new RequestClient({ connect });
    return inLanes(async (body) => (await client.request(body))[0], size, inFlight);
  },
};
