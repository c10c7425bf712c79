/** Runs a command of a `run` target in a container of an image, with its inputs and nothing else. */
import { realpathSync } from "node:fs";
import path from "node:path";
import type { PackedFile, RunRequest } from "../../docker/docker.ts";
import type { TargetName } from "../../model/target.ts";
import { namedBundle, proxyVariables, serviceUrls } from "../caller-environment.ts";
import { imageOf, joinLaid, layOutputs, mergeLaid, nameOfImage } from "../lay-outputs.ts";
import { placeOutput } from "../output-files.ts";
import { ownLabels, workspaceLabel } from "../own-labels.ts";
import { type ActContext, type ActOutcome, packed } from "../rule.ts";
import { KeptFolders } from "./kept-folders.ts";
import { argvOf, outputOf, type RunValues } from "./run-fields.ts";
import {
  collectOutputs,
  commandFailure,
  declaredEnvironment,
  listen,
  missingOutput,
} from "./run-result.ts";

/** Folder in the container that stands for the workspace. */
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
  const kept = new KeptFolders(values.keep ?? [], context);
  const request = requestFor(values, image, context, { temporary, kept });
  const said = listen(context);
  const progress = {
    ...context.progress,
    output(line: string) {
      said.add(line);
      context.progress.output(line);
    },
  };
  const docker = await context.docker();
  const { exitCode, missing } = await docker.run(request, progress, context.signal);
  if (exitCode !== 0 || missing.length > 0) kept.add(temporary);
  if (exitCode !== 0) {
    return commandFailure(`failed with exit code ${exitCode}`, exitCode, said);
  }
  const outputs = outputPaths(values);
  const lacking = [...(values.outputs ?? []), ...(values.keep ?? [])].find((declared) =>
    missing.some((name) => outputOf(name).path === outputOf(declared).path),
  );
  if (lacking !== undefined) return missingOutput(lacking);
  kept.take(temporary);
  for (const output of outputs) {
    placeOutput(context, path.join(temporary, output), output);
  }
  return collectOutputs(values, context);
}

function requestFor(
  values: RunValues,
  image: TargetName,
  context: ActContext,
  { temporary, kept }: { readonly temporary: string; readonly kept: KeptFolders },
): RunRequest {
  const outputs = [...outputPaths(values), ...kept.places];
  const certificates = values.network === "none" ? undefined : namedBundle(context.environment);
  return {
    image: nameOfImage(imageOf(context, "in", image)),
    command: argvOf(values.run),
    environment: environmentOf(values, context, certificates !== undefined),
    workdir,
    startFolder: context.target.folder ?? "",
    inputs: [
      ...inputsOf(values, context),
      ...kept.lay(temporary),
      ...foldersOf(outputs, temporary),
    ],
    // Where they are found is often a link.
    ...(certificates !== undefined && { aside: [packed(bundle, realpathSync(certificates))] }),
    outputs,
    caches: kept.places,
    destination: temporary,
    extraHosts: context.services.map(({ host }) => `${host}:host-gateway`),
    labels: { ...ownLabels(context), [workspaceLabel]: context.workspaceId },
    ...networkOf(values),
  };
}

const outputPaths = (values: RunValues): readonly string[] =>
  (values.outputs ?? []).map((declared) => outputOf(declared).path);

/** `as` starts where the command does: in the folder of the target file. */
function inputsOf(values: RunValues, context: ActContext): readonly PackedFile[] {
  const { folder = "" } = context.target;
  const laid = (values.inputs ?? []).flatMap((spec) => {
    if (!("targets" in spec)) return [];
    const as = spec.as === undefined ? undefined : joinLaid(folder, spec.as);
    return layOutputs(context, "inputs", spec.targets, as);
  });
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
