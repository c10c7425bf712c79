// Readers of a live stream in a process of their own, so that what they read holds up nobody who measures.
import { followers } from "./serve-requests.js";

process.once("message", async ({ asked, count }) => {
  const { leave, told } = await followers(asked, count);
  process.send("reading");
  process.once("message", () => {
    process.send(told());
    leave();
    process.disconnect();
  });
});
