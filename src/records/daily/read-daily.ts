/**
 * A day's document back from its file. Refused with Fault("verify"): what is no JSON, has another
 * format, another date than its name, or other bytes than the document in it prints as.
 */
import { Fault } from "../../domain/fault.ts";
import { DAILY_FORMAT_VERSION, type DailyDocument } from "../../domain/daily-document.ts";
import { canonicalDaily } from "./markdown.ts";

export function readDaily(text: string, date: string): DailyDocument {
  const where = `${date}.json`;
  let document: DailyDocument;
  try {
    document = JSON.parse(text) as DailyDocument;
  } catch (cause) {
    throw new Fault("verify", `${where} is no JSON document; run the day again`, { where, cause });
  }
  if (document?.format_version !== DAILY_FORMAT_VERSION) {
    const version = String(document?.format_version);
    throw new Fault("verify", `${where} has format ${version}, not ${DAILY_FORMAT_VERSION}`, {
      where,
    });
  }
  if (document.date !== date) {
    throw new Fault("verify", `${where} holds the day ${document.date}`, { where });
  }
  if (canonicalDaily(document) !== text) {
    throw new Fault("verify", `${where} is not in the form it is written in: it was edited`, {
      where,
    });
  }
  return document;
}
