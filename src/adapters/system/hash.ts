/** sha256 over Node's one-shot hash: text as UTF-8 or bytes in, 64 lower-case hex digits out. */
import { hash } from "node:crypto";
import type { Sha256 } from "../../ports/hash.ts";

export const sha256: Sha256 = (data) => hash("sha256", data, "hex");
