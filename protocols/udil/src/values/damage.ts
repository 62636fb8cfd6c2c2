/** What scanning, copying and other people's programs do to scalar values, undone (register, 1, 2, 24, 27 and 28). */

/** Without blanks around it, and without outer quotes, however many and of whatever shape. */
export function unquoted(text: string): string {
  let start = 0;
  let end = text.length;
  for (;;) {
    while (start < end && blank.test(text.charAt(start))) start++;
    while (end > start && blank.test(text.charAt(end - 1))) end--;
    if (end - start < 2 || !quotes.includes(text.charAt(start)) || !quotes.includes(text.charAt(end - 1))) break;
    start++;
    end--;
  }
  return text.slice(start, end);
}

/** Digits for the letters and the stroke that stand for them in scans: I, l and | are 1, O is 0. */
export function withDigits(text: string): string {
  return text.replace(/[Il|]/g, "1").replace(/[Oo]/g, "0");
}

/** What peers write where they know no value: never a zero (register, 47). */
export function isUnknown(text: string): boolean {
  return text === "" || unknowns.has(text.toLowerCase());
}

/** A name of a field as tables have it: `Retry_Interval,` is `retry_interval` (register, 9 and 44). */
export function plainName(name: string): string {
  let start = 0;
  let end = name.length;
  // No expression for it: one that looks for the end tries from each place anew.
  while (start < end && !ofName.test(name.charAt(start))) start++;
  while (end > start && !ofName.test(name.charAt(end - 1))) end--;
  return name.slice(start, end).toLowerCase();
}

/** Typographic quotes as ASCII ones (register, 5). */
export function asciiQuotes(text: string): string {
  return text.replace(/[\u201c\u201d\u201e\u201f\u2033\uff02]/g, '"').replace(/[\u2018\u2019\u201a\u201b\u2032]/g, "'");
}

const quotes = "\"'\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u2033\u2032`";
const ofName = /\w/;
const blank = /[\s\u00a0\ufeff]/;
const unknowns = new Set(["null", "none", "nil", "nan", "n/a", "na", "-", "--", "undefined"]);
