// `test-sum.js RESULTS EXIT`: prints `PASSED FAILED SKIPPED` of one run of jest that ended with EXIT.
import { readFileSync } from "node:fs";

const [file, exit] = process.argv.slice(2);

function counts() {
  const results = JSON.parse(readFileSync(file, "utf8"));
  const passed = results.numPassedTests;
  // A test file that could not even be loaded has no tests to count, and is one failure.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const unexplained = exit !== "0" && failed === 0 ? 1 : 0;
  return [passed, failed + unexplained, results.numPendingTests + results.numTodoTests];
}

try {
  console.log(counts().join(" "));
} catch {
  console.log("0 1 0"); // no results: it crashed, or was stopped
}
