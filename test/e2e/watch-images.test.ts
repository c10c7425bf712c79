/**
 * `tbuild watch` over images: contexts and Dockerfiles are watched, and a build in the engine is ended for an edit.
 *
 * @newer-engine: files are watched, not the engine.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { writeFiles } from "../support/folder.ts";
import { says, untilProcesses } from "./running.ts";
import { fileInImage, forever, onBase, tag, workspace } from "./small-workspace.ts";
import { Watching } from "./watching.ts";

test("an edit of a context, of an overlay or of a Dockerfile makes the images on it again", async () => {
  const folder = workspace(
    `targets:
  root: { image: [common, root], tags: [${tag("root")}] }
  leaf: { image: leaf, tags: [${tag("leaf")}] }`,
    {
      "common/Dockerfile": onBase("COPY . /data"),
      "root/page": "one",
      "leaf/Dockerfile": `FROM ${tag("root")}\nRUN cp /data/page /copy\n`,
    },
  );
  const watch = new Watching(folder, ["leaf"]);
  expect(await watch.rests()).toMatchObject({ ran: ["root", "leaf"], messages: [] });

  writeFiles(folder, { "root/page": "two" });
  expect(await watch.rests()).toMatchObject({ changed: ["root/page"], ran: ["root", "leaf"] });
  expect(await fileInImage(tag("leaf"), "/copy")).toBe("two");

  writeFiles(folder, { "leaf/Dockerfile": `FROM ${tag("root")}\nRUN echo three >/copy\n` });
  expect(await watch.rests()).toMatchObject({ changed: ["leaf/Dockerfile"], ran: ["leaf"] });
  expect(await fileInImage(tag("leaf"), "/copy")).toBe("three");

  rmSync(path.join(folder, "leaf/Dockerfile"));
  const broken = await watch.rests();
  expect(broken).toMatchObject({ ran: [], messages: ["no `Dockerfile` in `leaf`"] });
  writeFiles(folder, { "leaf/Dockerfile": `FROM ${tag("root")}\nRUN echo four >/copy\n` });
  expect(await watch.rests()).toMatchObject({ ran: ["leaf"], messages: [] });
  expect(await watch.end()).toMatchObject({ exitCode: 0 });
});

test("an edit during the build of an image ends the step in the engine", async () => {
  const folder = workspace(`targets:\n  web: { image: web, tags: [${tag("edited")}] }`, {
    "web/Dockerfile": onBase(`RUN echo begun && ${forever("edited")}`),
  });
  const watch = new Watching(folder, ["web"]);
  await watch.running.until(says("begun"));
  await untilProcesses(forever("edited"), 1);

  writeFiles(folder, { "web/Dockerfile": onBase("RUN echo whole >/state") });

  expect(await watch.rests()).toMatchObject({ stoppedFor: ["web/Dockerfile"], builds: 2 });
  await untilProcesses(forever("edited"), 0);
  expect(await fileInImage(tag("edited"), "/state")).toBe("whole");
});
