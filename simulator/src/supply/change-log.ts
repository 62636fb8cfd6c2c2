/** From which day on what is derived of a supply must be derived anew: a version that grows, and what grew with it. */

export class ChangeLog {
  /** Both ascending: a change of an earlier day takes the place of later ones before it. */
  readonly #changes: { readonly version: number; readonly day: number }[] = [];
  #version = 0;

  get version(): number {
    return this.#version;
  }

  /** What lies on a day (days since 1970) or later changed; -Infinity = all of it. */
  changed(day: number): void {
    while (this.#changes.length > 0 && this.#changes.at(-1)!.day >= day) this.#changes.pop();
    this.#changes.push({ version: ++this.#version, day });
  }

  /** The first day that changed after a version; Infinity when nothing did. */
  changedSince(version: number): number {
    return this.#changes.find((change) => change.version > version)?.day ?? Number.POSITIVE_INFINITY;
  }
}
