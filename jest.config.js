/** Unit tests run from the TypeScript sources; the end-to-end suites have their own project. */
const transform = {
  "\\.ts$": [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
  ],
};

const project = (name, testMatch, more = {}) => ({
  displayName: name,
  testMatch,
  transform,
  extensionsToTreatAsEsm: [".ts"],
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  testEnvironment: "<rootDir>/test/support/environment.js",
  // What targets of this project make has a package of its own in it.
  modulePathIgnorePatterns: ["<rootDir>/out/"],
  setupFilesAfterEnv: ["<rootDir>/test/support/time-limit.ts"],
  // execa keeps an object of its own in the global scope, which must outlive the file that loaded it.
  testEnvironmentOptions: { globalsCleanup: "off" },
  ...more,
});

export default {
  // What is tested here needs all cores for seconds, and a quarter of them would wait for the rest.
  maxWorkers: "100%",
  projects: [
    project("unit", ["<rootDir>/test/**/*.test.ts"], {
      testPathIgnorePatterns: ["<rootDir>/test/e2e/"],
      setupFiles: ["<rootDir>/test/support/surroundings.ts"],
    }),
    project("e2e", ["<rootDir>/test/e2e/**/*.test.ts"]),
  ],
};
