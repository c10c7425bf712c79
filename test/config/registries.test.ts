import { loaded, problemsIn } from "./support/workspace.ts";

const registriesIn = (registries: string) =>
  loaded(`registries: ${registries}\ntargets: {}`).registries;
const problemsOf = (registries: string) => problemsIn(`registries: ${registries}\ntargets: {}`);

test("each host may be without TLS and have mirrors", () => {
  expect(
    registriesIn(
      '{ "r.example:5000": { insecure: true }, docker.io: { mirrors: [m.example, "m.example:1/hub/"] } }',
    ),
  ).toEqual({
    "r.example:5000": { insecure: true, mirrors: [] },
    "docker.io": { insecure: false, mirrors: ["m.example", "m.example:1/hub"] },
  });
  expect(loaded("targets: {}").registries).toEqual({});
});

test("of one host in two files the outer one counts, and each file may add others", () => {
  const files = {
    "targets.yaml":
      "registries: { a.example: { insecure: true } }\ninclude: { in: in/targets.yaml }\ntargets: {}\n",
    "in/targets.yaml":
      "registries: { a.example: {}, b.example: { mirrors: [c.example] } }\ntargets: {}\n",
  };
  expect(loaded(files).registries).toEqual({
    "a.example": { insecure: true, mirrors: [] },
    "b.example": { insecure: false, mirrors: ["c.example"] },
  });
});

const nameRule =
  "a name has lower-case letters, digits, `.`, `_`, `-` and `/`, such as `registry.example.org:5000/team`";

test.each([
  ["[]", "1:13+2: expected a mapping for `registries`, found a list"],
  [
    "{ a.example: yes }",
    "1:26+3: expected a mapping for registry `a.example`, found the text `yes`",
  ],
  [
    "{ a.example: { insecur: true } }",
    "1:28+7: registry `a.example` has no key `insecur`; did you mean `insecure`?",
  ],
  [
    "{ a.example: { insecure: 1 } }",
    "1:38+1: expected `true` or `false` for `insecure` of registry `a.example`, found the number 1",
  ],
  [
    "{ 'https://me:pw@a.example': {} }",
    "1:15+25: registry `https://***@a.example` is a URL; write `a.example`",
  ],
  [
    "{ a.example/team: {} }",
    "1:15+14: registry `a.example/team` is more than a host; write `a.example`: what is said counts for all of a registry",
  ],
  ["{ 'a b': {} }", `1:15+5: registry \`a b\` is not HOST or HOST/NAME; ${nameRule}`],
  [
    "{ team: {} }",
    "1:15+4: registry `team` begins with no host; write `docker.io/team` for Docker Hub, or a host with its port",
  ],
  [
    "{ index.docker.io: {} }",
    "1:15+15: registry `index.docker.io` is another name of Docker Hub; write `docker.io`",
  ],
  [
    "{ a.example: { mirrors: b.example } }",
    "1:37+9: expected a list for `mirrors` of registry `a.example`, found the text `b.example`",
  ],
  [
    "{ a.example: { mirrors: [1] } }",
    "1:38+1: expected HOST or HOST/NAME for a mirror of registry `a.example`, found the number 1",
  ],
  [
    "{ a.example: { mirrors: ['http://b.example'] } }",
    "1:38+18: mirror `http://b.example` is a URL; write `b.example`",
  ],
  [
    "{ a.example: { mirrors: [a.example] } }",
    "1:38+9: registry `a.example` is a mirror of itself; leave it out: the registry itself is asked last",
  ],
  [
    "{ docker.io: { mirrors: [registry-1.docker.io] } }",
    "1:38+20: registry `docker.io` is a mirror of itself; leave it out: the registry itself is asked last",
  ],
  [
    "{ a.example: { mirrors: [b.example, b.example/] } }",
    "1:49+10: mirror `b.example` is here a second time; leave it out",
  ],
])("%s is told at its place", (registries, problem) => {
  expect(problemsOf(registries)).toEqual([`targets.yaml:${problem}`]);
});
