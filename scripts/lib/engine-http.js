// How to reach a Docker Engine with nothing but Node: its address as options of `http.request`.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";

/** An unsent request to the engine at an address as in DOCKER_HOST. */
export function requestTo(host, options) {
  const url = new URL(host);
  if (url.protocol === "unix:") {
    return http.request({ ...options, socketPath: decodeURIComponent(url.pathname) });
  }
  if (!["tcp:", "http:", "https:"].includes(url.protocol)) {
    throw new Error(`\`${url.protocol}//\` cannot be reached from here`);
  }
  const address = { ...options, host: url.hostname, port: url.port || 2375 };
  return url.protocol === "https:" || process.env.DOCKER_TLS_VERIFY
    ? https.request({ ...address, ...certificates() })
    : http.request(address);
}

/** Sends the request; resolves to its status and parsed or plain body. */
export function answerTo(request) {
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
  });
}

function certificates() {
  const folder = process.env.DOCKER_CERT_PATH ?? join(process.env.HOME ?? "", ".docker");
  const read = (name) => readFileSync(join(folder, name));
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
