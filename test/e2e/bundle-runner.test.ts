/**
 * The runner image of bundles: its commands, their exit codes and signals, its mounts, and what it refuses.
 * @one-engine: folders of this machine are mounted, and the newer engine has a root file system of its own.
 */
import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import {
  address,
  appFolder,
  at,
  bundlePantry,
  image,
  inBundle,
  logs,
  serve,
  start,
  stop,
  untilLog,
} from "./bundle.ts";
import { checkout, docker } from "./tbuild.ts";

const settings = { "settings.ini": "[pantry]\ndatabase = /config/pantry.sqlite3\n" };
const offer = "services: `broken`, `plain`, `shop`\nprograms of `pantry-shop`: `pantry-report`";
const commands = `commands:
  si-service SERVICE             serve a web service on port 8080
  cron                           run the jobs of the crontab
  shell                          bash
  pyscript SCRIPT [PARAMS]       a Python script of /scripts
  django-admin COMMAND [PARAMS]  a management command of Django
  PROGRAM [PARAMS]               anything else, as it is`;

const crontab = `# jobs of the suite
* * * * * pyscript tick.py && echo ticked
* * * * * cronwrapper --name here --environment test,staging -- echo in this one
* * * * * cronwrapper --name elsewhere --environment production -- echo not in this one
* * * * * cronwrapper --name long -- sh -c 'echo started; exec sleep 3600'
* * * * * cronwrapper --name again --kill-previous -- sh -c 'echo started; exec sleep 3600'
`;
const tick = `import os
with open("/scripts/ticks", "a") as file:
    print(os.environ["GREETING"], os.environ["DJANGO_SETTINGS_MODULE"], os.geteuid(), file=file)
`;
const scripts = appFolder({ "tick.py": tick });
let clock = "";

beforeAll(async () => {
  await bundlePantry();
  // Its second minute comes while the other tests run.
  clock = await start(
    ["cron"],
    [
      ...at(appFolder({ crontab }), "/config"),
      ...at(scripts, "/scripts"),
      ...["--env", "GREETING=good  'morning'", "--env", "BUNDLE_ENVIRONMENT=test"],
    ],
  );
});

test("a page of Django comes through nginx, from the database that a management command made and a script reads", async () => {
  const config = at(appFolder(settings), "/config");
  const folder = appFolder({
    "names.py": `import sys, django
django.setup()
from pantry.models import Jar
print(*Jar.objects.values_list("name", flat=True))
sys.exit(len(sys.argv))
`,
  });
  const migrated = await inBundle(["django-admin", "migrate", "--verbosity", "0"], config);
  expect(migrated).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  expect(await inBundle(["django-admin", "store", "plums"], config)).toMatchObject({
    exitCode: 0,
    stdout: "stored plums",
  });

  const name = await serve("shop", config);
  const page = await fetch(await address(name, 8080));

  expect(await page.text()).toBe("<h1>Pantry</h1><p>plums</p>");
  const queried = await inBundle(
    ["pyscript", "names.py", "a", "b"],
    [...config, ...at(folder, "/scripts")],
  );
  expect(queried).toEqual({ exitCode: 3, stdout: "plums", stderr: "" });
  expect(await logs(name)).toMatch(/"GET \/ HTTP\/1\.1" 200 /);
});

test("the exit code is that of the command, whatever the command", async () => {
  const config = at(appFolder(settings), "/config");
  const folder = at(appFolder({ "fail.py": "import sys; sys.exit(11)" }), "/scripts");
  const codes = await Promise.all([
    inBundle(["pyscript", "fail.py"], folder),
    inBundle(["django-admin", "store", "snakes"], config),
    inBundle(["shell", "-c", "exit 13"]),
    inBundle(["sh", "-c", "exit 17"]),
    inBundle(["sh", "-c", "kill -KILL $$"]),
    inBundle(["pantry-report", "a  b"]),
  ]);

  expect(codes.map(({ exitCode }) => exitCode)).toEqual([11, 9, 13, 17, 137, 7]);
  expect(codes.at(-1)?.stdout).toBe("report a  b /run/bundle/settings.ini");
});

test("what runs is told where its settings are, and what the caller says counts", async () => {
  const show = ["sh", "-c", 'echo "$DJANGO_SETTINGS_MODULE $PANTRY_SHOP_CONFIG"'];

  expect((await inBundle(show)).stdout).toBe("pantry.settings /run/bundle/settings.ini");
  expect((await inBundle(show, at(appFolder(settings), "/config"))).stdout).toBe(
    "pantry.settings /config/settings.ini",
  );
  expect((await inBundle(show, ["--env", "DJANGO_SETTINGS_MODULE=other"])).stdout).toBe(
    "other /run/bundle/settings.ini",
  );
});

