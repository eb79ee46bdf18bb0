/** People, as far as the simulation goes: whoever is told writes it down. */
import type { Alert, Alerts } from "../../src/ports/alerts.ts";
import type { Life } from "./life.ts";

export function openAlerts(life: Life, raised: Alert[]): Alerts {
  return {
    async raise(alert) {
      await life.moment(`before the alert "${alert.subject}"`);
      raised.push(alert);
      await life.moment(`after the alert "${alert.subject}"`);
    },
    retry: async () => ({ waiting: 0, dead: 0 }),
  };
}
