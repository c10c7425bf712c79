/** Many short lists of whole numbers, one behind the other: ten thousand arrays would be ten thousand objects. */

export class NumberLists {
  /** Where each list begins, and where the last one ends. */
  readonly starts: Uint32Array;
  readonly all: Uint32Array;

  constructor(starts: Uint32Array, all: Uint32Array) {
    this.starts = starts;
    this.all = all;
  }

  static from(lists: readonly ArrayLike<number>[]): NumberLists {
    return NumberLists.of(lists.length, (index) => lists[index] as ArrayLike<number>);
  }

  static of(count: number, listAt: (index: number) => ArrayLike<number>): NumberLists {
    const starts = new Uint32Array(count + 1);
    for (let index = 0; index < count; index++) {
      starts[index + 1] = (starts[index] as number) + listAt(index).length;
    }
    const all = new Uint32Array(starts[count] as number);
    for (let index = 0; index < count; index++) all.set(listAt(index), starts[index] as number);
    return new NumberLists(starts, all);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  at(index: number): Uint32Array {
    return this.all.subarray(this.starts[index], this.starts[index + 1]);
  }

  /** Whether any number of a list is one of these; without an object for the list. */
  some(index: number, isOne: (number: number) => boolean): boolean {
    const end = this.starts[index + 1] as number;
    for (let at = this.starts[index] as number; at < end; at++) {
      if (isOne(this.all[at] as number)) return true;
    }
    return false;
  }

  /** The same with other lists in some places. */
  with(others: ReadonlyMap<number, ArrayLike<number>>): NumberLists {
    return NumberLists.of(this.count, (index) => others.get(index) ?? this.at(index));
  }
}