test("nothing of a service runs as root, and all of it ends within two seconds, its last request answered", async () => {
  const name = await serve("plain");
  const service = await address(name, 8080);
  const state = await address(name, 8081);
  const users = (await docker("top", name, "-eo", "uid,pid,args")).split("\n").slice(1);
  expect(users.length).toBeGreaterThan(5);
  expect(users.filter((line) => !/^\s*1000 /.test(line))).toEqual([]);
  const slow = fetch(`${service}/slow/600`).then((answer) => answer.text());
  await untilBusy(state);

  const { exitCode, milliseconds } = await stop(name);

  expect(await slow).toBe("plain /slow/600 as 1000\n");
  expect(exitCode).toBe(0);
  expect(milliseconds).toBeLessThan(2000);
});

/** Waits until a worker has a request. */
async function untilBusy(state: string): Promise<void> {
  for (;;) {
    const { workers } = (await (await fetch(state)).json()) as { workers: { status: string }[] };
    if (workers.some(({ status }) => status === "busy")) return;
    await wait(20);
  }
}

test("a request that takes longer than there is does not hold up the end", async () => {
  const name = await serve("plain");
  const slow = fetch(`${await address(name, 8080)}/slow/60000`).catch(() => "broken off");
  await untilBusy(await address(name, 8081));

  const { milliseconds } = await stop(name);

  expect(milliseconds).toBeLessThan(2000);
  await slow;
});

test("a service goes on, and ends well, where a program ended just as it was written to", async () => {
  const name = await serve("plain");
  const keeper = "cat /proc/1/task/1/children";

  await docker("exec", name, "sh", "-c", `kill -PIPE $(${keeper})`);

  const page = await fetch(`${await address(name, 8080)}/on`);
  expect(await page.text()).toBe("plain /on as 1000\n");
  expect((await stop(name)).exitCode).toBe(0);
});

test("uWSGI that was killed is started again", async () => {
  const name = await serve("plain");
  const first = await masterOf(name);

  await docker("exec", name, "sh", "-c", `kill -KILL ${first}`);

  while ([undefined, first].includes(await masterOf(name))) await wait(100);
  const page = await fetch(`${await address(name, 8080)}/again`);
  expect(await page.text()).toBe("plain /again as 1000\n");
});

/** Number of uWSGI's master in the container, while its state can be read. */
async function masterOf(name: string): Promise<number | undefined> {
  const answer = await fetch(await address(name, 8081));
  return answer.ok ? ((await answer.json()) as { pid: number }).pid : undefined;
}

test("a signal reaches the command itself, and the dead are fetched", async () => {
  const trap =
    "trap 'echo heard; exit 5' TERM; echo ready; while :; do read -r _ </dev/null || :; done";
  const name = await start(["sh", "-c", trap]);
  await untilLog(name, /^ready$/m);

  expect((await stop(name)).exitCode).toBe(5);
  expect(await logs(name)).toBe("ready\nheard");

  const orphan = `import os, subprocess
number = subprocess.check_output(["sh", "-c", "true & echo $!"], text=True).strip()
while os.path.exists(f"/proc/{number}"):
    pass
print("gone")
`;
  const folder = at(appFolder({ "orphan.py": orphan }), "/scripts");
  expect((await inBundle(["pyscript", "orphan.py"], folder)).stdout).toBe("gone");
});

test("what is sent to /dev/log comes out, to the last line", async () => {
  const send = "for i in 1 2 3; do logger --tag shelf --priority user.warning line $i; done";

  expect((await inBundle(["sh", "-c", send])).stdout).toBe(
    "warning shelf: line 1\nwarning shelf: line 2\nwarning shelf: line 3",
  );
});

test("a file of /config wins over the image's own", async () => {
  const uwsgi = `[uwsgi]
master = true
module = pantry.plain:application
home = /opt/app
socket = /run/bundle/uwsgi.sock
stats = /run/bundle/stats.sock
stats-http = true
workers = 5
`;
  const name = await serve("shop", at(appFolder({ "uwsgi.ini": uwsgi }), "/config"));

  const state = await fetch(await address(name, 8081));

  expect(((await state.json()) as { workers: unknown[] }).workers).toHaveLength(5);
  expect(await (await fetch(`${await address(name, 8080)}/jam`)).text()).toBe(
    "plain /jam as 1000\n",
  );
});

test("a service that cannot start ends the container, with its own words", async () => {
  const { exitCode, stdout, stderr } = await inBundle(["si-service", "broken"]);

  expect(exitCode).toBe(1);
  expect(stdout).toContain("RuntimeError: the shelf fell down");
  expect(stderr).toContain(
    "error: `uwsgi` of the service `broken` does not start\nhint: its own words are above",
  );
});

