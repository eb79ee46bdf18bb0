/** Which channels there are: all parts of one, or none; a part is refused with what is missing. */
import { join } from "node:path";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { alertSettings } from "../../../src/adapters/alerts/alert-settings.ts";
import { openSecrets } from "../../../src/adapters/system/secrets.ts";

const HOME = join(tmpdir(), "assay-no-such-home");
const settings = (environment: Record<string, string>) =>
  alertSettings(openSecrets(HOME, environment));

const MAIL = {
  ASSAY_ALERT_SMTP_URL: "smtps://ann:PASSWORD@mail.example.org",
  ASSAY_ALERT_FROM: "assay@example.org",
  ASSAY_ALERT_TO: "ann@example.org, bob@example.org,ann@example.org",
};
const HOOK = { ASSAY_ALERT_WEBHOOK_URL: "https://hooks.example.org/KEY" };

describe("alert settings", () => {
  it("none of them is no channel", () => {
    expect(settings({})).toEqual({ channels: [], secrets: [] });
  });

  it("give one channel for each receiver and one for the webhook", () => {
    const { channels, secrets } = settings({
      ...MAIL,
      ...HOOK,
      ASSAY_ALERT_WEBHOOK_SECRET: "SIGNING",
    });
    expect(channels.map(({ name }) => name)).toEqual([
      "smtp:ann@example.org",
      "smtp:bob@example.org",
      "webhook",
    ]);
    const hidden = secrets.map((secret) => secret.reveal());
    expect(hidden).toEqual(expect.arrayContaining(["PASSWORD", "SIGNING", "/KEY"]));
  });

  it.each([
    [["ASSAY_ALERT_FROM"], "run: assay secrets set alert_from"],
    [["ASSAY_ALERT_TO", "ASSAY_ALERT_SMTP_URL"], "alert_smtp_url .* and alert_to .* are missing"],
  ])("without %j are refused", (absent, message) => {
    const part = Object.fromEntries(
      Object.entries(MAIL).filter(([name]) => !absent.includes(name)),
    );
    expect(() => settings(part)).toThrow(new RegExp(message));
    expect(() => settings(part)).not.toThrow(/PASSWORD/);
  });

  it("refuse a key to sign with and nothing to sign", () => {
    expect(() => settings({ ASSAY_ALERT_WEBHOOK_SECRET: "SIGNING" })).toThrow(
      /alert_webhook_secret from environment ASSAY_ALERT_WEBHOOK_SECRET, and alert_webhook_url/,
    );
  });

  it.each([
    ["ASSAY_ALERT_FROM", "Ann <ann@example.org>", /alert_from .* is not an e-mail address/],
    ["ASSAY_ALERT_TO", "ann@example.org,", /alert_to .* is not a list of e-mail addresses/],
    ["ASSAY_ALERT_SMTP_URL", "mail.example.org", /alert_smtp_url is not the address/],
    ["ASSAY_ALERT_SMTP_URL", "", /ASSAY_ALERT_SMTP_URL is empty/],
  ])("refuse %s=%s", (name, value, message) => {
    expect(() => settings({ ...MAIL, [name]: value })).toThrow(message);
  });
});
