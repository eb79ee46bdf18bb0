/**
 * A value that must not be seen: it prints as "[secret]" wherever a program prints by itself, and
 * leaves through reveal() alone. `blotOut` removes it from texts that came from elsewhere, such as a
 * server's complaint, in every form in which a protocol writes it.
 */
import { inspect } from "node:util";

const BLOT = "[secret]";

export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** For the one call that needs it; never for a message. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return BLOT;
  }
  toJSON(): string {
    return BLOT;
  }
  [inspect.custom](): string {
    return BLOT;
  }
}

/**
 * The text without the secrets: as they are, URL-encoded, in base64, escaped as in JSON. Forms may
 * overlap, so all are found in the text as it was, and what any of them covers goes.
 */
export function blotOut(text: string, secrets: readonly Secret[]): string {
  const covered = new Uint8Array(text.length);
  for (const form of secrets.flatMap((secret) => formsOf(secret.reveal()))) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      covered.fill(1, at, at + form.length);
    }
  }
  let clean = "";
  for (let i = 0; i < text.length; i++) {
    if (covered[i] === 0) clean += text[i];
    else if (i === 0 || covered[i - 1] === 0) clean += BLOT;
  }
  return clean;
}

function formsOf(value: string): string[] {
  if (value === "") return [];
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  // Shorter ones would hit by chance, and blot out what a person needs to read.
  if (value.length >= 4) forms.push(Buffer.from(value, "utf8").toString("base64"));
  return [...new Set(forms)];
}

/** The parts of an address that are secret: itself, its user and password, its path and query. */
export function secretsOfUrl(url: Secret): readonly Secret[] {
  const parsed = URL.parse(url.reveal());
  if (parsed === null) return [url];
  const { user, password } = credentialsOf(parsed);
  const whole = [url.reveal(), parsed.href, parsed.username, parsed.password, password];
  // What SMTP's AUTH PLAIN sends.
  if (password !== "") whole.push(`\u0000${user}\u0000${password}`);
  // A user or a path of a few letters is no secret, and would hit by chance.
  const long = [user, parsed.pathname + parsed.search].filter((part) => part.length >= 4);
  return [...whole, ...long].filter((part) => part !== "").map((part) => new Secret(part));
}

/** User and password of an address as they are meant; "" where there is none. */
export function credentialsOf(url: URL): { readonly user: string; readonly password: string } {
  return { user: decoded(url.username), password: decoded(url.password) };
}

/** A "%" that begins no escape stands for itself. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) =>
    Buffer.from(escapes.replaceAll("%", ""), "hex").toString("utf8"),
  );
}

/** "https://hooks.example.org": enough to see which one, nothing that opens it. */
export function placeOfUrl(url: Secret): string {
  const parsed = URL.parse(url.reveal());
  return parsed === null ? BLOT : `${parsed.protocol}//${parsed.host}`;
}
