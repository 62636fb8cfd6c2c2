/** A byte stream to a peer, as a session's driver sees it. */
export interface Line {
  /** Sends bytes. What the line cannot take any more is noticed by the next `receive`. */
  send(bytes: Uint8Array): void;
  /**
   * The next bytes as they come, in pieces of any size; "silence" when none came for so many milliseconds; "closed" when
   * the peer ended the stream. Rejects when the connection broke.
   */
  receive(silenceMilliseconds: number): Promise<Uint8Array | "silence" | "closed">;
}

/** The part of a Node socket that a line needs. */
export interface ByteStream {
  write(bytes: Uint8Array): unknown;
  on(event: "data", listener: (bytes: Uint8Array) => void): unknown;
  on(event: "end" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** A line over a socket: `lineOver(connect(502, "10.1.2.3"))`. Closing the socket is the caller's part. */
export function lineOver(stream: ByteStream): Line {
  let arrived: Uint8Array[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const woken = (act: () => void) => {
    act();
    wake?.();
  };
  stream.on("data", (bytes) => woken(() => arrived.push(bytes)));
  for (const event of ["end", "close"] as const) {
    stream.on(event, () =>
      woken(() => {
        ended = true;
      }),
    );
  }
  stream.on("error", (error) =>
    woken(() => {
      failure = error;
    }),
  );
  return {
    send: (bytes) => void stream.write(bytes),
    async receive(silenceMilliseconds) {
      if (arrived.length === 0 && !ended && !failure) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, silenceMilliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      if (arrived.length > 0) {
        const [bytes] = arrived;
        arrived = arrived.slice(1);
        return bytes!;
      }
      if (failure) throw failure;
      return ended ? "closed" : "silence";
    },
  };
}
