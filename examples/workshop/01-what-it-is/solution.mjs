import { Push } from "@awaitmq/core";

for (const url of process.argv.slice(2)) {
  const push = new Push();
  push.connect(url);
  await push.send(`hello from ${process.pid}`);
  await push.close();
}
