import { Pull, Push } from "@awaitmq/core";

const [from, to] = process.argv.slice(2);
const tasks = new Pull();
const results = new Push();
tasks.connect(from ?? "");
results.connect(to ?? "");

for await (const [task] of tasks) {
  if (task.length === 0) break;
  await results.send([task, String(Number(task) ** 2)]);
}
await Promise.all([tasks.close(), results.close()]);
