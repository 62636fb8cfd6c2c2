/** Text on a command line, where the characters that frame a telegram cannot be typed. */

/** `\r`, `\n`, `\t`, `\\` and `\x02` stand for their bytes; every other character for its own. @throws Error that says which is wrong */
export function bytesFromEscapedText(text: string): Uint8Array {
  const plain = text.replace(/\\(x[0-9a-fA-F]{2}|.|$)/gs, (written, code: string) => {
    if (code.startsWith("x") && code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const meant = escapes[code];
    if (meant === undefined) throw new Error(`"${written}" is none of \\r, \\n, \\t, \\\\ and \\x with two digits`);
    return meant;
  });
  const beyond = [...plain].find((character) => character > "\u00ff");
  if (beyond !== undefined) throw new Error(`"${beyond}" is no single byte: telegrams are ASCII`);
  return Uint8Array.from(Buffer.from(plain, "latin1"));
}

const escapes: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t", "\\": "\\" };
