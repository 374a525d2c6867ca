/** The machine of a measurement: figures are comparable only on the same machine. */

import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

export interface Machine {
  readonly node: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  /** Memory in bytes. */
  readonly memory: number;
  /** The load average of the minute before the bench: running and waiting processes. */
  readonly load: number;
}

export function machine(): Machine {
  return {
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}

export function describeMachine({ node, system, cpu, cores, load }: Machine): string {
  const warning = load > 0.5 ? ". Other programs were running, so the figures vary more" : "";
  return `Node ${node}, ${system}, ${cores} cores of ${cpu}, load ${load.toFixed(2)}${warning}`;
}
