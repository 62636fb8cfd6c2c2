/** Answers and requests of a length that nobody should hold in memory, over one scene whose meters are not called. */
import { before, describe } from "node:test";
import { longAnswerTests } from "./testing/long-answer-tests.ts";
import { manyDeviceTests } from "./testing/many-device-tests.ts";
import { type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";

describe("large exchanges", () => {
  let scene: MdcScene;
  before(async () => {
    scene = await openMdcScene({ calls: false, onDemandWait: 1 });
  });
  longAnswerTests(() => scene);
  manyDeviceTests(() => scene);
});
