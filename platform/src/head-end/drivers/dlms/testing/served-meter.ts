/** A meter without a socket, for tests: a COSEM server at the other end of a line in memory, and a session with it. */
import {
  type ActionAnswer,
  ClientSession,
  type Data,
  defaultConformance,
  type GetAnswer,
  type MethodDescriptor,
  type SelectedAttribute,
  type ServerDevice,
  ServerSession,
} from "@anymeter/dlms-cosem";
import type { Line } from "../../../session/line.ts";
import { MeterSession } from "../meter-session.ts";

/** Answers the public client over the wrapper. */
export abstract class ServedMeter implements ServerDevice {
  readonly systemTitle = new Uint8Array(8);
  readonly link = { framing: "wrapper", client: 16, server: 1 } as const;
  readonly associations = [
    {
      name: "public",
      clientSap: 16,
      mechanism: "none",
      conformance: defaultConformance,
      maxReceivePduSize: 1024,
    } as const,
  ];

  abstract get(attribute: SelectedAttribute): GetAnswer;

  set(_attribute: SelectedAttribute, _data: Data): number {
    return 3;
  }

  action(_method: MethodDescriptor, _parameter: Data | undefined): ActionAnswer {
    return { result: 3 };
  }

  random(length: number): Uint8Array {
    return new Uint8Array(length);
  }
}

/** An association with the meter. */
export async function sessionWith(meter: ServerDevice): Promise<MeterSession> {
  const session = new MeterSession({
    session: new ClientSession({
      link: { framing: "wrapper", client: 16, server: 1 },
      random: (length) => new Uint8Array(length),
    }),
    line: lineTo(new ServerSession(meter)),
    silenceMilliseconds: 1,
    beforeSending: async () => {},
  });
  await session.connect();
  return session;
}

function lineTo(server: ServerSession): Line {
  return {
    closed: false,
    send: (bytes) => server.receive(bytes),
    receive: async () => server.takeOutput() ?? "silence",
    close: () => {},
  };
}
