/** Three letters in two bytes, five bits each (EN 13757-7, the FLAG Association's list). */

/** 0x2C2D is "KAM". Codes of no letters give the characters their bits stand for, "@" for none. */
export function manufacturerName(code: number): string {
  return String.fromCharCode(64 + ((code >> 10) & 0x1f), 64 + ((code >> 5) & 0x1f), 64 + (code & 0x1f));
}

/** @returns undefined unless the name is three capital letters, or characters `manufacturerName` gives */
export function manufacturerCode(name: string): number | undefined {
  if (!/^[@-_]{3}$/.test(name)) return undefined;
  const [first, second, third] = [...name].map((letter) => letter.charCodeAt(0) - 64) as [number, number, number];
  return (first << 10) | (second << 5) | third;
}
