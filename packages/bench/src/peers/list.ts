/** The systems that can be measured. A new one is a file here and a line in this list. */

import type { Peer } from "./peer.ts";

interface ListedPeer {
  /** How to get it, for the table when it is missing. */
  readonly install: string;
  /** Rejects with `ERR_MODULE_NOT_FOUND` when it is not installed. */
  readonly load: () => Promise<Peer>;
}

export const peers = {
  core: { install: "pnpm build", load: async () => (await import("./core.ts")).core },
  compat: { install: "pnpm build", load: async () => (await import("./compat.ts")).compat },
  zeromq: { install: "pnpm install", load: async () => (await import("./zeromq.ts")).zeromq },
  "zeromq-v5": { install: "pnpm install", load: async () => (await import("./zeromq-v5.ts")).zeromqV5 },
} satisfies Record<string, ListedPeer>;

export type PeerName = keyof typeof peers;

/** How to install the peer if it is missing. Rejects when it is there and does not work. */
export async function missing(name: PeerName): Promise<string | undefined> {
  const { install, load }: ListedPeer = peers[name];
  try {
    await load();
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return install;
    throw error;
  }
}
