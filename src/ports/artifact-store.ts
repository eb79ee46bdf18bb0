/** The door to a run's folder: temporary file, flush, rename, read back. */
export type ArtifactStore = {
  /** Writes bytes durably under a file name without folders; returns their sha256. */
  write(file: string, content: Uint8Array): Promise<string>;
  /** Reads back what is on disk now. */
  read(file: string): Promise<Uint8Array>;
};
