/**
 * Requests per minute of wall time, counted in windows that begin with the first request after the
 * last one ended. Enters: wall time in milliseconds; leaves: the numbers of the X-RateLimit headers
 * and whether the request is admitted.
 */
export type RateLimit = {
  readonly perMinute: number;
  windowEndsMs: number;
  used: number;
};

export type Admission = {
  readonly admitted: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly resetSeconds: number;
};

const WINDOW_MS = 60_000;

export function createRateLimit(perMinute: number): RateLimit {
  return { perMinute, windowEndsMs: 0, used: 0 };
}

export function admit(limit: RateLimit, wallMs: number): Admission {
  if (wallMs >= limit.windowEndsMs || wallMs < limit.windowEndsMs - WINDOW_MS) {
    limit.windowEndsMs = wallMs + WINDOW_MS;
    limit.used = 0;
  }
  const admitted = limit.used < limit.perMinute;
  if (admitted) limit.used++;
  return {
    admitted,
    limit: limit.perMinute,
    remaining: limit.perMinute - limit.used,
    resetSeconds: Math.ceil(limit.windowEndsMs / 1000),
  };
}
