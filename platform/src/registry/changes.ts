/** A device whose readings can be stored: it has just been created, renamed, or given to an organization. */
export interface NamedDevice {
  readonly id: string;
  /** Key of the device in the columnar store. */
  readonly number: number;
  readonly name: string;
  readonly organization: string;
}

/** A row that was written, after the transaction. */
export interface RegistryChange {
  /** Name of the resource, `meter-devices` for example. */
  readonly resource: string;
  readonly id: string | number;
  readonly action: "created" | "updated" | "deleted";
}

type Listener<Event> = (event: Event) => void | Promise<void>;

/**
 * What the registry tells the other rooms. Listeners run after the change is durable, one after the other, and the
 * request that made the change waits for them: who creates a device finds its staged readings replayed. A listener
 * that fails is reported and stops nothing. Only changes made by this process are told.
 */
export class RegistryChanges {
  readonly #named: Listener<NamedDevice>[] = [];
  readonly #changed: Listener<RegistryChange>[] = [];
  readonly #report: (error: unknown) => void;

  /** @param report receives what a listener threw */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  onDeviceNamed(listener: Listener<NamedDevice>): void {
    this.#named.push(listener);
  }

  onChange(listener: Listener<RegistryChange>): void {
    this.#changed.push(listener);
  }

  async tellDeviceNamed(device: NamedDevice): Promise<void> {
    await this.#tell(this.#named, device);
  }

  async tellChange(change: RegistryChange): Promise<void> {
    await this.#tell(this.#changed, change);
  }

  async #tell<Event>(listeners: readonly Listener<Event>[], event: Event): Promise<void> {
    for (const listener of listeners) {
      try {
        await listener(event);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
