import { execFile } from "node:child_process";
import { promisify } from "node:util";
import manifest from "./package.json" with { type: "json" };

/**
 * Builds what has changed before the first test: child processes and worker threads of the tests run what is built. Code that
 * does not compile yet keeps nobody from running the other tests, except in CI.
 */
export async function setup(): Promise<void> {
  const insidePnpm = process.env.npm_config_user_agent?.startsWith("pnpm/") ?? false;
  const [command, args] = insidePnpm ? ["pnpm", ["build"]] : ["npx", ["--yes", manifest.packageManager, "build"]];
  try {
    await promisify(execFile)(command, args, { cwd: import.meta.dirname });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    const message = `The build failed: child processes and worker threads run an older one.\n${stdout}${stderr}`;
    if (process.env.CI) throw new Error(message, { cause: error });
    console.error(message);
  }
}
