/** Certificates for tests, that sign themselves. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { temporaryFolder } from "../support/folder.ts";

/** @param name `IP:127.0.0.1`, or `DNS:registry.example` */
export function certificate(name = "IP:127.0.0.1"): {
  readonly key: string;
  readonly cert: string;
} {
  const folder = temporaryFolder();
  const subject = ["-subj", "/CN=registry", "-addext", `subjectAltName=${name}`];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const files = ["-keyout", `${folder}/key`, "-out", `${folder}/cert`];
  execFileSync("openssl", ["req", "-x509", ...key, "-nodes", "-days", "2", ...files, ...subject], {
    stdio: "ignore",
  });
  return {
    key: readFileSync(`${folder}/key`, "utf8"),
    cert: readFileSync(`${folder}/cert`, "utf8"),
  };
}
