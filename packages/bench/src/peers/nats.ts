/** nats.js with its own nats-server between the two ends, both used as in their documentation. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Msg } from "@nats-io/transport-node";
import { inLanes } from "./in-lanes.ts";
import { checkBytes, type Peer } from "./peer.ts";
import { type Price, type PriceRequest, priceOf } from "./prices.ts";
import { quotes } from "./quotes.ts";

const subject = "echo";

/** Rejects with `ENOENT` if nats-server is not installed. */
export async function loadNats(): Promise<Peer> {
  const { connect } = await import("@nats-io/transport-node");
  execFileSync("nats-server", ["--version"]);
  return {
    async receiver({ size }) {
      const servers = await startBroker();
      const connection = await connect({ servers });
      const messages = connection.subscribe(subject)[Symbol.asyncIterator]();
      await connection.flush();
      return {
        endpoint: servers,
        async receive(count) {
          let bytes = 0;
          for (let seen = 0; seen < count; seen++) {
            const { value } = await messages.next();
            bytes += value?.data.length ?? 0;
          }
          checkBytes(bytes, count * size);
        },
      };
    },

    async sender(servers, { size }) {
      const connection = await connect({ servers });
      const body = Buffer.alloc(size, "x");
      return async (count) => {
        // publish never waits: flush regularly, or memory grows without limit.
        for (let sent = 1; sent <= count; sent++) {
          connection.publish(subject, body);
          if (sent % 10_000 === 0) await connection.flush();
        }
        await connection.flush();
      };
    },

    async server() {
      const servers = await startBroker();
      const connection = await connect({ servers });
      connection.subscribe(subject, {
        callback: (_, message) => void message.respond(message.data),
      });
      await connection.flush();
      return servers;
    },

    async asker(servers, { size, inFlight }) {
      const connection = await connect({ servers });
      return inLanes(
        async (body) => (await connection.request(subject, body, { timeout: 5_000 })).data,
        size,
        inFlight,
      );
    },

    /** JSON by hand: nothing is checked. */
    async callServer() {
      const servers = await startBroker();
      const connection = await connect({ servers });
      const answer = async (request: Msg) => {
        request.respond(JSON.stringify(await priceOf(request.json<PriceRequest>())));
      };
      connection.subscribe(subject, { callback: (_, request) => void answer(request) });
      await connection.flush();
      return servers;
    },

    async caller(servers) {
      const connection = await connect({ servers });
      return async (request) =>
        (await connection.request(subject, JSON.stringify(request), { timeout: 5_000 })).json<Price>();
    },

    /** Backpressure: none. flush waits for the broker only, and the client queues what its reader has not taken. */
    async streamServer() {
      const servers = await startBroker();
      const connection = await connect({ servers });
      const stream = async (request: Msg) => {
        let published = 0;
        for await (const quote of quotes(request.json())) {
          request.respond(JSON.stringify(quote));
          if (++published % 1_000 === 0) await connection.flush();
        }
        request.respond();
      };
      connection.subscribe(subject, { callback: (_, request) => void stream(request) });
      await connection.flush();
      return servers;
    },

    async streamReader(servers) {
      const connection = await connect({ servers });
      return async (count, take) => {
        const replies = await connection.requestMany(subject, String(count), {
          strategy: "sentinel",
          maxWait: 600_000,
        });
        for await (const reply of replies) {
          if (reply.data.length === 0) break;
          const wait = take(reply.json());
          if (wait !== undefined) await wait;
        }
      };
    },
  };
}

/** Starts a broker on a free port. It ends with this process. */
async function startBroker(): Promise<string> {
  // The shell waits for the end of its input, which also comes when this process dies.
  const broker = spawn("sh", ["-c", "nats-server --addr 127.0.0.1 --port -1 & read -r _; kill $!"], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const lines = createInterface(broker.stderr);
  const failed = once(broker, "exit").then(() => {
    throw new Error("nats-server ended");
  });
  const listening = (async () => {
    for await (const line of lines) {
      const port = /Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) return `127.0.0.1:${port}`;
    }
    throw new Error("nats-server told no port");
  })();
  return Promise.race([listening, failed]);
}
