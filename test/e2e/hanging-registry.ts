/** A registry that lets every upload and download begin and none end. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HangingRegistry {
  /** `127.0.0.1:port`, which engines reach without TLS. */
  readonly host: string;
  readonly downloading: Promise<void>;
  readonly uploading: Promise<void>;
  stop(): Promise<void>;
}

const digestOf = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;
const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const config = '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}';
const layer = { mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: 1e6 };
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: manifestType,
  config: {
    mediaType: "application/vnd.docker.container.image.v1+json",
    size: config.length,
    digest: digestOf(config),
  },
  layers: [{ ...layer, digest: digestOf("never sent") }],
});

export async function hangingRegistry(): Promise<HangingRegistry> {
  let tellDownload = () => {};
  let tellUpload = () => {};
  const downloading = new Promise<void>((resolve) => {
    tellDownload = resolve;
  });
  const uploading = new Promise<void>((resolve) => {
    tellUpload = resolve;
  });
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    if (url === "/v2/") return response.end("{}");
    if (/\/manifests\//.test(url) && (method === "GET" || method === "HEAD")) {
      response.setHeader("docker-content-digest", digestOf(manifest));
      response.setHeader("content-length", manifest.length);
      response.setHeader("content-type", manifestType);
      return response.end(method === "GET" ? manifest : "");
    }
    if (method === "HEAD") return response.writeHead(404).end();
    if (method === "GET" && url.endsWith(digestOf(config))) return response.end(config);
    if (method === "GET") return tellDownload();
    return tellUpload();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { host: `127.0.0.1:${port}`, downloading, uploading, stop };
}
