import { Places } from "../../src/files/places.ts";

test("in a folder everything matters, beside it nothing, above it the folder alone", () => {
  const places = new Places("/fleet");
  places.addFolder("/fleet/src/web/");

  expect(places.folders()).toEqual(["/fleet", "/fleet/src", "/fleet/src/web"]);
  expect(places.matters("/fleet/src/web", "new.txt")).toBe(true);
  expect(places.matters("/fleet/src", "web")).toBe(true);
  expect(places.matters("/fleet/src", "other")).toBe(false);
  expect(places.matters("/fleet", "src")).toBe(true);
  expect(places.matters("/fleet", ".tbuild")).toBe(false);
  expect(places.matters("/elsewhere", "src")).toBe(false);
  expect([...places.named()]).toEqual(["/fleet/src/web"]);
});

test("of a single file its name matters, and what the system gives no name", () => {
  const places = new Places("/fleet");
  places.addEntry("/fleet/targets.yaml");

  expect(places.matters("/fleet", "targets.yaml")).toBe(true);
  expect(places.matters("/fleet", ".targets.yaml.swp")).toBe(false);
  expect(places.matters("/fleet", undefined)).toBe(true);
  expect(places.folders()).toEqual(["/fleet"]);
});

test("outside the workspace every folder above matters", () => {
  const places = new Places("/fleet");
  places.addEntry("/given/set/a.deb");
  expect(places.folders()).toEqual(["/", "/given", "/given/set"]);
});

test("places of both are those of one and of the other", () => {
  const [one, other] = [new Places("/fleet"), new Places("/fleet")];
  one.addEntry("/fleet/src/a");
  other.addFolder("/fleet/src");
  one.addAll(other);
  expect(one.matters("/fleet/src", "new")).toBe(true);
  other.addAll(one);
  expect(other.folders()).toEqual(["/fleet", "/fleet/src"]);
});
