import { Group, Text } from "@mantine/core";

/** The mark and the name. The name is the text; the mark beside it is decoration. */
export function Brand({ size = 28, nameFrom }: { size?: number; nameFrom?: "xs" }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src="/anymeter.svg" alt="" width={size} height={size} />
      <Text component="span" fw={650} fz={size * 0.64} lh={1} c="var(--mantine-color-text)" visibleFrom={nameFrom}>
        Anymeter
      </Text>
    </Group>
  );
}
