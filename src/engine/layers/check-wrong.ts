/** What a check of the portfolio's stages says of one: what is wrong, and the number it breaks. */
export type Wrong = {
  readonly message: string;
  /** 1: what was computed is not what was applied. 3: what nobody knows was taken for known. */
  readonly invariant: 1 | 3;
};

export function wrong(message: string, invariant: Wrong["invariant"] = 1): Wrong {
  return { message, invariant };
}
