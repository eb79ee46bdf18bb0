/** sha256 as 64 lower-case hex digits; text is hashed as UTF-8. */
export type Sha256 = (data: string | Uint8Array) => string;
