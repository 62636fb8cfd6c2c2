import type { ReactNode } from "react";

/** Names with what is known under them. A fact without a value is left out. */
export function FactList({
  facts,
  className,
}: {
  facts: readonly [name: string, value: ReactNode][];
  className?: string;
}) {
  return (
    <dl className={className}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
