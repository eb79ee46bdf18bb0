/**
 * The row a strategy's `decide` reads: a frozen object with one getter per column over a cursor
 * that nobody else can reach, so the strategy never holds an array and moving to the next bar
 * allocates nothing. Reading a name that is no declared column throws Fault("strategy") on any
 * row: the prototype is a proxy, which costs nothing while the own getters answer.
 */
import { Fault } from "../../domain/fault.ts";

export type Row = { readonly [column: string]: number };

export type RowCursor = {
  /** The same object for every index. */
  readonly row: Row;
  /** Moves the row; the caller keeps the index inside the arrays. */
  readonly at: (index: number) => void;
  /** Reads other arrays of the same names from now on. */
  readonly bind: (arrays: readonly Float64Array[]) => void;
};

/**
 * All rows share this class and, per list of names, one shape with the same getter functions:
 * a decide called for a thousand parameter combinations then stays fast.
 */
class RowCells {
  #arrays: readonly Float64Array[];
  #index = 0;

  constructor(arrays: readonly Float64Array[]) {
    this.#arrays = arrays;
  }

  static getter(column: number): (this: RowCells) => number {
    return function (this: RowCells): number {
      return this.#arrays[column][this.#index];
    };
  }

  static mover(cells: RowCells): (index: number) => void {
    return (index) => {
      cells.#index = index;
    };
  }

  static binder(cells: RowCells): RowCursor["bind"] {
    return (arrays) => {
      cells.#arrays = arrays;
    };
  }
}

type Shape = {
  readonly create: new (arrays: readonly Float64Array[]) => RowCells;
  readonly getters: readonly ((this: RowCells) => number)[];
};

/** One entry per distinct list of names ever declared in the process: a handful. */
const shapes = new Map<string, Shape>();

export function createRow(names: readonly string[], arrays: readonly Float64Array[]): RowCursor {
  if (names.length !== arrays.length) {
    throw new TypeError(`${names.length} names for ${arrays.length} columns`);
  }
  const shape = shapeOf(names);
  const cells = new shape.create(arrays);
  names.forEach((name, i) => {
    Object.defineProperty(cells, name, { get: shape.getters[i], enumerable: true });
  });
  Object.freeze(cells);
  return {
    row: cells as unknown as Row,
    at: RowCells.mover(cells),
    bind: RowCells.binder(cells),
  };
}

function shapeOf(names: readonly string[]): Shape {
  const key = names.join(",");
  const known = shapes.get(key);
  if (known !== undefined) return known;
  const create = class extends RowCells {};
  Object.setPrototypeOf(create.prototype, refusingPrototype(names));
  Reflect.deleteProperty(create.prototype, "constructor");
  const shape = { create, getters: names.map((_, i) => RowCells.getter(i)) };
  shapes.set(key, shape);
  return shape;
}

function refusingPrototype(names: readonly string[]): object {
  return new Proxy(Object.freeze(Object.create(null) as object), {
    get: (_, key) => {
      if (typeof key === "symbol") return undefined;
      throw new Fault(
        "strategy",
        `decide reads row.${key}, which is no declared column; declared: ${names.join(", ") || "none"}`,
      );
    },
  });
}
