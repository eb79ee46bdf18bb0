/** The door to bytes kept by what they are: states a day began with, what a venue reported. */
export type BlobStore = {
  /** Durable when it resolves; returns the sha256 that names the bytes. Equal bytes are kept once. */
  put(content: Uint8Array): Promise<string>;
  /** Throws Fault("verify") when the bytes are missing or are not what the name says. */
  get(sha256: string): Promise<Uint8Array>;
};

/** The door to an account's files a person reads: "artifacts/json/2010-03-04.json", "metrics.csv". */
export type AccountFiles = {
  /** Written aside, flushed, renamed; returns the sha256. The path has at most two folders. */
  write(path: string, content: Uint8Array): Promise<string>;
  /** Null where there is none. */
  read(path: string): Promise<Uint8Array | null>;
  /** Names in one folder, ascending. */
  list(folder: string): Promise<readonly string[]>;
};
