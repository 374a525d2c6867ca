// Qué tipos aceptan a un dealer como par. Los dos extremos dicen su tipo en el
// saludo, y rechazan el que no encaja.
import assert from "node:assert/strict";
import {
  Dealer,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  TimeoutError,
} from "@awaitmq/core";

const types = { Reply, Router, Dealer, Request, Push, Pull };
const answers = await Promise.all(
  Object.entries(types).map(async ([name, Type]) => {
    const dealer = new Dealer({ linger: 0 });
    const peer = new Type({ linger: 0 });
    dealer.connect(await peer.bind("tcp://127.0.0.1:*"));
    const fits = await dealer.ready({ timeout: 2_000 }).then(
      () => true,
      (error) => {
        if (error instanceof TimeoutError) return false;
        throw error;
      },
    );
    console.log(`Dealer and ${name}: ${fits ? "connected" : "refused"}`);
    await Promise.all([dealer.close(), peer.close()]);
    return [name, fits];
  }),
);

assert.deepEqual(Object.fromEntries(answers), {
  Reply: true,
  Router: true,
  Dealer: true,
  Request: false,
  Push: false,
  Pull: false,
});