test.each([
  { words: [], code: 2, says: "no command is given", hint: `${commands}\n${offer}` },
  {
    words: ["si-service", "cellar"],
    code: 2,
    says: "`pantry-shop` has no service `cellar`",
    hint: "it offers `broken`, `plain`, `shop`",
  },
  {
    words: ["si-service"],
    code: 2,
    says: "`si-service` takes the name of one service",
    hint: offer,
  },
  {
    words: ["pyscript", "absent.py"],
    code: 2,
    says: "no script `absent.py` in `/scripts`",
    hint: "nothing is there: mount a folder with scripts at `/scripts`",
  },
  {
    words: ["shelve"],
    code: 127,
    says: "no command `shelve`",
    hint: `${commands}\n${offer}`,
  },
])("$words is refused, with the next action", async ({ words, code, says, hint }) => {
  expect(await inBundle(words)).toEqual({
    exitCode: code,
    stdout: "",
    stderr: `error: ${says}\nhint: ${hint}`,
  });
});

test("a script that is missing is told with those that are there", async () => {
  const folder = at(appFolder({ "b.py": "", "a.py": "", "notes.txt": "" }), "/scripts");

  expect((await inBundle(["pyscript", "absent.py"], folder)).stderr).toBe(
    "error: no script `absent.py` in `/scripts`\nhint: there are `a.py`, `b.py`",
  );
});

test("a /config that cannot be read stops every command, cron too", async () => {
  const folder = appFolder({ crontab: "@daily true\n", "settings.ini": "" });
  chmodSync(path.join(folder, "settings.ini"), 0o600);
  const closed = appFolder({});
  chmodSync(closed, 0o300);
  const hint = "hint: let that user read it, or start the container with `--user` of who may";

  expect(await inBundle(["cron"], at(folder, "/config"))).toEqual({
    exitCode: 3,
    stdout: "",
    stderr: `error: \`/config/settings.ini\` cannot be read by user \`app\` (1000): permission denied\n${hint}`,
  });
  expect(await inBundle(["shell"], at(closed, "/config"))).toEqual({
    exitCode: 3,
    stdout: "",
    stderr: `error: \`/config\` cannot be read by user \`app\` (1000): permission denied\n${hint}`,
  });
});

test("cron runs its jobs each minute as the user, one at a time, where they are meant to", async () => {
  const second = [
    /(info job-\d+: ticked[\s\S]*){2}/,
    /left out/,
    /(info again: started[\s\S]*){2}/,
  ];
  let told = "";
  for (const pattern of second) told = await untilLog(clock, pattern);
  const ticks = readFileSync(path.join(scripts, "ticks"), "utf8");
  expect(ticks).toMatch(/^(good {2}'morning' pantry\.settings 1000\n){2,}$/);
  expect(told).toContain("info here: in this one\n");
  expect(told).not.toContain("elsewhere");
  expect(told.match(/^info long: started$/gm)).toHaveLength(1);
  expect(told).toMatch(/^notice long: left out: the previous run, process \d+, still goes on$/m);
  expect(told).toMatch(/^notice again: the previous run, process \d+, is ended$/m);
  expect((await stop(clock)).milliseconds).toBeLessThan(2000);
  // It may be the first test, and has two minutes to see then.
});

test("a job that writes to stderr has failed, though it says otherwise", async () => {
  const job = ["cronwrapper", "--name", "jam", "--", "sh", "-c"];

  expect(await inBundle([...job, "echo fine; echo odd >&2"])).toMatchObject({ exitCode: 1 });
  const { stdout, exitCode } = await inBundle([...job, "exit 6"]);
  expect({ stdout, exitCode }).toEqual({ stdout: "err jam: failed: exit code 6", exitCode: 6 });
});

test("a crontab that cannot be read is told with its line", async () => {
  const folder = at(appFolder({ crontab: "# jobs\nA=b\n* * * echo\n" }), "/config");

  expect(await inBundle(["cron"], folder)).toEqual({
    exitCode: 3,
    stdout: "",
    stderr:
      "error: /config/crontab:3: not a line of a crontab: `* * * echo`\n" +
      "hint: MINUTE HOUR DAY MONTH WEEKDAY COMMAND, or @daily COMMAND",
  });
});

test("cron is refused to who is not root, and everything else is not", async () => {
  const user = ["--user", "4321:4321"];

  expect((await inBundle(["cron"], user)).stderr).toBe(
    "error: `cron` cannot be run by user 4321\n" +
      "hint: start it without `--user`: cron gives root up for its jobs itself",
  );
  expect((await inBundle(["sh", "-c", "id -u"], user)).stdout).toBe("4321");
  const name = await serve("plain", user);
  expect(await (await fetch(`${await address(name, 8080)}/x`)).text()).toBe("plain /x as 4321\n");
});

test("the programs of the image hold what their own tests say", async () => {
  const folder = path.join(checkout, "test/e2e/runner");
  const { exitCode, all } = await execa(
    "docker",
    [
      "run",
      "--rm",
      ...at(folder, "/tests:ro"),
      image,
      "python",
      "-m",
      "unittest",
      "discover",
      "/tests",
    ],
    { reject: false, all: true },
  );

  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
});
