/** Lists, removes and watches containers. Making them is left to `run-container.ts` and `services.ts`. */
import type Dockerode from "dockerode";
import type { ContainerSummary } from "./docker.ts";
import { statusOf } from "./errors.ts";
import { lineSplitter } from "./json-lines.ts";

/** Containers, running or not, that carry all of the labels. */
export async function listContainers(
  engine: Dockerode,
  labels: Readonly<Record<string, string>>,
): Promise<readonly ContainerSummary[]> {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  // The engine has to look at the files of each container for that.
  const size = label.length > 0;
  const found = await engine.listContainers({ all: true, size, filters: { label } });
  return found.map((container) => ({
    id: container.Id,
    names: container.Names.map((name) => name.replace(/^\//, "")),
    labels: container.Labels ?? {},
    image: container.ImageID,
    created: container.Created,
    ...(size && { size: (container as { readonly SizeRw?: number }).SizeRw ?? 0 }),
    running: container.State === "running" || container.State === "paused",
  }));
}

/** Kills and removes a container and its anonymous volumes; no error when it is gone. */
export async function removeContainer(engine: Dockerode, id: string): Promise<void> {
  try {
    await engine.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    const gone = statusOf(error) === 404;
    const leaving = statusOf(error) === 409 && /already in progress/.test(String(error));
    if (!gone && !leaving) throw error;
  }
}

/** The engine's form of environment variables. */
export function environmentList(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

/**
 * Takes apart what the engine sends of a container's output: frames with a header of 8 bytes, the
 * stream's number in the first one and the length in the last four, big-endian.
 * @param line called with whole lines of UTF-8, without their ends; each stream has its own
 * @returns `write` for chunks, cut anywhere, and `end` for lines that lack their end
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export function outputDemultiplexer(line: (text: string) => void) {
  const streams = new Map<number, ReturnType<typeof lineSplitter>>();
  let header = Buffer.alloc(0) as Buffer;
  let left = 0;
  let stream = lineSplitter();
  const write = (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const part = chunk.subarray(at, at + left);
        stream.write(part).forEach(line);
        left -= part.length;
        at += part.length;
        continue;
      }
      const part = chunk.subarray(at, at + 8 - header.length);
      header = Buffer.concat([header, part]);
      at += part.length;
      if (header.length < 8) continue;
      const number = header[0] ?? 0;
      stream = streams.get(number) ?? lineSplitter();
      streams.set(number, stream);
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  };
  const end = () => {
    for (const each of streams.values()) each.end().forEach(line);
  };
  return { write, end };
}
