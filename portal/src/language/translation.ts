import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { type LanguageCode, preferredLanguage, rememberLanguage } from "./languages.ts";
import english from "./locales/en.json";

/** English is in the first chunk because it is the fallback; the others are fetched when they are chosen. */
type Texts = Promise<{ default: object }>;
const resources: Record<Exclude<LanguageCode, "en">, () => readonly [portal: Texts, causes: Texts]> = {
  de: () => [import("./locales/de.json"), import("./locales/causes/de.json")],
  sv: () => [import("./locales/sv.json"), import("./locales/causes/sv.json")],
  fi: () => [import("./locales/fi.json"), import("./locales/causes/fi.json")],
};

/** Starts the translation in the reader's language; resolves when its texts are there. */
export async function startTranslation(): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: english } },
    lng: "en",
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React escapes
  });
  i18next.on("languageChanged", (code) => {
    document.documentElement.lang = code;
  });
  await chooseLanguage(preferredLanguage(localStorage, navigator.languages));
  return i18next;
}

/** Changes the language of the whole page and remembers it in this browser. */
export async function chooseLanguage(code: LanguageCode, remember = false): Promise<void> {
  if (code !== "en" && !i18next.hasResourceBundle(code, "translation")) {
    const [portal, causes] = await Promise.all(resources[code]());
    i18next.addResourceBundle(code, "translation", portal.default);
    i18next.addResourceBundle(code, "causes", causes.default);
  }
  await i18next.changeLanguage(code);
  if (remember) rememberLanguage(localStorage, code);
}
