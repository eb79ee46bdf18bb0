/** The door to people: e-mail, webhook. Sending may fail; what could not be sent is kept and tried again. */

export type AlertLevel = "info" | "warning" | "critical";

export type Alert = {
  readonly level: AlertLevel;
  /** One line. */
  readonly subject: string;
  readonly body: string;
  /** What makes two alerts the same one within a day; never a secret. */
  readonly key: string;
};

export type AlertChannel = {
  /** "smtp:ann@example.org", "webhook". */
  readonly name: string;
  /** Throws when it was not delivered. `raisedMs` is the same for every try: it tells a repeat from a new alert. */
  send(alert: Alert, raisedMs: number): Promise<void>;
};

export type Alerts = {
  /** Never throws for a channel that is down: the alert waits in the dead-letter queue. */
  raise(alert: Alert, nowMs: number): Promise<void>;
  /** Tries what is due (1, 5, 30 minutes after its failures); says how many still wait. */
  retry(nowMs: number): Promise<{ readonly waiting: number; readonly dead: number }>;
};
