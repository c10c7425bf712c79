/** Asks an engine who it is. */
import type Dockerode from "dockerode";
import type { EngineInfo } from "./docker.ts";

/** @returns the engine's identity; `apiVersion` is the one that the connection agreed on */
export async function engineInfo(engine: Dockerode): Promise<EngineInfo> {
  const [info, version] = await Promise.all([engine.info(), engine.version()]);
  const agreed = (engine.modem as unknown as { version?: string }).version;
  return {
    id: String(info.ID),
    version: version.Version.replace(/\+.*$/, ""),
    apiVersion: agreed?.replace(/^v/, "") ?? version.ApiVersion,
    platform: `${version.Os}/${version.Arch}`,
  };
}
