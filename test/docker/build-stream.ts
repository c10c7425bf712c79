/** Makes what an engine streams while it builds, for tests: the counterpart of `src/docker/build-status.ts`. */
import { bytesField, numberField } from "../../src/docker/protobuf.ts";

export interface VertexFields {
  readonly digest: string;
  readonly name: string;
  readonly cached?: boolean;
  readonly started?: number;
  readonly completed?: number;
  readonly error?: string;
}

export function vertex(fields: VertexFields): Buffer {
  return bytesField(
    1,
    Buffer.concat([
      bytesField(1, fields.digest),
      bytesField(2, "sha256:input"),
      bytesField(3, fields.name),
      fields.cached ? numberField(4, 1) : Buffer.alloc(0),
      fields.started === undefined ? Buffer.alloc(0) : bytesField(5, time(fields.started)),
      fields.completed === undefined ? Buffer.alloc(0) : bytesField(6, time(fields.completed)),
      bytesField(7, fields.error ?? ""),
    ]),
  );
}

export function log(digest: string, message: string | Uint8Array, stream = 1): Buffer {
  const fields = [bytesField(1, digest), numberField(3, stream), bytesField(4, message)];
  return bytesField(3, Buffer.concat(fields));
}

export function transfer(digest: string, id: string, current: number, total: number): Buffer {
  const numbers = [numberField(4, current), numberField(5, total)];
  return bytesField(2, Buffer.concat([bytesField(1, id), bytesField(2, digest), ...numbers]));
}

export function warning(digest: string, message: string): Buffer {
  const level = numberField(2, 1);
  return bytesField(4, Buffer.concat([bytesField(1, digest), level, bytesField(3, message)]));
}

/** One line of the response, from parts of one `StatusResponse`. */
export function trace(...parts: readonly Buffer[]): string {
  const aux = Buffer.concat(parts).toString("base64");
  return json({ id: "moby.buildkit.trace", aux });
}

export function json(message: object): string {
  return `${JSON.stringify(message)}\r\n`;
}

function time(seconds: number): Buffer {
  const whole = Math.floor(seconds);
  return Buffer.concat([
    numberField(1, whole),
    numberField(2, Math.round((seconds - whole) * 1e9)),
  ]);
}
