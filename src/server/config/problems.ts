/** The wording of what is wrong with the server's configuration beyond the shape of its values. */
import { usage } from "../../config/problems/problem-words.ts";
import type { Diagnostic, Location } from "../../model/diagnostic.ts";

export const plainSecret = (what: string, at: Location): Diagnostic =>
  usage("plain-secret", `${what} stands here in plain text`, at, {
    hint: "write `{ env: NAME }` or `{ file: PATH }`, and change the secret: others may have read it",
  });

export const credentialsInUrl = (what: string, at: Location): Diagnostic =>
  usage("plain-secret", `${what} has a password in plain text`, at, {
    hint: "leave it out and let git find it: a credential helper, `~/.netrc` or an SSH key of the server's user",
  });

export const noUrl = (what: string, found: string, wanted: string, at: Location): Diagnostic =>
  usage("bad-url", `\`${found}\` for ${what} is no ${wanted}`, at);

export const badListen = (found: string, at: Location): Diagnostic =>
  usage("bad-listen", `\`${found}\` is no address to listen on`, at, {
    hint: "write HOST:PORT, such as `127.0.0.1:8095`",
  });

export const openToTheNetwork = (host: string, at: Location): Diagnostic =>
  usage(
    "open-to-the-network",
    `\`${host}\` can be reached by others, and there are no tokens`,
    at,
    {
      hint: "listen on `127.0.0.1`, or make a token with `tbuild serve --new-token NAME --scope read`",
    },
  );

export const badCron = (found: string, why: string, at: Location): Diagnostic =>
  usage("bad-cron", `\`${found}\` is no schedule: ${why}`, at, {
    hint: "write minute, hour, day, month and day of the week: `0 3 * * 1-5`",
  });

export const badProxy = (found: string, at: Location): Diagnostic =>
  usage("bad-proxy", `\`${found}\` is no address of a proxy`, at, {
    hint: "write an IP address, as the server sees it: `127.0.0.1`",
  });

export const badHash = (at: Location): Diagnostic =>
  usage("bad-hash", "this is no hash of a token", at, {
    hint: "`tbuild serve --new-token NAME --scope read` prints a token and its line",
  });

export const plainToken = (at: Location): Diagnostic =>
  usage("plain-secret", "a token stands here in plain text", at, {
    hint: "put its hash here; others may have read it, so make another one with `tbuild serve --new-token NAME --scope read`",
  });

export const twoTokens = (name: string, at: Location): Diagnostic =>
  usage("two-tokens", `there are two tokens \`${name}\``, at, { hint: "choose another name" });

export const badBranch = (found: string, at: Location): Diagnostic =>
  usage("bad-branch", `\`${found}\` is no branch and no pattern of branches`, at, {
    hint: "write names such as `main` or `release/*`",
  });

export const badTarget = (found: string, at: Location): Diagnostic =>
  usage("bad-target", `\`${found}\` is no name of a target`, at);

export const ownOption = (name: string, at?: Location): Diagnostic =>
  usage("own-option", `\`${name}\` is an option of tbuild and no parameter`, at);

export const badParameter = (name: string, at?: Location): Diagnostic =>
  usage("bad-parameter", `\`${name}\` is no name of a parameter`, at);

export const noPullRequests = (at: Location): Diagnostic =>
  usage("pull-requests", "pull requests are not built", at, {
    hint: "whoever opens one could run commands on this machine; leave the key out",
  });

export const tooOften = (what: string, least: string, at: Location): Diagnostic =>
  usage("too-often", `${what} is less than ${least}`, at, { hint: "wait longer" });

export const serversOwn = (name: string, at: Location): Diagnostic =>
  usage("servers-own", `\`${name}\` cannot be given to runs`, at, {
    hint: "runs have it already, or it would change how tbuild and git work",
  });

export const nobodyToFollow = (name: string, at: Location, near: string | undefined): Diagnostic =>
  usage("unknown-repository", `there is no repository \`${name}\` to follow`, at, {
    hint: near === undefined ? "name one of `repositories`" : `did you mean \`${near}\`?`,
  });

export const followsItself = (names: readonly string[], at: Location): Diagnostic =>
  usage("follows-itself", `repositories follow each other: ${names.join(" -> ")}`, at, {
    hint: "runs would start each other for ever; take one of them out",
  });

export const onlyPatterns = (name: string, at: Location): Diagnostic =>
  usage("only-patterns", `repository \`${name}\` has no branch by name`, at, {
    hint: 'put the branch that is meant into its `branches`: `[main, "release/*"]`',
  });

export const nothingScheduled = (name: string, at: Location): Diagnostic =>
  usage("nothing-scheduled", `a schedule of repository \`${name}\` has nothing to make`, at, {
    hint: "give it `targets`, since the repository has none",
  });
