/** Writes a data folder in which so many runs passed, and prints a token's line for the configuration for each name. */
import { mkdirSync } from "node:fs";
import { DataFolder } from "../../src/server/records/data-folder.ts";
import { Journal } from "../../src/server/records/journal.ts";
import { hashToken } from "../../src/server/records/token.ts";
import { someRuns } from "../../test/server/http/support/fake-core.ts";

const [folder = "data", runs = "10000", ...tokens] = process.argv.slice(2);
const data = new DataFolder(folder);
mkdirSync(data.runs, { recursive: true });
const journal = new Journal(data.journal);
journal.write(someRuns(Number(runs), { state: "passed" }).reverse());
journal.close();
for (const name of tokens) {
  console.log(`  - { name: ${name}, hash: "${hashToken(name)}", scopes: [run] }`);
}
