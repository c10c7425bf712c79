/** The wording of problems with registries, their mirrors, and pools. */
import type { Location } from "../../model/diagnostic.ts";
import { describeNode, type Node } from "../yaml/node.ts";
import { didYouMean, usage } from "./problem-words.ts";

// Registries

export const badRegistry = (fault: { message: string; hint: string }, at: Location) =>
  usage("bad-registry", fault.message, at, { hint: fault.hint });

export const notAHost = (place: string, at: Location) =>
  usage("bad-registry", `registry \`${place}\` is more than a host`, at, {
    hint: `write \`${place.split("/", 1)[0]}\`: what is said counts for all of a registry`,
  });

export const otherNameOfHub = (host: string, at: Location) =>
  usage("bad-registry", `registry \`${host}\` is another name of Docker Hub`, at, {
    hint: "write `docker.io`",
  });

export const mirrorOfItself = (host: string, at: Location) =>
  usage("mirror-of-itself", `registry \`${host}\` is a mirror of itself`, at, {
    hint: "leave it out: the registry itself is asked last",
  });

export const mirrorRepeats = (mirror: string, at: Location) =>
  usage("mirror-repeats", `mirror \`${mirror}\` is here a second time`, at, {
    hint: "leave it out",
  });

// Pools

export const poolSize = (name: string, found: Node, at: Location) =>
  usage(
    "pool-size",
    `expected a whole number from 1 for pool \`${name}\`, found ${describeNode(found)}`,
    at,
  );

export const unusedPool = (name: string, at: Location, near: string | undefined) =>
  usage("unused-pool", `no rule is called \`${name}\`, and no target says \`pool: ${name}\``, at, {
    hint: didYouMean(near),
  });

export const unknownPool = (name: string, at: Location, near: string | undefined) =>
  usage("unknown-pool", `there is no pool \`${name}\``, at, {
    hint: near ? didYouMean(near) : `say how many may run at once: \`pools: { ${name}: 1 }\``,
  });
