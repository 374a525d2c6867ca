import { Pull } from "@awaitmq/core";

const pull = new Pull();
pull.connect(process.argv[2] ?? "");

for await (const message of pull) {
  const [name, version, operation, ...args] = message.map(String);
  if (name !== "calculator" || version !== "1") continue;
  if (operation === "end") break;
  if (operation === "add") console.log(Number(args[0]) + Number(args[1]));
  if (operation === "join") console.log(args.join(""));
  if (operation === "count") console.log(args.length);
}
await pull.close();
