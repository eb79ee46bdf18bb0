/** docs/venue.md against the code: every kind of fault, every act, every command-line option it names. */
import { Command } from "commander";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { addVenue } from "../../src/apps/cli/add-venue.ts";
import { parseFaultScript } from "../../src/apps/venue-server/fault-script.ts";
import { FAULT_KINDS } from "../../src/venue/faults.ts";
import { partUnder, readDocument, tableRows } from "./markdown.ts";

const PAGE = readDocument("docs/venue.md");

it("lists every kind of fault, and no other", () => {
  const named = tableRows(partUnder(PAGE, "What goes wrong")).map(([kind]) => kind);
  expect(named.sort()).toEqual(FAULT_KINDS.map((kind) => `\`${kind}\``).sort());
});

it("shows a fault script that can be read", () => {
  const text = /```yaml\n(.*?)```/s.exec(PAGE)?.[1] ?? "";
  const script = parseFaultScript(text, "page", { digits: 2, seed: 0 });
  expect(script.rules).toHaveLength(3);
  expect((parse(text) as { readonly seed: number }).seed).toBe(script.seed);
});

it("names options that the command has", () => {
  const program = new Command();
  addVenue(program, { output: {} as never, environment: {} });
  const options = program.commands[0].options.map(({ long }) => long);
  const venuePart = PAGE.replace(/^assay trade .*$/m, "");
  const named = new Set([...venuePart.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option));
  for (const option of named) expect(options).toContain(option);
});
