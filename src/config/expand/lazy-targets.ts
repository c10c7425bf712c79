/** Targets that are made when they are asked for: a run that builds one of ten thousand makes few. */
import type { Target, TargetName } from "../../model/target.ts";

export class LazyTargets extends Map<TargetName, Target> {
  readonly #addOne: (name: TargetName) => void;
  #addAll: (() => void) | undefined;

  /**
   * @param addOne sets the target of this name, and those that belong to it; nothing for an unknown name
   * @param addAll sets every target that is not there yet
   */
  constructor(addOne: (name: TargetName) => void, addAll: () => void) {
    super();
    this.#addOne = addOne;
    this.#addAll = addAll;
  }

  override get(name: TargetName): Target | undefined {
    if (this.#addAll && !super.has(name)) this.#addOne(name);
    return super.get(name);
  }

  override has(name: TargetName): boolean {
    return this.get(name) !== undefined;
  }

  override get size(): number {
    this.complete();
    return super.size;
  }

  override keys() {
    this.complete();
    return super.keys();
  }

  override values() {
    this.complete();
    return super.values();
  }

  override entries() {
    this.complete();
    return super.entries();
  }

  override [Symbol.iterator]() {
    return this.entries();
  }

  override forEach(
    visit: (target: Target, name: TargetName, map: Map<TargetName, Target>) => void,
  ) {
    for (const [name, target] of this.entries()) visit(target, name, this);
  }

  /** Whoever goes through all of them gets all of them. */
  complete(): void {
    const addAll = this.#addAll;
    this.#addAll = undefined;
    addAll?.();
  }
}
