import { Request, TimeoutError } from "@awaitmq/core";

process.exitCode = 1;
const request = new Request({ linger: 0 });
request.connect(process.argv[2] ?? "");
for (let attempt = 1; attempt <= 3 && process.exitCode === 1; attempt++) {
  try {
    await request.send("hello", { timeout: 500 });
    const [text] = await request.receive({ timeout: 500 });
    console.log(`answer: ${text}`);
    process.exitCode = 0;
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
}
await request.close();
if (process.exitCode === 1) console.log("no answer");
