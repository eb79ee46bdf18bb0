/** Wires the secrets file for the commands that keep it. */
export {
  openSecrets,
  SECRET_NAMES,
  SECRET_PURPOSES,
  secretName,
  secretVariable,
} from "../../adapters/system/secrets.ts";
