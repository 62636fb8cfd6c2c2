/** Requests of every kind, over one scene: what is printed, what departs from it, and what nobody foresaw. */
import { before, describe } from "node:test";
import { hostileRequestTests } from "./testing/hostile-request-tests.ts";
import { type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";
import { printedExampleTests } from "./testing/printed-example-tests.ts";
import { tolerantInTests } from "./testing/tolerant-in-tests.ts";

describe("requests", () => {
  let scene: MdcScene;
  before(async () => {
    scene = await openMdcScene();
  });
  printedExampleTests(() => scene);
  tolerantInTests(() => scene);
  hostileRequestTests(() => scene);
});
