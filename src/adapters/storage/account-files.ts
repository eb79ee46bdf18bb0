/**
 * An account's files: bytes kept by what they are (<folder>/blobs/ab/<sha256>, deflated) and files a
 * person reads. All are whole or absent; several may be written at once, which costs a disk little more
 * than one. Refused: names that lead out of the folder, bytes that are missing or are not what their
 * name says.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { invariant } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { AccountFiles, BlobStore } from "../../ports/blob-store.ts";
import type { Sha256 } from "../../ports/hash.ts";
import { diskFault, makeFolder, readIfPresent, writeDurablyMeanwhile } from "./durable-files.ts";

export const BLOBS_FOLDER = "blobs";

/** What a reader could be made to hold: a damaged file may claim any size. */
const LARGEST_BLOB = 1 << 30;

export function createBlobStore(folder: string, sha256: Sha256): BlobStore {
  const pathOf = (name: string): string => {
    invariant(/^[0-9a-f]{64}$/.test(name), 9, `${name} is not a sha256`);
    return join(folder, BLOBS_FOLDER, name.slice(0, 2), name);
  };
  return {
    async put(content) {
      const name = sha256(content);
      const path = pathOf(name);
      const present = readIfPresent(path);
      // One that rotted is written anew: the right bytes are at hand.
      if (present !== null && holds(present, name, sha256)) return name;
      makeFolder(dirname(path));
      await writeDurablyMeanwhile(path, deflateSync(content));
      return name;
    },
    async get(name) {
      const path = pathOf(name);
      const kept = readIfPresent(path);
      if (kept === null) throw refusal(path, "is missing");
      const content = inflated(kept);
      if (content === null) throw refusal(path, "does not unpack");
      const found = sha256(content);
      if (found !== name) throw refusal(path, `holds bytes of sha256 ${found}`);
      return content;
    },
  };
}

function holds(kept: Uint8Array, name: string, sha256: Sha256): boolean {
  const content = inflated(kept);
  return content !== null && sha256(content) === name;
}

/** Null where the bytes are not what deflate writes. */
function inflated(kept: Uint8Array): Uint8Array | null {
  try {
    return inflateSync(kept, { maxOutputLength: LARGEST_BLOB });
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function refusal(path: string, what: string): Fault {
  return new Fault(
    "verify",
    `${path} ${what}: what a day began with cannot be read; restore the account's folder from a copy`,
    { where: path },
  );
}

export function createAccountFiles(folder: string, sha256: Sha256): AccountFiles {
  return {
    async write(path, content) {
      const target = targetOf(folder, path);
      makeFolder(dirname(target));
      await writeDurablyMeanwhile(target, content);
      return sha256(content);
    },
    async read(path) {
      return readIfPresent(targetOf(folder, path));
    },
    async list(name) {
      return namesIn(targetOf(folder, name));
    },
  };
}

/** No dot at the beginning: neither the folder above nor a file aside. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

function targetOf(folder: string, path: string): string {
  const parts = path.split("/");
  const isPlain = parts.length <= 3 && parts.every((part) => PLAIN.test(part));
  invariant(isPlain, 21, `${path} is not a plain file name in at most two folders`);
  return join(folder, ...parts);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && PLAIN.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw diskFault(error, "list", folder);
  }
}
