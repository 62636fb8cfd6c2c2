/** A client and a server in memory, with a line between them that tests can spoil. */
import type { ClientEvent, ClientSession, Request, Session } from "@anymeter/sans-io";
import type { ModbusDevice } from "../session/device.ts";

/** What a line makes of what was sent: the pieces that arrive, one after another. */
export type LineBehavior = (sent: Uint8Array) => readonly Uint8Array[];

export const whole: LineBehavior = (sent) => [sent];
export const byteByByte: LineBehavior = (sent) => Array.from(sent, (byte) => Uint8Array.of(byte));

/**
 * Runs until the request has its outcome. Where nothing more is under way the client's patience ends.
 * @returns what became of the request
 */
export function run<Result>(
  client: ClientSession,
  server: Session | undefined,
  request: Request<Result>,
  { up = whole, down = whole }: { readonly up?: LineBehavior; readonly down?: LineBehavior } = {},
): Result {
  for (let turn = 0; turn < 10_000; turn++) {
    let moved = false;
    for (let bytes = client.takeOutput(); bytes; bytes = client.takeOutput()) {
      moved = true;
      for (const piece of up(bytes)) server?.receive(piece);
    }
    for (let bytes = server?.takeOutput(); bytes; bytes = server?.takeOutput()) {
      moved = true;
      for (const piece of down(bytes)) client.receive(piece);
    }
    for (let event = client.nextEvent(); event; event = client.nextEvent()) {
      if (event.id === request.id) return outcomeOf<Result>(event);
    }
    if (!moved) passTime(client, server);
  }
  throw new Error("the request never ended");
}

function passTime(client: ClientSession, server: Session | undefined): void {
  if (server?.patience !== undefined) server.timedOut();
  else client.timedOut();
}

function outcomeOf<Result>(event: ClientEvent): Result {
  if (event.type === "request-failed") throw event.error;
  return event.result as Result;
}

/** A device with as many holding and input registers as given, all of them writable, and 64 coils. */
export function bank(registers: Uint8Array): ModbusDevice & { readonly coils: boolean[] } {
  const coils = Array.from({ length: 64 }, (_, index) => index % 3 === 0);
  return {
    coils,
    readRegisters: (_, address, quantity) =>
      (address + quantity) * 2 > registers.length ? 2 : registers.slice(address * 2, (address + quantity) * 2),
    readBits: (_, address, quantity) =>
      address + quantity > coils.length ? 2 : coils.slice(address, address + quantity),
    writeRegisters(address, written) {
      if (address * 2 + written.length > registers.length) return 2;
      registers.set(written, address * 2);
      return undefined;
    },
    writeCoils(address, written) {
      if (address + written.length > coils.length) return 2;
      coils.splice(address, written.length, ...written);
      return undefined;
    },
  };
}
