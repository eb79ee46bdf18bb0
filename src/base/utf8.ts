/**
 * Text as UTF-8 and back (RFC 3629), for rooms that know no platform. A lone surrogate has no bytes, and
 * bytes that are not UTF-8 have no text: both are refused, because what is kept must come back as it was.
 */
import { invariant } from "./assert.ts";

const LONGEST = 3;
/** Characters that fit an argument list. */
const CHUNK = 8192;

export function encodeUtf8(text: string): Uint8Array {
  // Most of what is written is ASCII: a byte each, until something else comes.
  const ascii = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return encodedFrom(text, at, ascii);
    ascii[at] = unit;
  }
  return ascii;
}

/** `before`: what precedes `from`, a byte for each character. */
function encodedFrom(text: string, from: number, before: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(from + (text.length - from) * LONGEST);
  bytes.set(before.subarray(0, from));
  let length = from;
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      bytes[length++] = unit;
      continue;
    }
    const point = text.codePointAt(at) as number;
    invariant(point < 0xd800 || point > 0xdfff, 20, `character ${at} is half of a pair`);
    if (point > 0xffff) at++;
    length = putPoint(bytes, length, point);
  }
  return bytes.slice(0, length);
}

function putPoint(bytes: Uint8Array, from: number, point: number): number {
  const tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  const lead = [0, 0xc0, 0xe0, 0xf0][tail];
  bytes[from] = lead | (point >> (6 * tail));
  for (let left = tail - 1; left >= 0; left--) {
    bytes[from + tail - left] = 0x80 | ((point >> (6 * left)) & 0x3f);
  }
  return from + tail + 1;
}

export function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const chunk = bytes.subarray(at, at + CHUNK);
    if (!isAscii(chunk)) return parts.join("") + decodedFrom(bytes, at);
    parts.push(String.fromCharCode.apply(null, chunk as unknown as number[]));
  }
  return parts.join("");
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}

function decodedFrom(bytes: Uint8Array, from: number): string {
  const parts: string[] = [];
  let points: number[] = [];
  for (let at = from; at < bytes.length; ) {
    const lead = bytes[at];
    const tail = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    points.push(tail === 0 ? lead : pointAt(bytes, at, tail));
    at += tail + 1;
    if (points.length < CHUNK) continue;
    parts.push(String.fromCodePoint(...points));
    points = [];
  }
  return parts.join("") + String.fromCodePoint(...points);
}

/** Smallest code point of each length: a longer spelling of a smaller one is not UTF-8. */
const LEAST = [0, 0x80, 0x800, 0x10000];

function pointAt(bytes: Uint8Array, at: number, tail: number): number {
  const lead = bytes[at];
  let point = lead & (0x3f >> tail);
  for (let n = 1; n <= tail; n++) {
    const next = bytes[at + n] ?? 0;
    invariant((next & 0xc0) === 0x80, 20, `byte ${at + n} does not go on with a character`);
    point = (point << 6) | (next & 0x3f);
  }
  const isPair = point >= 0xd800 && point <= 0xdfff;
  const valid = lead >= 0xc0 && lead < 0xf8 && point >= LEAST[tail] && point <= 0x10ffff && !isPair;
  invariant(valid, 20, `byte ${at} does not begin a character`);
  return point;
}
