/** Builds the image of an `image` target: what is sent to BuildKit, and what it says to services. */
import { readFileSync } from "node:fs";
import type { BuildRequest, PackedFile } from "../../docker/docker.ts";
import {
  certificateBundle,
  proxyVariables,
  serviceUrls,
  variablePrefix,
} from "../caller-environment.ts";
import { tagsOf } from "../image-tags.ts";
import { imageOf, layOutputs, mergeLaid, nameOfImage } from "../lay-outputs.ts";
import { ownLabels } from "../own-labels.ts";
import type { ActContext, ActOutcome, RunningServiceView } from "../rule.ts";
import { secretOf } from "../secret-of.ts";
import { type ImageValues, requestOf } from "./image-fields.ts";
import { layContext, nameInContext } from "./lay-context.ts";
import { writtenDockerfile } from "./written-dockerfile.ts";

export async function buildImage(values: ImageValues, context: ActContext): Promise<ActOutcome> {
  const request = buildRequest(values, context, await writtenDockerfile(values, context));
  const docker = await context.docker();
  const digest = await docker.build(request, context.progress, context.signal);
  return { kind: "made", artifacts: [{ kind: "image", digest, references: request.tags }] };
}

function buildRequest(
  values: ImageValues,
  context: ActContext,
  written: PackedFile | undefined,
): BuildRequest {
  const laid = contextOf(values, context).filter(({ name }) => name !== written?.name);
  return {
    context: written ? [...laid, written] : laid,
    dockerfile: nameInContext(requestOf(values).dockerfile),
    tags: tagsOf(values.tags, context.target),
    labels: { ...values.labels, ...datesOf(values, context), ...ownLabels(context) },
    args: argumentsOf(values, context),
    ...(values.stage !== undefined && { stage: values.stage }),
    extraHosts: context.services.flatMap(hostsOf),
    secrets: secretsOf(values, context),
    ...(values.network !== undefined && {
      network: values.network as "default" | "host" | "none",
    }),
  };
}

/** When it is built: no part of the fingerprint, so that a date alone makes nothing stale. */
function datesOf(
  { "built-at": labels = [] }: ImageValues,
  { environment }: ActContext,
): Record<string, string> {
  const epoch = environment["SOURCE_DATE_EPOCH"] ?? "";
  const now = /^\d+$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
  const date = now.toISOString().replace(/\.\d+Z$/, "Z");
  return Object.fromEntries(labels.map((label) => [label, date]));
}

function contextOf(values: ImageValues, context: ActContext): readonly PackedFile[] {
  const own = layContext(requestOf(values), context.files, context.target);
  const included = (values.include ?? []).flatMap(({ at, targets }) =>
    layOutputs(context, "include", targets, at),
  );
  return mergeLaid(context, "include", [...own, ...included]);
}

/**
 * What a service answers is invisible to BuildKit's cache, and its address stays the same. So each
 * step also gets a host name that holds the digest of what of the service counts for this target:
 * extra hosts are part of the cache key of every `RUN`, which so misses exactly when that changed.
 */
function hostsOf({ host, digest }: RunningServiceView): readonly string[] {
  const short = digest.slice("sha256:".length, "sha256:".length + 12);
  return [`${host}:host-gateway`, `${host}-${short}:host-gateway`];
}

/** The proxies are arguments that BuildKit knows: they reach the steps and stay out of the image. */
function argumentsOf(values: ImageValues, context: ActContext): Record<string, string> {
  const { services, environment } = context;
  const hosts = services.map(({ host }) => host);
  const digests = services.map((service) => [`${variablePrefix(service)}_DIGEST`, service.digest]);
  return {
    ...(values.network === "none" ? {} : proxyVariables(environment, hosts)),
    ...serviceUrls(services, ({ url }) => url),
    ...Object.fromEntries(digests),
    ...values.args,
    ...(values.base !== undefined && { BASE: nameOfImage(imageOf(context, "base", values.base)) }),
  };
}

/** The caller's certificates can be had by `RUN --mount=type=secret,id=ca-certificates`. */
function secretsOf(values: ImageValues, context: ActContext): ReadonlyMap<string, Uint8Array> {
  const secrets = new Map<string, Uint8Array>();
  const bundle = certificateBundle(context.environment);
  if (bundle !== undefined) secrets.set("ca-certificates", readFileSync(bundle));
  for (const [id, parameter] of Object.entries(values.secrets ?? {})) {
    secrets.set(id, Buffer.from(secretOf(context, parameter)));
  }
  return secrets;
}
