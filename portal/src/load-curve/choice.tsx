import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";

interface ChoiceProps {
  label: string;
  data: { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}

/** One of a few: side by side where there is room, else as a list, because words are longer in some languages. */
export function Choice({ label, data, value, onChange }: ChoiceProps) {
  const wide = useMediaQuery("(min-width: 36em)", true, { getInitialValueInEffect: false });
  if (wide) return <SegmentedControl aria-label={label} data={data} value={value} onChange={onChange} />;
  return (
    <NativeSelect
      aria-label={label}
      data={data}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      flex="1 1 8rem"
    />
  );
}
