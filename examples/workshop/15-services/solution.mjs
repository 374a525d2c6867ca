import { serve } from "@awaitmq/patterns";
import { contract, implement, services, stream } from "@awaitmq/rpc";
import { z } from "zod";

const change = z.object({
  account: z.string(),
  amount: z.int().positive(),
});

const bank = contract("bank", {
  deposit: { input: change, output: z.int() },
  withdraw: {
    input: change,
    output: z.int(),
    errors: { TOO_LITTLE: z.object({ balance: z.int() }) },
  },
  history: { input: z.string(), output: stream(z.int()) },
});

/** @type {Map<string, number[]>} */
const accounts = new Map();

/** @param {string} account */
function changesOf(account) {
  const changes = accounts.get(account) ?? [];
  accounts.set(account, changes);
  return changes;
}

/** @param {readonly number[]} changes */
function sum(changes) {
  return changes.reduce((total, amount) => total + amount, 0);
}

const service = implement(bank, {
  deposit({ account, amount }) {
    const changes = changesOf(account);
    changes.push(amount);
    return sum(changes);
  },
  withdraw({ account, amount }, { fail }) {
    const changes = changesOf(account);
    const balance = sum(changes);
    if (amount > balance) throw fail("TOO_LITTLE", { balance });
    changes.push(-amount);
    return balance - amount;
  },
  async *history(account) {
    yield* changesOf(account);
  },
});

const [endpoint = ""] = process.argv.slice(2);
serve(endpoint, services(service));
