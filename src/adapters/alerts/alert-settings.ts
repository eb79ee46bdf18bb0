/**
 * Which channels alerts go out on: e-mail needs server, sender and receivers, a webhook its address.
 * Neither set is a choice; a part of a channel is refused with what is missing.
 */
import { Fault } from "../../domain/fault.ts";
import type { AlertChannel } from "../../ports/alerts.ts";
import { type Secret, secretsOfUrl } from "../system/secret.ts";
import {
  type FoundSecret,
  type SecretName,
  type Secrets,
  secretVariable,
} from "../system/secrets.ts";
import { createSmtpChannel } from "./smtp-channel.ts";
import { createWebhookChannel } from "./webhook-channel.ts";

export type AlertSettings = {
  readonly channels: readonly AlertChannel[];
  /** What must not show in any alert or failure. */
  readonly secrets: readonly Secret[];
};

export function alertSettings(secrets: Secrets): AlertSettings {
  const mail = together(secrets, ["alert_smtp_url", "alert_from", "alert_to"]);
  const address = secrets.find("alert_webhook_url");
  const signing = secrets.find("alert_webhook_secret");
  if (address === null && signing !== null) throw missing([signing], ["alert_webhook_url"]);
  const channels: AlertChannel[] = [];
  const hidden: Secret[] = [];
  if (mail !== null) {
    const [url, from, to] = mail;
    const sender = oneAddress(from);
    for (const receiver of new Set(addressesOf(to))) {
      channels.push(createSmtpChannel({ url: url.value, from: sender, to: receiver }));
    }
    hidden.push(...secretsOfUrl(url.value));
  }
  if (address !== null) {
    channels.push(createWebhookChannel({ url: address.value, secret: signing?.value ?? null }));
    hidden.push(...secretsOfUrl(address.value));
    if (signing !== null) hidden.push(signing.value);
  }
  return { channels, secrets: hidden };
}

/** All of them, or null for none. */
function together(secrets: Secrets, names: readonly SecretName[]): readonly FoundSecret[] | null {
  const found = names.map((name) => secrets.find(name));
  const present = found.filter((each) => each !== null);
  if (present.length === names.length) return present;
  if (present.length === 0) return null;
  throw missing(
    present,
    names.filter((_, at) => found[at] === null),
  );
}

function missing(present: readonly FoundSecret[], absent: readonly SecretName[]): Fault {
  const named = absent.map((name) => `${name} (${secretVariable(name)})`).join(" and ");
  const set = present.map(({ name, from }) => `${name} from ${from}`).join(", ");
  return new Fault(
    "usage",
    `alerts are set in part: ${set}, and ${named} ${absent.length === 1 ? "is" : "are"} missing; run: assay secrets set ${absent[0]}, or take the others away`,
  );
}

/** Sent as it is in the protocol: nothing but an address may be in it. */
const ADDRESS = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/;

function oneAddress(found: FoundSecret): string {
  const address = found.value.reveal();
  if (ADDRESS.test(address)) return address;
  throw new Fault("usage", `${found.name} from ${found.from} is not an e-mail address`);
}

function addressesOf(found: FoundSecret): readonly string[] {
  const addresses = found.value
    .reveal()
    .split(",")
    .map((address) => address.trim());
  if (addresses.every((address) => ADDRESS.test(address))) return addresses;
  throw new Fault(
    "usage",
    `${found.name} from ${found.from} is not a list of e-mail addresses separated by commas`,
  );
}
