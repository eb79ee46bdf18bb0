/**
 * What the venue refuses, as the broker documents it: an HTTP status and a body of eight digits and
 * a sentence, sometimes with more fields. Thrown by whatever reads a request, answered in one place.
 */
import type { Json } from "../../base/canonical-json.ts";

export class Refused extends Error {
  readonly http: number;
  readonly code: number;
  /** Further fields of the body: what was asked for, what there is. */
  readonly fields: { readonly [name: string]: Json };
  constructor(
    http: number,
    code: number,
    message: string,
    fields: { readonly [name: string]: Json } = {},
  ) {
    super(message);
    this.name = "Refused";
    this.http = http;
    this.code = code;
    this.fields = fields;
  }
}

export function bodyOf(refused: Refused): Json {
  return { code: refused.code, message: refused.message, ...refused.fields };
}

/** The request cannot be read: 400. */
export function malformed(message: string): Refused {
  return new Refused(400, 40010000, message);
}

/** The request was read and is not valid: 422. */
export function invalid(message: string): Refused {
  return new Refused(422, 42210000, message);
}

export function notFound(message: string): Refused {
  return new Refused(404, 40410000, message);
}
