/** Carries out one command line: reads the request, hands it to its command, and returns the exit code. */
import { logOf, readRequest } from "./read-request.ts";
import type { Request } from "./request.ts";
import { showProblems } from "./show-problems.ts";
import type { Surroundings } from "./surroundings.ts";

/** @returns the exit code: 0 fresh or built, 1 a target failed, 2 usage, 3 surroundings, 130 interrupted */
export async function runCommand(argv: readonly string[], place: Surroundings): Promise<number> {
  const request = readRequest(argv, place);
  if (request.ok) return runRequest(request.value, place);
  return showProblems({ problems: request.problems, root: place.cwd, log: logOf(argv) }, place);
}

/** Only the code of the command that is asked for is loaded. */
async function runRequest(request: Request, place: Surroundings): Promise<number> {
  switch (request.kind) {
    case "build":
      return (await import("./commands/build.ts")).runBuild(request, place);
    case "explain":
      return (await import("./commands/explain.ts")).runExplain(request, place);
    case "graph":
      return (await import("./commands/graph.ts")).runGraph(request, place);
    case "inventory":
      return (await import("./commands/inventory.ts")).runInventory(request, place);
    case "tag":
      return (await import("./commands/tag.ts")).runTag(request, place);
    case "tags":
      return (await import("./commands/tags.ts")).runTags(request, place);
    case "update":
      return (await import("./commands/update.ts")).runUpdate(request, place);
    case "watch":
      return (await import("./commands/watch.ts")).runWatch(request, place);
    case "why":
      return (await import("./commands/why.ts")).runWhy(request, place);
    case "list":
      return (await import("./commands/list.ts")).runList(request.common, place);
    case "state":
      return (await import("./commands/state.ts")).runState(request.common, place);
    case "purge":
      return (await import("./commands/purge.ts")).runPurge(request, place);
    case "init":
      return (await import("./commands/init.ts")).runInit(request, place);
    case "import":
      return (await import("./commands/init.ts")).runImport(request, place);
    case "serve":
      return (await import("./commands/serve.ts")).runServe(request, place);
    case "load":
      return (await import("./commands/load.ts")).runLoad(request, place);
    case "help":
      return (await import("./commands/help.ts")).runHelp(request, place);
    case "completion":
      return (await import("./commands/completion.ts")).runCompletion(request.shell, place);
    case "complete":
      return (await import("./commands/complete.ts")).runComplete(request.words, place);
    case "version":
      place.out.write(`${place.version()}\n`);
      return 0;
  }
}
