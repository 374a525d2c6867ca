/** The warnings with a code of ours that the process emits meanwhile. */

export function warnings() {
  const seen: string[] = [];
  const note = (warning: Error & { code?: string }) => {
    if (warning.code?.startsWith("AWAITMQ_")) seen.push(`${warning.code}: ${warning.message}`);
  };
  process.on("warning", note);
  return { seen, [Symbol.dispose]: () => void process.off("warning", note) };
}
