/**
 * One life of the simulated process: from a start to its end, or to the moment at which it is
 * killed. Everything that the process does to the outside passes through `moment`, before and after
 * it is done; in a dead process that never comes back, exactly like code whose process is gone.
 */

export type Death = {
  /** Ordinal of the moment in this life, from 1. */
  readonly at: number;
  readonly name: string;
};

export type Life = {
  /** Ordinal among the lives of one seed, from 1. */
  readonly number: number;
  /** Passes on, unless the process is to be killed here or is dead already: then it stays for ever. */
  moment(name: string): Promise<void>;
  /** It is not killed any more. */
  spare(): void;
  /** Settles when the process is killed, and else never. */
  readonly died: Promise<Death>;
  death(): Death | null;
  /** Moments passed so far, for choosing one to die at. */
  passed(): number;
};

export type LifeOptions = {
  readonly number: number;
  /** Dies at this moment; null: lives to its end. */
  readonly dieAt: number | null;
  /** Is told every moment, for the story of a seed. */
  readonly tell: ((line: string) => void) | null;
};

export function createLife({ number, dieAt, tell }: LifeOptions): Life {
  let passed = 0;
  let isSpared = false;
  let death: Death | null = null;
  let announce: (death: Death) => void = () => undefined;
  const died = new Promise<Death>((resolve) => {
    announce = resolve;
  });
  return {
    number,
    died,
    death: () => death,
    passed: () => passed,
    spare: () => {
      isSpared = true;
    },
    moment(name) {
      if (death !== null) return NEVER;
      passed++;
      tell?.(`${passed} ${name}`);
      if (passed !== dieAt || isSpared) return ALIVE;
      death = { at: passed, name };
      announce(death);
      return NEVER;
    },
  };
}

const ALIVE = Promise.resolve();
const NEVER = new Promise<never>(() => undefined);
