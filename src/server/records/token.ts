/**
 * Tokens by which programs and people are let in: made here, kept as a hash. Who sends one and may do what is
 * decided by others.
 */
import { createHash, randomBytes } from "node:crypto";

const mark = "sha256$";

/** What a hash looks like in a configuration. */
export const hashPattern = /^sha256\$[0-9a-f]{64}$/;

/** 256 random bits, in a form that finds itself in logs and configurations by its beginning. */
export const makeToken = (): string => `tbuild_${randomBytes(32).toString("base64url")}`;

/**
 * A slow hash guards what people think up. Of 256 random bits none is guessed, and an API that spends
 * 100 ms on each wrong token would be easy to keep busy.
 */
export const hashToken = (token: string): string =>
  `${mark}${createHash("sha256").update(token).digest("hex")}`;
