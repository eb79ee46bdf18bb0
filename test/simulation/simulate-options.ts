/** What the runner is asked for: words enter, seeds and options leave, or a sentence about what cannot be read. */
import { parseArgs } from "node:util";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Plant } from "./ground.ts";
import { REPLAY } from "./judge-seed.ts";
import { PLANTS } from "./planted.ts";
import type { SeedOptions } from "./run-seed.ts";

export type Asked = {
  readonly from: number;
  readonly seeds: number;
  readonly options: SeedOptions;
};

const DEFAULT_SEEDS = 500;
const USAGE = `${REPLAY} [--seeds N] [--from S] | --seed X [--trace]; both: [--plant NAME]`;

/** `tell` hears the story of a seed that is traced. */
export function askedFor(
  args: readonly string[],
  tell: (line: string) => void,
): Result<Asked, string> {
  try {
    return ok(read(args, tell));
  } catch (error) {
    if (error instanceof TypeError) return err(`${error.message}\nusage: ${USAGE}`);
    throw error;
  }
}

function read(args: readonly string[], tell: (line: string) => void): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string" },
      from: { type: "string" },
      seed: { type: "string" },
      trace: { type: "boolean", default: false },
      plant: { type: "string" },
    },
  });
  const { seed, seeds, from, trace } = values;
  if (seed !== undefined && (seeds !== undefined || from !== undefined)) {
    throw new TypeError("--seed is one; --seeds and --from are many");
  }
  if (trace && seed === undefined) throw new TypeError("--trace tells of one seed: --seed X");
  const plant = values.plant === undefined ? {} : { plant: plantOf(values.plant) };
  const options = { ...plant, ...(trace ? { tell } : {}) };
  if (seed !== undefined) return { from: whole("--seed", seed, 0), seeds: 1, options };
  return {
    from: from === undefined ? 0 : whole("--from", from, 0),
    seeds: seeds === undefined ? DEFAULT_SEEDS : whole("--seeds", seeds, 1),
    options,
  };
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new TypeError(`${option} ${text} is not a whole number from ${least} on`);
}

function plantOf(name: string): Plant {
  const plant = Object.hasOwn(PLANTS, name) ? PLANTS[name] : undefined;
  if (plant !== undefined) return plant;
  throw new TypeError(`--plant ${name}: there are ${Object.keys(PLANTS).join(", ")}`);
}
