/**
 * Jest's environment for Node, which lets go of a test file when it has ended. jest-circus keeps an
 * AsyncLocalStorage for each file and never disables it: Node before 24 then visits one more of them for
 * each new promise, and the whole file stays in memory. Remove this when jest does it.
 */
import hooks from "node:async_hooks";
import { TestEnvironment } from "jest-environment-node";

const Storage = hooks.AsyncLocalStorage;

export default class extends TestEnvironment {
  #made = [];

  async setup() {
    await super.setup();
    const made = this.#made;
    hooks.AsyncLocalStorage = class extends Storage {
      constructor(...options) {
        super(...options);
        made.push(this);
      }
    };
  }

  async teardown() {
    hooks.AsyncLocalStorage = Storage;
    for (const storage of this.#made.splice(0)) storage.disable();
    await super.teardown();
  }
}
