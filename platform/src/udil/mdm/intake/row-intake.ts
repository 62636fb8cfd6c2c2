/** Rows of an MDC on their way into the stores, whatever transport brought them. */
import type { UdilRow } from "@anymeter/udil";
import type { EventWriter } from "../../../events/event-writer.ts";
import type { MeterVisuals } from "../../../readings/profile-rows/meter-visuals.ts";
import type { BatchedRowStore } from "../../../readings/profile-rows/row-writer.ts";
import type { ReadingWriter } from "../../../readings/reading-writer.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { SetAside } from "../set-aside/set-aside.ts";
import type { ContactsOfRows } from "./contacts-of-rows.ts";
import type { MeterDirectory } from "./meter-directory.ts";
import { RowDelivery, type TakenRows, type Unreadable } from "./row-delivery.ts";

export interface RowIntakeOptions {
  readonly meters: MeterDirectory;
  readonly setAside: SetAside;
  readonly profileRows: BatchedRowStore;
  readonly visuals: MeterVisuals;
  readonly readings: Pick<ReadingWriter, "writeWide">;
  readonly events: Pick<EventWriter, "write">;
  readonly contacts: Pick<ContactsOfRows, "delivered">;
  readonly now: () => number;
}

/** Rows of one answer, one page of a table, or one file. */
export interface Delivery {
  readonly mdc: Mdc;
  readonly table: PollableTable;
  readonly rows: readonly UdilRow[];
  readonly unreadable: readonly Unreadable[];
}

export class RowIntake {
  readonly #options: RowIntakeOptions;

  constructor(options: RowIntakeOptions) {
    this.#options = options;
  }

  /** For rows that come in parts. What is refused is set aside when `finish` stores them. */
  begin(mdc: Mdc, table: PollableTable): RowDelivery {
    return new RowDelivery(this.#options, mdc, table);
  }

  /** Resolves when every row is durable, in the stores or among those set aside. */
  async finish(mdc: Mdc, delivery: RowDelivery): Promise<TakenRows> {
    const taken = await delivery.store();
    await this.#options.setAside.add(mdc, taken.refused);
    return taken;
  }

  /** The same for rows that are all there. */
  async take(delivery: Delivery): Promise<TakenRows> {
    return await this.finish(delivery.mdc, await this.#ready(delivery));
  }

  /** What is refused is only told: for rows that are set aside already. */
  async store(delivery: Delivery): Promise<TakenRows> {
    return await (await this.#ready(delivery)).store();
  }

  async #ready({ mdc, table, rows, unreadable }: Delivery): Promise<RowDelivery> {
    const delivery = this.begin(mdc, table);
    await delivery.add(rows, unreadable);
    return delivery;
  }
}
