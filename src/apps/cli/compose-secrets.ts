/** Wires the secrets file for the commands that keep it. */
import {
  openSecrets,
  SECRET_NAMES,
  SECRET_PURPOSES,
  secretName,
  secretVariable,
} from "../../adapters/system/secrets.ts";

export { openSecrets, SECRET_NAMES, SECRET_PURPOSES, secretName, secretVariable };
