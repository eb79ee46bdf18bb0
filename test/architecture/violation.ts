/** One finding of an architecture check, in the words of a compiler: where, which rule, what to do. */
export type Violation = {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
};

export function describeViolations(violations: readonly Violation[]): string[] {
  return violations.map((one) => `${one.file}:${one.line} [${one.rule}] ${one.message}`);
}
