// Loaded by Node before a server (`--import`): tells how late its event loop came to what was due, and its memory.
import { monitorEventLoopDelay } from "node:perf_hooks";

/** Milliseconds between two looks; on time is that late. */
const every = 1;

const delay = monitorEventLoopDelay({ resolution: every });
delay.enable();
let before = process.cpuUsage();

process.on("message", (wanted) => {
  if (wanted === "begin") {
    delay.reset();
    before = process.cpuUsage();
    return;
  }
  const late = (nanoseconds) => Math.max(0, nanoseconds / 1e9 - every / 1000);
  const { user, system } = process.cpuUsage(before);
  process.send({
    late: { 50: late(delay.percentile(50)), 99: late(delay.percentile(99)), 100: late(delay.max) },
    cpu: (user + system) / 1e6,
    memory: process.memoryUsage.rss(),
  });
});
// It ends when its server does.
process.channel.unref();
