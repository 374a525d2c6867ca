import { AddressError, Pull } from "@awaitmq/core";

const pull = new Pull();
for (const address of process.argv.slice(2)) {
  try {
    console.log(`bound ${await pull.bind(address)}`);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    console.log(`refused ${address} ${error.code}`);
  }
}

for await (const [text] of pull) {
  if (String(text) === "end") break;
  console.log(`${text}`);
}
await pull.close();
