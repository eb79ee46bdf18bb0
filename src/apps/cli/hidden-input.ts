/**
 * One line that nobody may read over a shoulder: from a pipe all of it, from a terminal typed without
 * being shown. Leaves: the text without its line end. Refused: no input, one too long, an interrupt.
 */
import { Fault } from "../../domain/fault.ts";

export type InputStream = AsyncIterable<Buffer | string> & {
  readonly isTTY?: boolean;
  readonly setRawMode?: (raw: boolean) => unknown;
};

const LONGEST = 65_536;
const INTERRUPT = "\u0003";
const END_OF_INPUT = "\u0004";
const ERASE: readonly string[] = ["\u007f", "\b"];

export async function readHidden(
  input: InputStream,
  prompt: string,
  stderr: { readonly write: (text: string) => unknown },
): Promise<string> {
  if (input.isTTY !== true || input.setRawMode === undefined) return readPiped(input);
  stderr.write(prompt);
  input.setRawMode(true);
  try {
    return await readTyped(input);
  } finally {
    input.setRawMode(false);
    stderr.write("\n");
  }
}

async function readPiped(input: InputStream): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length > LONGEST) {
      throw new Fault(
        "usage",
        `standard input holds more than ${LONGEST} bytes; nothing was stored`,
      );
    }
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

async function readTyped(input: InputStream): Promise<string> {
  const decoder = new TextDecoder();
  const typed: string[] = [];
  for await (const chunk of input) {
    const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    for (const key of text) {
      if (key === "\r" || key === "\n" || key === END_OF_INPUT) return typed.join("");
      if (key === INTERRUPT) throw new Fault("usage", "interrupted; nothing was stored");
      if (ERASE.includes(key)) typed.pop();
      else typed.push(key);
    }
    if (typed.length > LONGEST) {
      throw new Fault("usage", `more than ${LONGEST} characters; nothing was stored`);
    }
  }
  throw new Fault("usage", "the terminal went away; nothing was stored");
}
