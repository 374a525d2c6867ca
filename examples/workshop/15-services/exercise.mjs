// node exercise.mjs <endpoint>
// Task: docs/workshop/15-services.md
// Enunciado: docs/es/taller/15-services.md
import { serve } from "@awaitmq/patterns";
import { contract, implement, services } from "@awaitmq/rpc";
import { z } from "zod";

const bank = contract("bank", {
  deposit: {
    input: z.object({ account: z.string(), amount: z.any() }),
    output: z.any(),
  },
});

/** @type {Map<string, number>} */
const balances = new Map();

const service = implement(bank, {
  deposit({ account, amount }) {
    const balance = (balances.get(account) ?? 0) + amount;
    balances.set(account, balance);
    return balance;
  },
});

const [endpoint = ""] = process.argv.slice(2);
serve(endpoint, services(service));
