export { assertExplainsEveryByte } from "./explained.ts";
export { byteByByte, type LineBehavior, lost, type MemoryLine, outcomeOf, whole } from "./memory-line.ts";
export { assertSurvivesCuttingAndMutation, type MutationOptions, mutate } from "./mutation.ts";
export { Random } from "./random.ts";
export { type ExamplePort, freePort, Readme } from "./readme.ts";
