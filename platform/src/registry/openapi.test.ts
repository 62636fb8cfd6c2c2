import { registryOperations } from "../http/testing/contract-operations.ts";
import { testOpenApi } from "../http/testing/openapi-tests.ts";
import { openRegistryFixture } from "./testing/registry-fixture.ts";

testOpenApi(async () => (await openRegistryFixture()).app, registryOperations);
