/** The systems that can be measured. To add one, add a file here and a line in this list. */

import type { Peer } from "./peer.ts";

interface ListedPeer {
  /** How to install it; shown in the table if it is missing. */
  readonly install: string;
  /** Loads it. Rejects with `ERR_MODULE_NOT_FOUND` if it is not installed. */
  readonly load: () => Promise<Peer>;
}

const peers = {
  core: { install: "pnpm build", load: async () => (await import("./core.ts")).core },
  compat: { install: "pnpm build", load: async () => (await import("./compat.ts")).compat },
  zeromq: { install: "pnpm install", load: async () => (await import("./zeromq.ts")).zeromq },
  packed: { install: "pnpm build", load: async () => (await import("./packed.ts")).packed },
  pair: { install: "pnpm build", load: async () => (await import("./pair.ts")).pair },
  libzmq: {
    install: "a C compiler and libzmq: apt-get install gcc libzmq3-dev",
    load: async () => (await import("./libzmq.ts")).loadLibzmq(),
  },
  pyzmq: { install: "apt-get install python3-zmq", load: async () => (await import("./pyzmq.ts")).loadPyzmq() },
  patterns: { install: "pnpm build", load: async () => (await import("./patterns.ts")).patterns },
  "patterns-wide": { install: "pnpm build", load: async () => (await import("./patterns.ts")).patternsWide },
  rpc: { install: "pnpm build", load: async () => (await import("./rpc.ts")).rpc },
  nats: {
    install: "pnpm install, and nats-server: apt-get install nats-server",
    load: async () => (await import("./nats.ts")).loadNats(),
  },
  "nice-grpc": { install: "pnpm install", load: async () => (await import("./nice-grpc.ts")).niceGrpc },
  connect: { install: "pnpm install", load: async () => (await import("./connect.ts")).connect },
  "connect-http": { install: "pnpm install", load: async () => (await import("./connect.ts")).connectHttp },
  trpc: { install: "pnpm install", load: async () => (await import("./trpc.ts")).trpc },
  "trpc-http": { install: "pnpm install", load: async () => (await import("./trpc-http.ts")).trpcHttp },
  orpc: { install: "pnpm install", load: async () => (await import("./orpc.ts")).orpc },
  "zeromq-v5": { install: "pnpm install", load: async () => (await import("./zeromq-v5.ts")).zeromqV5 },
} satisfies Record<string, ListedPeer>;

export type PeerName = keyof typeof peers;

/** Returns the peer's function for a role. @throws TypeError if the peer does not support the role */
export async function ability<Name extends keyof Peer>(name: PeerName, what: Name): Promise<NonNullable<Peer[Name]>> {
  const peer: Peer = await peers[name].load();
  const found = peer[what];
  if (found === undefined) throw new TypeError(`${name} has no ${what}`);
  return found;
}

/** Returns how to install the peer if it is missing. Rejects if it is installed and does not work. */
export async function missing(name: PeerName): Promise<string | undefined> {
  const { install, load }: ListedPeer = peers[name];
  try {
    await load();
    return undefined;
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND" ||
      (error as NodeJS.ErrnoException).code === "ENOENT"
    )
      return install;
    throw error;
  }
}
