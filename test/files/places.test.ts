import { Places } from "../../src/files/places.ts";

test("in a folder everything matters, beside it nothing, above it the folder alone", () => {
  const places = new Places("/work");
  places.addFolder("/work/src/web/");

  expect(places.folders()).toEqual(["/work", "/work/src", "/work/src/web"]);
  expect(places.matters("/work/src/web", "new.txt")).toBe(true);
  expect(places.matters("/work/src", "web")).toBe(true);
  expect(places.matters("/work/src", "other")).toBe(false);
  expect(places.matters("/work", "src")).toBe(true);
  expect(places.matters("/work", ".tbuild")).toBe(false);
  expect(places.matters("/elsewhere", "src")).toBe(false);
  expect([...places.named()]).toEqual(["/work/src/web"]);
});

test("of a single file its name matters, and what the system gives no name", () => {
  const places = new Places("/work");
  places.addEntry("/work/targets.yaml");

  expect(places.matters("/work", "targets.yaml")).toBe(true);
  expect(places.matters("/work", ".targets.yaml.swp")).toBe(false);
  expect(places.matters("/work", undefined)).toBe(true);
  expect(places.folders()).toEqual(["/work"]);
});

test("outside the workspace every folder above matters", () => {
  const places = new Places("/work");
  places.addEntry("/given/set/a.deb");
  expect(places.folders()).toEqual(["/", "/given", "/given/set"]);
});

test("places of both are those of one and of the other", () => {
  const [one, other] = [new Places("/work"), new Places("/work")];
  one.addEntry("/work/src/a");
  other.addFolder("/work/src");
  one.addAll(other);
  expect(one.matters("/work/src", "new")).toBe(true);
  other.addAll(one);
  expect(other.folders()).toEqual(["/work", "/work/src"]);
});
