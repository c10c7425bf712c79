/** The service of docs/server/compose.yaml as words for `docker run`, with the places of a test in it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { checkout } from "./tbuild.ts";

interface Service {
  readonly image: string;
  readonly restart: string;
  readonly stop_grace_period: string;
  readonly ports: readonly string[];
  readonly group_add: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly environment: readonly string[];
  readonly volumes: readonly string[];
}

interface ComposeFile {
  readonly services: { readonly tbuild: Service };
  readonly volumes: Readonly<Record<string, unknown>>;
}

export interface Places {
  /** Of the engine, on this machine. */
  readonly socket: string;
  readonly group: number;
  /** With server.yaml. */
  readonly etc: string;
  /** Name of the volume. */
  readonly data: string;
}

export interface ServiceWords {
  readonly image: string;
  /** All but the image. */
  readonly words: readonly string[];
  /** Seconds that it gets to stop. */
  readonly grace: number;
  /** On which it is reached inside. */
  readonly port: number;
}

/** @throws Error where the file says something that is not passed on: the test would prove less than it says */
export function readService(places: Places): ServiceWords {
  const text = readFileSync(path.join(checkout, "docs/server/compose.yaml"), "utf8");
  const { services, volumes } = parse(text) as ComposeFile;
  const { image, stop_grace_period, ports, ...rest } = services.tbuild;
  const {
    group_add,
    volumes: mounts,
    restart,
    cap_drop,
    security_opt,
    environment,
    ...more
  } = rest;
  if (Object.keys(more).length > 0 || Object.keys({ ...services, ...volumes }).length !== 2) {
    throw new Error(`compose.yaml says more: ${Object.keys({ ...more, ...services, ...volumes })}`);
  }
  const [address, , port] = /^(127\.0\.0\.1):(\d+):(\d+)$/.exec(ports.join())?.slice(1) ?? [];
  const flags = (name: string, values: readonly string[]) =>
    values.flatMap((value) => [name, value]);
  const words = [
    ...["--restart", restart],
    // Any port that is free: the one of the file may be taken.
    ...["--publish", `${address}::${port}`],
    ...flags(
      "--group-add",
      group_add.map((group) => filled(group, String(places.group))),
    ),
    ...flags("--cap-drop", cap_drop),
    ...flags("--security-opt", security_opt),
    ...flags("--env", environment),
    ...flags(
      "--volume",
      mounts.map((mount) => placed(mount, places)),
    ),
  ];
  return { image, words, grace: Number.parseInt(stop_grace_period, 10), port: Number(port) };
}

const filled = (text: string, value: string): string => text.replace(/\$\{\w+:\?[^}]*\}/, value);

function placed(mount: string, { socket, etc, data }: Places): string {
  const known: Readonly<Record<string, string>> = {
    "/var/run/docker.sock": socket,
    "./etc": etc,
    data,
  };
  const [from = "", to] = mount.split(":");
  const place = known[from];
  if (place === undefined) throw new Error(`compose.yaml mounts ${mount}`);
  return `${place}:${to}`;
}
