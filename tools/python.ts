/**
 * Which Python has the modules some tests compare with. Debian's packages belong to Debian's own
 * interpreter, which need not be the first on PATH: both are asked. Nothing is imported to find
 * out, so asking takes a moment and not seconds.
 */
import { spawnSync } from "node:child_process";

const INTERPRETERS = ["python3", "/usr/bin/python3"];

const ASK = `
import sys
from importlib.util import find_spec
sys.exit(any(find_spec(name) is None for name in sys.argv[1:]))
`;

/** The first interpreter that has all modules; null where none has. */
export function pythonWith(
  modules: readonly string[],
  interpreters: readonly string[] = INTERPRETERS,
): string | null {
  const has = (program: string): boolean =>
    spawnSync(program, ["-c", ASK, ...modules], { stdio: "ignore" }).status === 0;
  return interpreters.find(has) ?? null;
}
