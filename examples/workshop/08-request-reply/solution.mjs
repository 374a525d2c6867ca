// A Request whose answer is lost waits for it for ever, so each attempt has a socket of its
// own. RequestClient does better: it asks again on the same connection, and no late answer
// can be taken for that to another question.
import { Request, TimeoutError } from "@awaitmq/core";

process.exitCode = 1;
for (let attempt = 1; attempt <= 3 && process.exitCode === 1; attempt++) {
  const request = new Request({ linger: 0 });
  request.connect(process.argv[2] ?? "");
  try {
    await request.send("hello", { timeout: 500 });
    const [text] = await request.receive({ timeout: 500 });
    console.log(`answer: ${text}`);
    process.exitCode = 0;
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  await request.close();
}
if (process.exitCode === 1) console.log("no answer");
