import { openRelationalStore } from "../../stores/relational/relational-store.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { migratedPgliteTemplate } from "../../stores/testing/pglite-template.ts";
import { type RelationalForm, relationalForms } from "../../stores/testing/relational-stores.ts";

/** Every form of the relational store that is at hand; the embedded one has its tables already, and needs no seconds for them. */
export function migratedForms(): RelationalForm[] {
  return relationalForms().map((form) => (form.name === "PGlite" ? { ...form, open: openMigrated } : form));
}

async function openMigrated() {
  const store = await openRelationalStore({ template: await migratedPgliteTemplate() });
  cleanUpAfterTests(() => store.close());
  return store;
}
