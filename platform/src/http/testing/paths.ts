/** @returns an address that a path with parameters matches, with `value` for each of them */
export function matchingPath(path: string, value: string): string {
  return path.replaceAll(/:\w+/g, encodeURIComponent(value));
}
