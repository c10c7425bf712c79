/** A choice among few values, or all of them. */
interface ChoiceProps {
  readonly label: string;
  /** Empty for all. */
  readonly value: string;
  readonly values: readonly string[];
  readonly choose: (value: string) => void;
  readonly nameOf?: (value: string) => string;
}

export function Choice({ label, value, values, choose, nameOf = (name) => name }: ChoiceProps) {
  const all = value === "" || values.includes(value) ? values : [...values, value];
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">all</option>
        {all.map((each) => (
          <option key={each} value={each} selected={each === value}>
            {nameOf(each)}
          </option>
        ))}
      </select>
    </label>
  );
}
