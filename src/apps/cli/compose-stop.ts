/** Wires the system's signals: the first asks for a clean stop, a second one ends the process. */
import { listenForStop } from "../../adapters/system/tasks.ts";
import type { StopRequest } from "./trade-daemon.ts";

export function stopRequest(): StopRequest & { readonly release: () => void } {
  const signal = listenForStop(process);
  return {
    asked: () => signal.received() !== null,
    onAsked: (call) => void signal.stopped.then(call),
    release: signal.release,
  };
}
