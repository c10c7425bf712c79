/** Runs a command of a `run` target in a container of an image, with its inputs and nothing else. */
import { realpathSync } from "node:fs";
import path from "node:path";
import type { PackedFile, RunRequest } from "../../docker/docker.ts";
import type { TargetName } from "../../model/target.ts";
import { namedBundle, proxyVariables, serviceUrls } from "../caller-environment.ts";
import { imageOf, layOutputs, mergeLaid, nameOfImage } from "../lay-outputs.ts";
import { LastLines } from "../lines.ts";
import { placeOutput } from "../output-files.ts";
import { ownLabels, workspaceLabel } from "../own-labels.ts";
import { type ActContext, type ActOutcome, packed } from "../rule.ts";
import { argvOf, outputOf, type RunValues } from "./run-fields.ts";
import {
  collectOutputs,
  commandFailure,
  declaredEnvironment,
  missingOutput,
} from "./run-result.ts";

/** Folder in the container that the inputs lie in and the command starts in. */
const workdir = "/workspace";
/** Where the caller's certificates lie below `/`: not among the inputs, which a command may list. */
const bundle = ".tbuild/ca-certificates.crt";

/** Outputs come back to a temporary folder first and stand in the workspace when all are there. */
export async function runInContainer(
  values: RunValues,
  image: TargetName,
  context: ActContext,
): Promise<ActOutcome> {
  const temporary = await context.temporaryFolder();
  const request = requestFor(values, image, context, temporary);
  const last = new LastLines();
  const progress = {
    ...context.progress,
    output(line: string) {
      last.add(line);
      context.progress.output(line);
    },
  };
  const docker = await context.docker();
  const { exitCode, missing } = await docker.run(request, progress, context.signal);
  if (exitCode !== 0) {
    return commandFailure(`failed with exit code ${exitCode}`, exitCode, last);
  }
  const lacking = (values.outputs ?? []).find((declared) =>
    missing.some((name) => outputOf(name).path === outputOf(declared).path),
  );
  if (lacking !== undefined) return missingOutput(lacking);
  for (const output of request.outputs) {
    placeOutput(context, path.join(temporary, output), output);
  }
  return collectOutputs(values, context);
}

function requestFor(
  values: RunValues,
  image: TargetName,
  context: ActContext,
  destination: string,
): RunRequest {
  const outputs = (values.outputs ?? []).map((declared) => outputOf(declared).path);
  const certificates = values.network === "none" ? undefined : namedBundle(context.environment);
  return {
    image: nameOfImage(imageOf(context, "in", image)),
    command: argvOf(values.run),
    environment: environmentOf(values, context, certificates !== undefined),
    workdir,
    inputs: [...inputsOf(values, context), ...foldersOf(outputs, destination)],
    // Where they are found is often a link.
    ...(certificates !== undefined && { aside: [packed(bundle, realpathSync(certificates))] }),
    outputs,
    destination,
    extraHosts: context.services.map(({ host }) => `${host}:host-gateway`),
    labels: { ...ownLabels(context), [workspaceLabel]: context.workspaceId },
    ...networkOf(values),
  };
}

function inputsOf(values: RunValues, context: ActContext): readonly PackedFile[] {
  const laid = (values.inputs ?? []).flatMap((spec) =>
    "targets" in spec ? layOutputs(context, "inputs", spec.targets, spec.as) : [],
  );
  const own = context.inputs.map(({ name, path: source }) => packed(name, source));
  return mergeLaid(context, "inputs", [...own, ...laid]);
}

/** Folders that outputs lie in exist before the command starts, as they do on the host. */
function foldersOf(outputs: readonly string[], anyFolder: string): readonly PackedFile[] {
  const folders = new Set(outputs.map((output) => path.posix.dirname(output)));
  folders.delete(".");
  return [...folders].map((folder) => packed(folder, anyFolder));
}

function environmentOf(
  values: RunValues,
  context: ActContext,
  hasBundle: boolean,
): Record<string, string> {
  const hosts = context.services.map(({ host }) => host);
  return {
    ...(values.network === "none" ? {} : proxyVariables(context.environment, hosts)),
    ...(hasBundle && certificateVariables()),
    ...serviceUrls(context.services, ({ url }) => url),
    ...declaredEnvironment(values, context),
  };
}

/** The names by which the common programs look for certificates. */
function certificateVariables(): Record<string, string> {
  const names = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE"];
  return Object.fromEntries([...names, "NODE_EXTRA_CA_CERTS"].map((name) => [name, `/${bundle}`]));
}

function networkOf({ network }: RunValues): Pick<RunRequest, "network"> {
  return network === undefined ? {} : { network: network as "default" | "host" | "none" };
}
