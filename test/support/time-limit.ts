/** Against hanging: on a busy machine a test takes many times as long, and that is no failure. */
import { jest } from "@jest/globals";

jest.setTimeout(10 * 60_000);
