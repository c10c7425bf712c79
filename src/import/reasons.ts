/** Why keys and options of build tools have no counterpart, in one wording for all formats. */

const reasons: readonly (readonly [names: readonly string[], why: string])[] = [
  [["platforms", "platform"], "tbuild builds for the platform of the engine"],
  [
    ["cache-from", "cache_from", "cache-to", "cache_to"],
    "the engine keeps its own build cache, and `cache` of the target file shares what was made",
  ],
  [
    ["no-cache", "no_cache", "no-cache-filter", "no_cache_filter"],
    "tbuild knows what changed; `--force` builds again",
  ],
  [["pull"], "tbuild builds with the images that the engine has, and pulls those that it lacks"],
  [
    ["output", "outputs", "load", "iidfile", "metadata-file"],
    "images stay in the engine; rules `save` and `push` take them out",
  ],
  [["push"], "rule `push` sends images to a registry"],
  [
    ["attest", "provenance", "sbom", "annotations", "annotation", "call", "check"],
    "tbuild writes none",
  ],
  [["ssh"], "builds have no SSH agent; fetch sources with rule `git`"],
  [
    ["entitlements", "allow", "privileged", "security_opt", "isolation"],
    "builds have no more rights than those of the engine",
  ],
  [
    [
      "shm-size",
      "shm_size",
      "ulimits",
      "ulimit",
      "memory",
      "cpu-quota",
      "cpuset-cpus",
      "cgroup-parent",
    ],
    "builds have the limits of the engine",
  ],
  [
    ["extra-hosts", "extra_hosts", "add-host"],
    "the steps of a build know the hosts of the engine, and services by `with`",
  ],
  [["builder"], "builds go to the engine that `DOCKER_HOST` names"],
];

const byName = new Map(
  reasons.flatMap(([names, why]) => names.map((name) => [name, why] as const)),
);

/** Undefined for what is not known to be without a counterpart. */
export const reasonFor = (name: string): string | undefined => byName.get(name);

export const unknownKey = "tbuild does not know it";
