/** Numbers as people read them, the same in every locale. */

/** 1234567.5 -> "1,234,567.50". */
export function amount(value: number, digits = 2): string {
  const [whole, fraction] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const body = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 ? `-${body}` : body;
}

export function count(value: number): string {
  return amount(value, 0);
}

/** 0.1234 -> "12.34 %"; null -> "-". */
export function percent(value: number | null): string {
  return value === null ? "-" : `${amount(value * 100)} %`;
}

export function ratio(value: number | null): string {
  return value === null ? "-" : amount(value);
}
