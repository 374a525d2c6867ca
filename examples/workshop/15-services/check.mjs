/** Checks the exercise of lesson 15, "Services with a contract". */

import { isDeepStrictEqual } from "node:util";
import { TimeoutError } from "@awaitmq/core";
import { RequestClient, SchemaError } from "@awaitmq/patterns";
import { contract, isFailure, remote, stream } from "@awaitmq/rpc";
import { freshTcp } from "@awaitmq/testing";
import { z } from "zod";
import {
  demand,
  inTime,
  patience,
  patienceAtStart,
  Wrong,
} from "../checking.mjs";

/** It checks nothing, so that wrong values reach the program. */
const bank = contract("bank", {
  deposit: { input: z.any(), output: z.any() },
  withdraw: {
    input: z.any(),
    output: z.any(),
    errors: { TOO_LITTLE: z.any() },
  },
  history: { input: z.any(), output: stream(z.any()) },
});

const wrongValues = [
  { value: { account: "ana", amount: -5 }, path: "amount" },
  { value: { account: "ana", amount: 0 }, path: "amount" },
  { value: { account: "ana", amount: 2.5 }, path: "amount" },
  { value: { account: "ana", amount: "10" }, path: "amount" },
  { value: { amount: 10 }, path: "account" },
];

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const endpoint = await freshTcp();
  exercise.start(endpoint);
  const client = exercise.open(
    new RequestClient({ connect: endpoint, timeout: patience }),
  );
  await inTime(client.ready({ timeout: patienceAtStart }), {
    en: `Nobody has bound ${endpoint}.`,
    es: `Nadie ha hecho bind a ${endpoint}.`,
  });
  const { deposit, withdraw, history } = remote(bank, client);

  /** @type {(account: string, amount: number, balance: number) => Promise<void>} */
  const expectDeposit = async (account, amount, balance) => {
    const call = called("deposit", { account, amount });
    expectValue(
      call,
      await outcome(call, deposit({ account, amount })),
      balance,
    );
  };
  await expectDeposit("ana", 100, 100);
  await expectDeposit("ana", 50, 150);
  await expectDeposit("luis", 7, 7);

  for (const { value, path } of wrongValues) {
    for (const [name, method] of Object.entries({ deposit, withdraw })) {
      const call = called(name, value);
      expectRefusal(call, await outcome(call, method(value)), path);
    }
  }
  // What was refused has changed nothing.
  await expectDeposit("ana", 1, 151);

  const some = { account: "ana", amount: 60 };
  const taking = called("withdraw", some);
  expectValue(taking, await outcome(taking, withdraw(some)), 91);
  for (const [account, balance] of Object.entries({ ana: 91, eva: 0 })) {
    const much = { account, amount: 92 };
    const call = called("withdraw", much);
    expectFailure(call, await outcome(call, withdraw(much)), { balance });
  }
  // All of it may go.
  const all = { account: "ana", amount: 91 };
  const emptying = called("withdraw", all);
  expectValue(emptying, await outcome(emptying, withdraw(all)), 0);

  const histories = { ana: [100, 50, 1, -60, -91], luis: [7], nobody: [] };
  for (const [account, changes] of Object.entries(histories)) {
    const call = called("history", account);
    const items = history(account, { idleTimeout: patience });
    expectValue(call, await outcome(call, collected(items)), changes);
  }
}

/**
 * A call, for the sentence of a hint.
 *
 * @param {string} method
 * @param {unknown} value
 */
function called(method, value) {
  return JSON.stringify([`bank.${method}`, value]);
}

/**
 * @typedef {object} Outcome
 * @property {unknown} [value]
 * @property {Error} [error]
 */

/**
 * What became of a call. It has to settle in time.
 *
 * @param {string} call
 * @param {Promise<unknown>} settling
 * @returns {Promise<Outcome>}
 */
async function outcome(call, settling) {
  try {
    return { value: await settling };
  } catch (error) {
    if (error instanceof TimeoutError)
      throw new Wrong({
        en: `${call} did not finish.`,
        es: `${call} no ha terminado.`,
      });
    if (error instanceof Error) return { error };
    throw error;
  }
}

/** @param {AsyncIterable<unknown>} items */
async function collected(items) {
  const values = [];
  for await (const item of items) values.push(item);
  return values;
}

/**
 * @param {string} call
 * @param {Outcome} outcome
 * @param {unknown} expected
 */
function expectValue(call, { value, error }, expected) {
  demand(error === undefined, {
    en: `${call} failed with "${error?.message}".`,
    es: `${call} ha fallado con "${error?.message}".`,
  });
  demand(isDeepStrictEqual(value, expected), {
    en: `${call} gave ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}.`,
    es: `${call} ha dado ${JSON.stringify(value)} en lugar de ${JSON.stringify(expected)}.`,
  });
}

/**
 * @param {string} call
 * @param {Outcome} outcome
 * @param {string} path of what is wrong in the value
 */
function expectRefusal(call, { value, error }, path) {
  demand(error !== undefined, {
    en: `${call} gave ${JSON.stringify(value)}, and the contract should refuse its ${path}.`,
    es: `${call} ha dado ${JSON.stringify(value)}, y el contrato debería rechazar su ${path}.`,
  });
  const isRefusal =
    error instanceof SchemaError && error.issues[0]?.path.join(".") === path;
  demand(isRefusal, {
    en: `${call} failed with "${error.message}", and the contract should refuse its ${path}.`,
    es: `${call} ha fallado con "${error.message}", y el contrato debería rechazar su ${path}.`,
  });
}

/**
 * @param {string} call
 * @param {Outcome} outcome
 * @param {unknown} expected the data
 */
function expectFailure(call, { value, error }, expected) {
  demand(error !== undefined, {
    en: `${call} gave ${JSON.stringify(value)}, although the balance is too little.`,
    es: `${call} ha dado ${JSON.stringify(value)}, aunque el saldo no llega.`,
  });
  demand(isFailure(bank.withdraw, error), {
    en: `${call} failed with "${error.message}" instead of the code TOO_LITTLE.`,
    es: `${call} ha fallado con "${error.message}" en lugar del código TOO_LITTLE.`,
  });
  demand(isDeepStrictEqual(error.data, expected), {
    en: `TOO_LITTLE came with ${JSON.stringify(error.data)} instead of ${JSON.stringify(expected)}, for ${call}.`,
    es: `TOO_LITTLE ha llegado con ${JSON.stringify(error.data)} en lugar de ${JSON.stringify(expected)}, para ${call}.`,
  });
}
