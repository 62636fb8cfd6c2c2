import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { causes } from "../../platform/src/head-end/causes.ts";
import { createFormat } from "../src/language/format.ts";
import { languages, localeOf, preferredLanguage } from "../src/language/languages.ts";

const source = fileURLToPath(new URL("../src", import.meta.url));

type Texts = { [key: string]: string | Texts };

async function textsOf(code: string): Promise<Map<string, string>> {
  const texts = JSON.parse(await readFile(join(source, "language", "locales", `${code}.json`), "utf8")) as Texts;
  const flat = (part: Texts, prefix: string): [string, string][] =>
    Object.entries(part).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
    );
  return new Map(flat(texts, ""));
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, name]) => name).sort();

test("every language has the same keys with the same placeholders and no empty text", async () => {
  const english = await textsOf("en");
  for (const { code } of languages) {
    const texts = await textsOf(code);
    assert.deepEqual([...texts.keys()], [...english.keys()], code);
    for (const [key, text] of texts) {
      assert.notEqual(text.trim(), "", `${code} ${key}`);
      assert.deepEqual(placeholders(text), placeholders(english.get(key)!), `${code} ${key}`);
    }
  }
});

test("no key is unused and none is missing", async () => {
  const files = (await readdir(source, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const code = (await Promise.all(files.map((name) => readFile(join(source, name), "utf8")))).join("\n");
  const used = new Set([...code.matchAll(/\bt\(\s*"([\w.]+)"/g)].map(([, key]) => key!));
  // The keys of the causes come from the platform's table, tested below.
  const known = new Set(
    [...(await textsOf("en")).keys()]
      .map((key) => key.replace(/_(one|other)$/, ""))
      .filter((key) => !key.startsWith("causes.")),
  );
  assert.deepEqual(
    [...used].filter((key) => !known.has(key)),
    [],
    "missing",
  );
  assert.deepEqual(
    [...known].filter((key) => !used.has(key)),
    [],
    "unused",
  );
});

test("every cause of a failed contact that the head-end knows has words", async () => {
  const worded = [...(await textsOf("en")).keys()]
    .filter((key) => key.startsWith("causes."))
    .map((key) => key.slice(7));
  assert.deepEqual(worded.sort(), Object.keys(causes).sort());
});

test("every language but English, which the platform gives, has every cause in a sentence, and what to do", async () => {
  for (const { code } of languages.filter(({ code }) => code !== "en")) {
    const file = join(source, "language", "locales", "causes", `${code}.json`);
    const words = JSON.parse(await readFile(file, "utf8")) as Record<string, Record<string, string>>;
    assert.deepEqual(Object.keys(words), Object.keys(causes), code);
    for (const [cause, { sentence, advice }] of Object.entries(words)) {
      const { advice: english } = causes[cause as keyof typeof causes];
      assert.match(sentence!, /^[\p{Lu}].+\.$/u, `${code} ${cause}`);
      assert.match(advice!, /^[\p{Lu}].*\.$/u, `${code} ${cause}`);
      const names = (text: string) => [...text.matchAll(/[a-z]+(?:_[a-z]+)+/g)].map(([name]) => name).sort();
      assert.deepEqual(names(advice!), names(english), `${code} ${cause} names other settings or calls`);
    }
  }
});

test("the language is the chosen one, else the browser's, else English", () => {
  const storage = (value: string | null) => ({ getItem: () => value }) as unknown as Storage;
  assert.equal(preferredLanguage(storage("fi"), ["de-AT"]), "fi");
  assert.equal(preferredLanguage(storage(null), ["fr-FR", "de-AT", "sv"]), "de");
  assert.equal(preferredLanguage(storage("xx"), ["fr"]), "en");
  assert.equal(localeOf("de", ["en-US", "de-AT"]), "de-AT");
  assert.equal(localeOf("sv", ["en-US"]), "sv-SE");
});

test("decimals keep every digit in every locale", () => {
  assert.equal(createFormat("en-GB").decimal("123456789012.345678"), "123,456,789,012.345678");
  assert.equal(createFormat("de-DE").decimal("1234.500"), "1.234,500");
  assert.equal(createFormat("fi-FI").decimal("-0.5"), "−0,5");
});

test("times name their zone, also where the clock repeats an hour", () => {
  const format = createFormat("en-GB");
  const first = Date.parse("2026-10-25T00:30:00Z");
  assert.equal(format.instant(first, "Europe/Berlin"), "25 Oct 2026, 02:30:00 CEST");
  assert.equal(format.instant(first + 3_600_000, "Europe/Berlin"), "25 Oct 2026, 02:30:00 CET");
  assert.match(format.period(first, first + 900_000, "Europe/Berlin"), /25 Oct 2026, 02:30.02:45 CEST$/);
  assert.match(createFormat("de-DE").instant(Date.parse("2026-01-01T00:00:00Z"), "UTC"), /00:00:00 UTC$/);
});

test("lengths of time are told in their largest two units", () => {
  const format = createFormat("en-GB");
  assert.equal(format.duration(421), "7 mins 1 sec");
  assert.equal(format.duration(90_061), "1 day 1 hr");
  assert.equal(format.relative(0, 421_000), "7 minutes ago");
  assert.equal(format.percent(82.5), "82.5%");
});
