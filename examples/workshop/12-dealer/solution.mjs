import { Dealer } from "@awaitmq/core";

const dealer = new Dealer();
dealer.connect(process.argv[2] ?? "");
/** @type {(readonly (Buffer | string)[])[]} */
let answers = [];

for await (const message of dealer) {
  const border = message.findIndex((frame) => frame.length === 0) + 1;
  const body = message
    .slice(border)
    .map((frame) => String(frame).toUpperCase());
  const last = body.length === 1 && body[0] === "END";
  answers.unshift([...message.slice(0, border), ...body]);
  if (answers.length < 2 && !last) continue;
  for (const answer of answers) await dealer.send(answer);
  answers = [];
  if (last) break;
}
await dealer.close();
