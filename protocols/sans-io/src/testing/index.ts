export { assertExplainsEveryByte } from "./explained.ts";
export { assertSurvivesCuttingAndMutation, type MutationOptions, mutate } from "./mutation.ts";
export { Random } from "./random.ts";
