import * as React from "react";

export type ChartColors = Record<string, string>;

// The CSS is made from the colours in our own code, never from what people type.
const ChartStyle = ({ id, colors }: { id: string; colors: ChartColors }) => (
  <style
    dangerouslySetInnerHTML={{
      __html: `#${id} { ${Object.entries(colors)
        .map(([name, color]) => `--color-${name}: ${color};`)
        .join(" ")} }`,
    }}
  />
);

export function BarChart({ values, colors }: { values: { label: string; cents: number }[]; colors: ChartColors }) {
  const id = React.useId().replace(/:/g, "chart");
  const highest = Math.max(1, ...values.map((value) => value.cents));
  return (
    <div id={id} className="flex h-40 items-end gap-2">
      <ChartStyle id={id} colors={colors} />
      {values.map((value) => (
        <div key={value.label} className="flex flex-1 flex-col items-center gap-1">
          <div
            className="w-full rounded-t"
            style={{ height: `${(value.cents / highest) * 100}%`, background: "var(--color-income)" }}
          />
          <span className="text-xs text-muted-foreground">{value.label}</span>
        </div>
      ))}
    </div>
  );
}
