import type { DeviceAnswer } from "@anymeter/udil";

export const unknownMeter = "No meter of this name is registered.";
export const inactiveMeter = "The meter is out of use (meter_activation_status 0): it is not read.";

/** Ids that a message names for one reason; the rest is counted. */
const namedAtMost = 20;

/**
 * What becomes of a request, for people: v1 has no other place that says why a device was refused.
 * @param taken the sentence for devices that were accepted
 */
export function messageAbout(devices: readonly DeviceAnswer[], taken: string): string {
  const reasons = new Map<string, string[]>();
  for (const { indv_status, remarks = "", global_device_id } of devices) {
    if (indv_status === 1) continue;
    const ids = reasons.get(remarks);
    if (ids === undefined) reasons.set(remarks, [global_device_id]);
    else ids.push(global_device_id);
  }
  const refused = [...reasons].map(([remark, ids]) => `Command for ${listed(ids)} cannot be entertained: ${remark}`);
  const anyTaken = devices.some(({ indv_status }) => indv_status === 1);
  return [...refused, ...(anyTaken ? [taken] : [])].join(" ");
}

/** @returns the ids as people read them: the first few by name */
export function listed(ids: readonly string[]): string {
  const listing = new Listing();
  for (const id of ids) listing.add(id);
  return String(listing);
}

/** Ids that come one after another, as people read them; what is not named is not kept. */
export class Listing {
  readonly #named: string[] = [];
  #more = 0;

  add(id: string): void {
    if (this.#named.length < namedAtMost) this.#named.push(id);
    else this.#more++;
  }

  toString(): string {
    const named = this.#named.join(", ");
    return this.#more > 0 ? `${named} and ${this.#more} more` : named;
  }
}
