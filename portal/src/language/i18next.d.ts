import type english from "./locales/en.json";

/** Makes `t("…")` accept the keys of en.json only. */
declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof english };
  }
}
