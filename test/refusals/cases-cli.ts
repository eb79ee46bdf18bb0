/** Mistakes on the command line and in the environment. */
import type { BadInput } from "./bad-input.ts";
import { MANDATE, PRICES } from "./files.ts";

const files = { "mandate.yaml": MANDATE, "prices.csv": PRICES };
const run = ["run", "."];
/** Folders that look like runs to the search by id; nothing in them is read. */
const twoRuns = { ".assay/runs/ab12/HEAD": "", ".assay/runs/ab34/HEAD": "" };

export const CLI_CASES: readonly BadInput[] = [
  { name: "no command", argv: [], isPlain: true },
  { name: "a command that does not exist", argv: ["rum", "."] },
  { name: "a subcommand that does not exist", argv: ["pack", "bild", "."] },
  { name: "pack without its subcommand", argv: ["pack"], isPlain: true },
  { name: "an option that does not exist", files, argv: [...run, "--sett", "fees.bps=2"] },
  { name: "an argument that is missing", argv: ["run"] },
  { name: "an argument too many", files, argv: [...run, "examples"] },
  { name: "a mandate path that does not exist", argv: ["run", "nowhere"] },
  { name: "a folder without a mandate", argv: run },
  { name: "a mandate that is a folder", files: { "mandate.yaml/x": "" }, argv: ["config", "."] },
  { name: "config of a folder inside another", files, argv: ["config", "./sub"] },
  { name: "--set without a value", files, argv: [...run, "--set", "fees.bps"] },
  { name: "--set without a key", files, argv: [...run, "--set", "=2"] },
  { name: "--set of an unknown key", files, argv: [...run, "--set", "fees.bp=2"] },
  { name: "--set of an unknown section", files, argv: [...run, "--set", "data.x=1"] },
  { name: "--set with a value of the wrong type", files, argv: [...run, "--set", "fees.bps=two"] },
  { name: "--set with a value that is no YAML", files, argv: [...run, "--set", "fees.bps=[1"] },
  {
    name: "--set of a list entry that is not there",
    files,
    argv: [...run, "--set", "strategies.3.name=x"],
  },
  { name: "a run id that nobody has", files, argv: ["verify", "ffff"] },
  { name: "a run id that several begin with", files: twoRuns, argv: ["verify", "ab"] },
  { name: "verify without any run", argv: ["verify"] },
  { name: "verify --replay without any run", argv: ["verify", "--replay"] },
  { name: "ledger export without a format", argv: ["ledger", "export"] },
  { name: "ledger export in an unknown format", argv: ["ledger", "export", "--format", "excel"] },
  { name: "ledger export without any run", argv: ["ledger", "export", "--format", "csv"] },
  { name: "init into a folder that has the files", files, argv: ["init", "."] },
  { name: "init into a path that is a file", files: { taken: "" }, argv: ["init", "taken"] },
  { name: "init below a path that is a file", files: { taken: "" }, argv: ["init", "taken/deep"] },
  {
    name: "ASSAY_HOME that is a file",
    files: { ...files, taken: "" },
    argv: run,
    environment: { ASSAY_HOME: "taken" },
  },
  {
    name: "runs in an ASSAY_HOME that is a file",
    files: { taken: "" },
    argv: ["runs"],
    environment: { ASSAY_HOME: "taken" },
  },
  {
    name: "--home that is a file",
    files: { taken: "" },
    argv: ["pack", "list", "--home", "taken"],
  },
  { name: "--home that is not there", argv: ["verify", "--home", "nowhere"] },
  { name: "an unknown ASSAY_ setting", files, argv: run, environment: { ASSAY_HOMES: "x" } },
  { name: "an unknown ASSAY__ key", files, argv: run, environment: { ASSAY__FEES__BP: "2" } },
  {
    name: "an ASSAY__ key with a wrong value",
    files,
    argv: run,
    environment: { ASSAY__FEES__BPS: "two" },
  },
];
