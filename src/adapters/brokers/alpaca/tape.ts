/**
 * What went over the wire, as it went, for the record: every request with its answer, every frame of the
 * stream. Enters: texts of any origin; leaves: the same texts without key id and secret, in whatever form
 * they stood there. Headers are never recorded, the request id that Alpaca asks support tickets to name is.
 */
import { blotOut, Secret } from "../../system/secret.ts";

export type TapeRecord = {
  readonly channel: "rest" | "stream";
  /** The HTTP method; for the stream "opened", "received", "closed". */
  readonly action: string;
  /** Path and query; the host is the account's. */
  readonly target: string;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly sent: string | null;
  readonly received: string | null;
  /** Why no answer came. */
  readonly error: string | null;
};

/** Takes what was heard and said. It must not throw: it has no say in what is traded. */
export type Tape = (record: TapeRecord) => void;

export type Redact = (text: string) => string;

export function redactor(secrets: readonly string[]): Redact {
  const hidden = secrets.map((secret) => new Secret(secret));
  return (text) => blotOut(text, hidden);
}

/** The same tape, hearing everything without the secrets. */
export function redactedTape(tape: Tape, redact: Redact): Tape {
  const hide = (text: string | null) => (text === null ? null : redact(text));
  return (record) =>
    tape({
      ...record,
      target: redact(record.target),
      requestId: hide(record.requestId),
      sent: hide(record.sent),
      received: hide(record.received),
      error: hide(record.error),
    });
}
