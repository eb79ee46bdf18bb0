/**
 * Loaded before a program (node --import): every attempt to reach anything over a network, by whatever
 * module, is written to the file that RECORD_CONNECTS names. Nothing is refused: it only watches.
 */
import dgram from "node:dgram";
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

type Method = (...parameters: unknown[]) => unknown;

function watched(owner: object, name: string, what: string): void {
  const methods = owner as { [method: string]: Method };
  const before = methods[name];
  methods[name] = function watching(this: unknown, ...parameters: unknown[]) {
    const file = process.env["RECORD_CONNECTS"];
    if (file === undefined) throw new Error("RECORD_CONNECTS names no file");
    appendFileSync(file, `${what} ${JSON.stringify(parameters.slice(0, 1))}\n`);
    return before.apply(this, parameters);
  };
}

// http, https, tls and fetch all end here.
watched(net.Socket.prototype, "connect", "connect");
watched(dgram.Socket.prototype, "send", "send");
watched(dns, "lookup", "lookup");
watched(dns.promises, "lookup", "lookup");
watched(dns, "resolve", "resolve");
watched(dns.promises, "resolve", "resolve");
syncBuiltinESMExports();
