/**
 * The numbered cards that every broker passes (ports/broker.ts). A card is one function over a venue that
 * was just opened on the cards' market (test/support/card-market.ts), before the session of 10 January.
 * Prices are those of the bars, moved against us by `slippage` where the broker says so. A card that
 * cannot apply to an adapter is named in `without`, with the reason, and stands so in the report.
 */
import { describe, expect, it } from "vitest";
import { ACCOUNT_CARDS } from "./account-cards.ts";
import type { Card, CardSubject } from "./card-room.ts";
import { ORDER_CARDS } from "./order-cards.ts";

export const CARDS: readonly Card[] = [...ORDER_CARDS, ...ACCOUNT_CARDS];

/** Plays every card that applies, each on a venue of its own, and names the others with their reasons. */
export function playCards(subject: CardSubject): void {
  const { without } = subject;
  const left = Object.entries(without).map(([number, reason]) => `${number} (${reason})`);
  const applicable = CARDS.filter(({ number }) => without[number] === undefined);
  describe(`broker cards: ${subject.name}`, () => {
    it.each(applicable)("card $number: $title", async ({ play }) => {
      await expect(playOn(subject, play)).resolves.toBeUndefined();
    });
    it(`leaves out ${left.length === 0 ? "no card" : `cards ${left.join(", ")}`}`, () => {
      expect(new Set(CARDS.map(({ number }) => number)).size).toBe(CARDS.length);
      expect(applicable.length + left.length).toBe(CARDS.length);
    });
  });
}

/** One card on a venue of its own; it throws where the broker does not pass. */
export async function playOn(subject: CardSubject, play: Card["play"]): Promise<void> {
  const venue = await subject.open();
  try {
    await play({ ...venue, slippage: subject.slippage });
  } finally {
    await venue.close();
  }
}
