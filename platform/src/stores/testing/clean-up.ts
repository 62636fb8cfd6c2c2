import { after } from "node:test";

const steps: (() => unknown)[] = [];

/**
 * Runs `step` after every test of this file, last registered first. Unlike `after`, it may be called anywhere: in a
 * test, in a hook, or at the top of the file.
 */
export function cleanUpAfterTests(step: () => unknown): void {
  steps.push(step);
}

// The hook of the file itself: this module is loaded outside any test.
after(async () => {
  for (let step = steps.pop(); step; step = steps.pop()) await step();
});
