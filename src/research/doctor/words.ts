/** Numbers in a lint's sentence, the same in every locale. */

/** 1234567.5 -> "1,234,567.50". */
export function decimal(value: number, digits = 2): string {
  const [whole, fraction] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const body = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(body) ? `-${body}` : body;
}

export function whole(value: number): string {
  return decimal(value, 0);
}

/** 0.1234 -> "12.3 %". */
export function percent(fraction: number, digits = 1): string {
  return `${decimal(fraction * 100, digits)} %`;
}

/** "1 fill", "2 fills", "2 stages or gates". */
export function counted(n: number, noun: string): string {
  return `${whole(n)} ${n === 1 ? noun : noun.replace(/(?= or |$)/g, "s")}`;
}

/** "a, b and 3 more". */
export function listed(names: readonly string[], most = 4): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
