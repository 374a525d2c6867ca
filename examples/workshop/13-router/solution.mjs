import { Router, UnroutableError } from "@awaitmq/core";

const router = new Router();
await router.bind(process.argv[2] ?? "");
for await (const [from, to, text] of router) {
  try {
    await router.send([to ?? null, from, text ?? null]);
  } catch (error) {
    if (!(error instanceof UnroutableError)) throw error;
    await router.send([from, "unknown", to ?? null]);
  }
}
