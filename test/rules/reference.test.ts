import { isRegistryPlace, normaliseReference, parseReference } from "../../src/rules/reference.ts";

test.each([
  ["debian", "debian:latest"],
  ["debian:bookworm-slim", "debian:bookworm-slim"],
  ["docker.io/library/debian:12", "debian:12"],
  ["index.docker.io/team/app", "team/app:latest"],
  ["library/debian", "debian:latest"],
  ["localhost/app", "localhost/app:latest"],
  ["localhost:5000/app:1", "localhost:5000/app:1"],
  ["ghcr.io/a/b/c:1", "ghcr.io/a/b/c:1"],
  ["[::1]:5000/app:1", "[::1]:5000/app:1"],
  [`app@sha256:${"a".repeat(64)}`, `app@sha256:${"a".repeat(64)}`],
])("%s is known to the engine as %s", (written, known) => {
  expect(normaliseReference(written)).toBe(known);
});

test.each([
  "",
  "App",
  "a//b",
  "a:",
  "a:-x",
  "a b",
  "a@sha256:12",
  "a@b@c",
  "-a",
  "a..b",
  "http://a/b",
])("%p is no reference", (text) => {
  expect(parseReference(text)).toBeUndefined();
});

test("a registry is a host, with a path or without", () => {
  expect(["a.example:5000", "a.example/team/x", "localhost"].every(isRegistryPlace)).toBe(true);
  expect(["http://a", "a b", "host/Team", "host//x", ""].some(isRegistryPlace)).toBe(false);
});
