/** Chromium without a window, as Debian packages it, and what tests do in it again and again. */
import axe from "axe-core";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

let browser: Browser | undefined;

/** A page of its own, with nothing remembered from others. */
export async function openPage(): Promise<Page> {
  browser ??= await puppeteer.launch({
    executablePath: process.env["TBUILD_TEST_CHROMIUM"] ?? "/usr/bin/chromium",
    // Tests run as root in containers, where its sandbox cannot.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  return page;
}

afterAll(async () => {
  await browser?.close();
  browser = undefined;
});

/** Until the page shows a text. */
export const shows = async (page: Page, text: string): Promise<void> => {
  const isShown = (wanted: string) => document.body.innerText.includes(wanted);
  try {
    await page.waitForFunction(isShown, { timeout: 10_000 }, text);
  } catch {
    const shown = await page.evaluate(() => document.body.innerText);
    throw new Error(`the page does not show ${JSON.stringify(text)} but\n${shown.slice(0, 3000)}`);
  }
};

export const hides = async (page: Page, text: string): Promise<void> => {
  const isGone = (wanted: string) => !document.body.innerText.includes(wanted);
  await page.waitForFunction(isGone, { timeout: 10_000 }, text);
};

/** Text of each element that fits. */
export const texts = (page: Page, selector: string): Promise<readonly string[]> =>
  page.$$eval(selector, (found) =>
    found.map((each) => ((each as HTMLElement).innerText ?? each.textContent).trim()),
  );

/** Accessibility faults that axe finds and calls serious or worse, each with where it is. */
export async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: what the script of axe leaves in the page
    const { violations } = await (globalThis as any).axe.run(document);
    const found: string[] = [];
    for (const { id, impact, nodes } of violations) {
      if (impact !== "serious" && impact !== "critical") continue;
      for (const { target, failureSummary } of nodes)
        found.push(`${id} at ${target}: ${failureSummary}`);
    }
    return found;
  });
}
