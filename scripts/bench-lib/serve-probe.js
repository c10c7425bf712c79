// Loaded by Node before a server (`--import`): tells how late its event loop came to what was due, how much of that
// was its own work and how much it waited for a processor, and its memory.
import { openSync, readSync } from "node:fs";
import { createHistogram } from "node:perf_hooks";

/** Milliseconds between two looks. */
const every = 1;

/** Of the main thread: nanoseconds on a processor, and waiting for one. */
const stat = openSync("/proc/self/schedstat", "r");
const text = Buffer.alloc(100);
const times = () =>
  text
    .toString("latin1", 0, readSync(stat, text, 0, 100, 0))
    .split(" ")
    .map(Number);

const late = createHistogram();
const own = createHistogram();
let last = { at: process.hrtime.bigint(), worked: times()[0] };
let waited = 0;

setInterval(() => {
  const at = process.hrtime.bigint();
  const [worked] = times();
  late.record(Math.max(1, Number(at - last.at) - every * 1e6));
  own.record(Math.max(1, worked - last.worked));
  last = { at, worked };
}, every).unref();

process.on("message", (wanted) => {
  if (wanted === "begin") {
    late.reset();
    own.reset();
    [, waited] = times();
    return;
  }
  const [, now] = times();
  const figures = (found) => [found.percentile(99) / 1e9, found.max / 1e9];
  process.send({
    late: figures(late),
    own: figures(own),
    waited: (now - waited) / 1e9,
    memory: process.memoryUsage.rss(),
  });
});
// It ends when its server does.
process.channel.unref();
