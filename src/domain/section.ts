/**
 * One section of the mandate, declared beside the code that reads it (section.ts of its room).
 * The mandate room composes sections into one strict schema; the engine checks that each key was
 * taken by its owner (invariant 6).
 */
import type { Probes } from "./probe.ts";

export type KeyTag =
  /** A path or place: not identity, left out of the mandate hash. */
  | "location"
  /** Changes what a person sees, never what is traded: left out of the mandate hash. */
  | "presentation";

/** A refusal about one key, relative to the section: path ["per_share"], expected "...". */
export type SectionIssue = {
  readonly path: readonly (string | number)[];
  readonly message: string;
};

export type Section<Schema = unknown> = {
  /** Top-level key in the mandate, and the middle of ASSAY__SECTION__KEY. */
  readonly name: string;
  /** The room or file that reads it. */
  readonly owner: string;
  /** A zod strict object WITHOUT defaults: what a complete section must be. */
  readonly schema: Schema;
  /** One line per key, for `assay config` and the editor: what it is, its unit. */
  readonly describe: { readonly [key: string]: string };
  /** Values every mandate starts from; a key that is absent here and in the profile is required. */
  readonly defaults: { readonly [key: string]: unknown };
  readonly profiles: { readonly [profile: string]: { readonly [key: string]: unknown } };
  /** Dotted key within the section -> tag; "*" matches one array index or map key. */
  readonly tags: { readonly [key: string]: KeyTag };
  /** Dotted key -> how a run shows that it is alive; every leaf without a tag has one. */
  readonly probes: Probes;
  /**
   * Keys (dotted, with all below them) that these values give nobody to read: data.simulated of a
   * mandate on real files. As defaults they are silent; set by a person they are refused.
   */
  readonly inapplicable?: (values: never) => readonly string[];
  /** Contradictions and thresholds that can never fire, given the whole resolved mandate. */
  readonly check: (
    values: never,
    mandate: { readonly [section: string]: unknown },
  ) => readonly SectionIssue[];
};
