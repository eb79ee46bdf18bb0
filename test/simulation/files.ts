/**
 * Blobs and files on the simulated disk. A kill before the rename leaves a torn piece under another
 * name and the old content, a kill after it the new content whole.
 */
import { Fault } from "../../src/domain/fault.ts";
import type { AccountFiles, BlobStore } from "../../src/ports/blob-store.ts";
import type { Sha256 } from "../../src/ports/hash.ts";
import { type Disk, requireRoom } from "./disk.ts";
import type { Life } from "./life.ts";

export function openBlobs(disk: Disk, life: Life, sha256: Sha256): BlobStore {
  return {
    async put(content) {
      const name = sha256(content);
      // What is kept already is not written again.
      if (disk.blobs.has(name))
        return life.moment(`blob ${name.slice(0, 8)} is kept`).then(() => name);
      await write(disk, life, { into: disk.blobs, path: `blobs/${name}`, name, content });
      return name;
    },
    async get(name) {
      await life.moment(`before reading blob ${name.slice(0, 8)}`);
      const content = disk.blobs.get(name);
      if (content === undefined) {
        throw new Fault("verify", `blob ${name} is missing; restore the folder from a copy`, {
          where: `blobs/${name}`,
        });
      }
      return content.slice();
    },
  };
}

export function openFiles(disk: Disk, life: Life, sha256: Sha256): AccountFiles {
  return {
    async write(path, content) {
      await write(disk, life, { into: disk.files, path, name: path, content });
      return sha256(content);
    },
    async read(path) {
      await life.moment(`before reading ${path}`);
      return disk.files.get(path)?.slice() ?? null;
    },
    async list(folder) {
      await life.moment(`before listing ${folder}`);
      const inside = `${folder}/`;
      return [...disk.files.keys()]
        .filter((path) => path.startsWith(inside))
        .map((path) => path.slice(inside.length))
        .sort();
    },
  };
}

type Written = {
  readonly into: Map<string, Uint8Array>;
  readonly path: string;
  readonly name: string;
  readonly content: Uint8Array;
};

async function write(disk: Disk, life: Life, { into, path, name, content }: Written) {
  await life.moment(`before writing ${path}`);
  requireRoom(disk, path);
  disk.asides.set(path, content.slice(0, content.length >> 1));
  await life.moment(`half of ${path} written aside`);
  disk.asides.delete(path);
  into.set(name, content.slice());
  await life.moment(`after writing ${path}`);
}
