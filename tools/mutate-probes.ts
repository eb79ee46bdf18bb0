/**
 * What `npm run mutate` leaves alone: probes. They are attempts of `assay prove`, declared beside
 * the keys they change, and held by whole runs in test/integration/prove*; a mutant of one changes no
 * rule of trading. Files called probes.ts are left out by tools/mutate.json.
 */

/** As much of Babel's path as is asked here. */
type NodePath = {
  readonly node: {
    readonly type: string;
    readonly key?: { readonly name?: string };
    readonly id?: { readonly typeAnnotation?: Annotation };
  };
};
type Annotation = {
  readonly typeAnnotation?: { readonly typeName?: { readonly name?: string } };
};

const TYPES = ["Companions", "Probes"];

function isProbe({ node }: NodePath): boolean {
  if (node.type === "ObjectProperty") return node.key?.name === "probes";
  if (node.type !== "VariableDeclarator") return false;
  return TYPES.includes(node.id?.typeAnnotation?.typeAnnotation?.typeName?.name ?? "");
}

export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "probes",
    value: {
      shouldIgnore: (path: NodePath) => (isProbe(path) ? "a probe of assay prove" : undefined),
    },
  },
];
