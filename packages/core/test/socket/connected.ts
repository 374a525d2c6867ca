/** Peers that a Router knows. */

import type { Dealer, Router } from "../../src/index.ts";

export async function connected(router: Router, address: string, dealer: Dealer): Promise<Dealer> {
  dealer.connect(address);
  await dealer.send("hello");
  await router.receive();
  return dealer;
}
