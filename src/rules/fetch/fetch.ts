/** Rule `fetch`: a file by URL, verified while it streams, unpacked where that is asked for. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { usageProblem } from "../problems.ts";
import { ruleKind } from "../rule.ts";
import {
  type FetchValues,
  fetchedPlace,
  fetchFields,
  plainDigest,
  shownUrl,
} from "./fetch-fields.ts";

/** Without a digest, what came first is trusted: its own digest is recorded, and later runs keep it. */
export const fetch = ruleKind({
  kind: "fetch",
  help: "A file by URL",
  fields: fetchFields,
  asksServer: true,
  notShared: ({ sha256 }) =>
    sha256 === undefined ? "is whatever its server has, without `sha256`" : undefined,
  asks: ({ fetch: url, sha256 }) => (sha256 === undefined ? [{ kind: "fetch", url }] : []),
  check: (values, target) => [
    ...urlProblems(values, target),
    ...digestProblems(values, target),
    ...matchProblems(values, target),
  ],
  outputs: (values, target) => [
    { kind: values.unpack === true ? "tree" : "file", path: fetchedPlace(values, target) },
  ],
  title: (values) => (values.fetch === undefined ? "fetch" : `fetch ${shownUrl(values.fetch)}`),
  async act(values, context) {
    const { fetchFile } = await import("./fetch-file.ts");
    return fetchFile(values, context);
  },
});

function urlProblems({ fetch: url }: FetchValues, target: Target): readonly Diagnostic[] {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (["https:", "http:", "file:"].includes(protocol)) return [];
  return [
    usageProblem(target, "fetch", {
      code: "bad-url",
      message: `\`${shownUrl(url)}\` is not a URL that can be fetched`,
      hint: "write `https://…`, `http://…` or `file:///…`",
    }),
  ];
}

function digestProblems({ sha256 }: FetchValues, target: Target): readonly Diagnostic[] {
  if (sha256 === undefined || /^[0-9a-f]{64}$/.test(plainDigest(sha256))) return [];
  const message = `\`${sha256}\` is not a sha256: expected 64 hexadecimal digits`;
  return [usageProblem(target, "sha256", { code: "bad-sha256", message })];
}

function matchProblems({ match, unpack }: FetchValues, target: Target): readonly Diagnostic[] {
  if (match === undefined || unpack === true) return [];
  const message = "`match` is for what is unpacked";
  const hint = "add `unpack: true`, or leave `match` out";
  return [usageProblem(target, "match", { code: "match-without-unpack", message, hint })];
}
