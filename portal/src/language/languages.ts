/** The languages of the portal. A new one is one entry here and one file in `locales/` (see portal/README.md). */
export const languages = [
  { code: "en", name: "English", fallbackLocale: "en-GB" },
  { code: "de", name: "Deutsch", fallbackLocale: "de-DE" },
  { code: "sv", name: "Svenska", fallbackLocale: "sv-SE" },
  { code: "fi", name: "Suomi", fallbackLocale: "fi-FI" },
] as const;

export type LanguageCode = (typeof languages)[number]["code"];

const storageKey = "anymeter-language";

/** The language chosen before, else the first of the browser's that the portal has, else English. */
export function preferredLanguage(storage: Storage, browserLocales: readonly string[]): LanguageCode {
  const wanted = [storage.getItem(storageKey) ?? "", ...browserLocales].map((locale) =>
    locale.slice(0, 2).toLowerCase(),
  );
  return wanted.map((code) => languages.find((language) => language.code === code)).find(Boolean)?.code ?? "en";
}

export function rememberLanguage(storage: Storage, code: LanguageCode): void {
  storage.setItem(storageKey, code);
}

/** The locale for numbers and dates: the browser's own variant of the language (en-US, de-AT), else the usual one. */
export function localeOf(code: LanguageCode, browserLocales: readonly string[]): string {
  const own = browserLocales.find((locale) => locale.toLowerCase().startsWith(`${code}-`));
  return own ?? languages.find((language) => language.code === code)!.fallbackLocale;
}
