import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { Commands } from "../../src/rules/commands/commands.ts";
import type { ProcessEnd } from "../../src/rules/commands/process-group.ts";
import { temporaryFolder } from "../support/folder.ts";
import { lifeLine } from "../support/life-line.ts";

const base = { PATH: process.env["PATH"] ?? "", ONE: "1", TWO: "2" };

let temporary: string;
let lines: string[];
let commands: Commands;
beforeEach(() => {
  temporary = `${temporaryFolder()}/tmp`;
  lines = [];
});
afterEach(() => commands.close());

/** The first command is started by a starter, or none ever is. */
const withStarters = () => new Commands({ temporary, environment: () => base }, 0);
const withoutStarters = () => new Commands({ temporary, environment: () => base }, 1e9);

interface Asked {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

const shell = (text: string, asked: Asked = {}): Promise<ProcessEnd> =>
  commands.run(
    {
      argv: ["sh", "-euc", text],
      folder: asked.folder ?? "/",
      environment: asked.environment ?? base,
      onLine(line) {
        lines.push(line);
        asked.onLine?.(line);
      },
    },
    // As in a build: commands that run at the same time are aborted each by its own attempt.
    asked.signal ?? new AbortController().signal,
  );

/** Who is dead and not yet fetched by its parent is no longer running. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const parentOf = (pid: number): number =>
  Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);

describe.each([
  ["tbuild itself", withoutStarters],
  ["a starter", withStarters],
])("started by %s", (_, make) => {
  beforeEach(() => {
    commands = make();
  });

  test("a command ends with its exit code, its output in whole lines", async () => {
    expect(await shell("printf 'a\\nb'; exit 3")).toEqual({ kind: "exited", code: 3 });
    expect(lines).toEqual(["a", "b"]);
  });

  test("exit codes that look like signals are exit codes", async () => {
    expect(await shell("exit 143")).toEqual({ kind: "exited", code: 143 });
    expect(await shell("exit 255")).toEqual({ kind: "exited", code: 255 });
  });

  test("a command that a signal ended says which", async () => {
    expect(await shell("kill -9 $$")).toEqual({ kind: "signalled", signal: "SIGKILL" });
    expect(await shell("kill -TERM $$")).toEqual({ kind: "signalled", signal: "SIGTERM" });
  });

  test("a command that ends its whole group is ended, and the next one runs", async () => {
    expect(await shell("kill -TERM 0; sleep 60")).toEqual({ kind: "signalled", signal: "SIGTERM" });
    expect(await shell("kill -9 0; sleep 60")).toEqual({ kind: "signalled", signal: "SIGKILL" });
    expect(await shell("echo there")).toEqual({ kind: "exited", code: 0 });
    expect(lines).toEqual(["there"]);
  });

  test("a command stops at the first failure and at a variable that is not set", async () => {
    expect(await shell("false; echo on")).toEqual({ kind: "exited", code: 1 });
    expect(await shell('echo "$NOT_SET"; echo on')).toEqual({ kind: "exited", code: 2 });
    expect(lines).toEqual(["sh: 1: NOT_SET: parameter not set"]);
  });

  test("no character of a script or a value is lost or read as something else", async () => {
    const value = `a 'b' "c" $ONE \`echo x\` \\ \t\n(ä)\n`;
    await shell(`printf '%s|' "$VALUE"\ncat <<'END'\n'it' $ONE\nEND\n`, {
      environment: { ...base, VALUE: value },
    });
    expect(lines.join("\n")).toBe(`${value}|'it' $ONE`);
  });

  test("a command sees the environment that it is given and nothing else", async () => {
    const { TWO, ...rest } = base;
    await shell("env -0 | tr '\\0' ';'", { environment: { ...rest, ONE: "one", THREE: "" } });
    const seen = lines
      .join("")
      .split(";")
      .filter((pair) => !/^(PATH|_|SHLVL)=|^$/.test(pair));
    expect(seen.sort()).toEqual(["ONE=one", "PWD=/", "THREE="]);
    expect(TWO).toBe("2");
  });

  test("what one command sets is not there in the next", async () => {
    await shell("export LEFT=1; cd /tmp; umask 077; set -x", {
      environment: { ...base, GIVEN: "1" },
    });
    lines = [];
    await shell('echo "${LEFT-none} ${GIVEN-none} $PWD"; ulimit -c >/dev/null; umask');
    expect(lines).toEqual(["none none /", process.umask().toString(8).padStart(4, "0")]);
  });

  test("a command starts in its folder, whatever that is called", async () => {
    const folder = `${temporary}/it's a "folder"`;
    mkdirSync(folder, { recursive: true });
    symlinkSync(folder, `${temporary}/link`);
    await shell("pwd; touch here", { folder });
    await shell("pwd", { folder: `${temporary}/link` });
    expect(lines).toEqual([folder, folder]);
    expect(readdirSync(folder)).toEqual(["here"]);
  });

  test("a command reads nothing", async () => {
    expect(await shell("cat; readlink /proc/self/fd/0")).toEqual({ kind: "exited", code: 0 });
    expect(lines).toEqual(["/dev/null"]);
  });

  test("much output arrives whole and in order", async () => {
    await shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    const all = Array.from({ length: 20_000 }, (_unused, index) => `line ${index}`);
    expect(lines.join("\n") === all.join("\n")).toBe(true);
  });

  test("a line is there when it is written, and not when the command ends", async () => {
    const folder = temporaryFolder();
    const onLine = () => mkdirSync(`${folder}/seen`);
    await shell("echo now; while [ ! -e seen ]; do sleep 0.01; done", { folder, onLine });
    expect(lines).toEqual(["now"]);
  });

  test("what a command leaves behind ends with it", async () => {
    const [silent, heard] = [lifeLine(), lifeLine()];
    await shell(`${silent.hold}; sleep 60 >/dev/null &`);
    await silent.gone;
    await shell(`${heard.hold}; sleep 60 &`);
    await heard.gone;
  });

  test("what left the group and holds the output open says nothing in the name of others", async () => {
    await shell(`setsid sh -c 'echo $$; exec sleep 60' & read -r x </dev/null || :; sleep 0.1`);
    const pid = Number(lines[0]);
    expect(isAlive(pid)).toBe(true);
    expect(await shell("echo next")).toEqual({ kind: "exited", code: 0 });
    expect(lines).toEqual([`${pid}`, "next"]);
    process.kill(pid, "SIGKILL");
  });

  test("a cancelled command is gone with its children, and the next one runs", async () => {
    const abort = new AbortController();
    const end = shell("sleep 60 & echo $!; wait", {
      signal: abort.signal,
      onLine: () => abort.abort(),
    });
    await expect(end).rejects.toMatchObject({ name: "AbortError" });
    expect(isAlive(Number(lines[0]))).toBe(false);
    expect(await shell("echo next")).toEqual({ kind: "exited", code: 0 });
  });

  test("a cancelled command that ignores the request is ended by force", async () => {
    const abort = new AbortController();
    const end = shell("trap '' TERM; echo $$; while :; do sleep 0.1; done", {
      signal: abort.signal,
      onLine: () => abort.abort(),
    });
    await expect(end).rejects.toMatchObject({ name: "AbortError" });
    expect(isAlive(Number(lines[0]))).toBe(false);
  });

  test("nothing starts once it is cancelled", async () => {
    await expect(shell("echo x", { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(lines).toEqual([]);
  });

  test("commands at the same time have their own output and exit codes", async () => {
    const codes = [0, 1, 2, 3, 4, 5];
    const outputs = codes.map((): string[] => []);
    const ends = await Promise.all(
      codes.map((code, index) =>
        shell(`echo ${code}; exit ${code}`, { onLine: (line) => outputs[index]?.push(line) }),
      ),
    );
    expect(ends).toEqual(codes.map((code) => ({ kind: "exited", code })));
    expect(outputs).toEqual(codes.map((code) => [`${code}`]));
  });

  test("nothing is left when they are closed", async () => {
    await Promise.all([shell("ps -o ppid= -p $$"), shell("echo x")]);
    await commands.close();
    for (const starter of starterPids()) expect(isAlive(starter)).toBe(false);
    expect(leftIn(temporary)).toEqual([]);
  });
});

const starterPids = (): number[] =>
  lines.map(Number).filter((pid) => pid > 0 && pid !== process.pid);

test("the first commands are started without a starter, the many that follow by the same one", async () => {
  commands = new Commands({ temporary, environment: () => base }, 2);
  for (let count = 0; count < 4; count++) {
    await shell("echo $$; while [ ! -e /proc/$$/stat ]; do :; done; cut -d' ' -f4 /proc/$$/stat");
  }
  const parents = lines.filter((_line, index) => index % 2 === 1).map(Number);
  expect(parents.slice(0, 2)).toEqual([process.pid, process.pid]);
  expect(parents[2]).toBe(parents[3]);
  expect(parentOf(parents[2] as number)).toBe(process.pid);
});

test("where there can be no named pipe, commands run without a starter", async () => {
  commands = new Commands({ temporary, environment: () => ({ ...base, PATH: "/nowhere" }) }, 0);
  expect(await shell("echo x")).toEqual({ kind: "exited", code: 0 });
  expect(lines).toEqual(["x"]);
});

test("a command whose starter lost its pipe fails with the system's own error", async () => {
  commands = withStarters();
  await shell("echo x");
  rmSync(temporary, { recursive: true });
  await expect(shell("echo y")).rejects.toMatchObject({ code: "ENOENT" });
});

const leftIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
