// Loaded into a server before its own code (`--import`): lets the test say, while it runs, at which point it dies.
import { dieAt, onCrashPoint } from "#platform/kernel";

process.on("message", ({ at }: { at: string }) => {
  onCrashPoint(dieAt(at));
  process.send?.("armed");
});
process.channel?.unref();
