/** The targets of a build as a graph with their states. Where they stand is the model's to say. */
import { useMemo } from "preact/hooks";
import { boxHeight } from "../../model/edge-curve.ts";
import type { DrawnEdge } from "../../model/graph-drawing.ts";
import { type GraphLayout, layOut, type PlacedTarget } from "../../model/graph-layout.ts";
import type { ReportTarget } from "../../model/report-data.ts";
import { duration } from "../../model/shown-duration.ts";

/** Pixels of a letter, the widest that fonts of this size have. */
const letter = 7.4;
/** More than this nobody can see in one picture; the list has them all. */
const mostDrawn = 1500;

export interface GraphProps {
  readonly targets: readonly ReportTarget[];
  readonly edges: readonly DrawnEdge[];
  /** Where more is told of a target, if anywhere. */
  readonly linkTo?: (target: ReportTarget) => string | undefined;
}

export function Graph({ targets, edges, linkTo }: GraphProps) {
  // Room for times is kept from the start, so that nothing moves while a build runs.
  const shape = targets.map(({ name, title }) => `${name}\n${title}`).join("\n");
  const layout = useMemo(
    () =>
      layOut({ targets: targets.map(drawn), edges }, ({ title }) => (title.length + 10) * letter),
    [shape, edges],
  );
  const lines = useMemo(() => <Lines lines={layout.lines} />, [layout]);
  if (targets.length > mostDrawn) {
    return <p>{`${targets.length} targets are too many for a picture; the list has them all.`}</p>;
  }
  const byName = new Map(targets.map((target) => [target.name, target]));
  const { width, height } = layout;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll graph" tabIndex={0} aria-label="Graph of targets">
      {/* biome-ignore lint/a11y/useSemanticElements: a picture has no fieldset */}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="group"
        aria-label="Targets and what they need"
      >
        {lines}
        {[...layout.boxes.values()].map((box) => {
          const target = byName.get(box.target.name);
          return (
            target && <Box box={box} target={target} href={linkTo?.(target)} key={target.name} />
          );
        })}
      </svg>
    </section>
  );
}

const drawn = ({ name, title, rule }: ReportTarget) => ({ name, title, rule });

const Lines = ({ lines }: { lines: GraphLayout["lines"] }) => (
  <g>
    {lines.map(({ edge, curve }) => (
      <path class={`edge edge-${edge.kind}`} d={curve} key={`${edge.from}\n${edge.to}`} />
    ))}
  </g>
);

interface BoxProps {
  readonly box: PlacedTarget;
  readonly target: ReportTarget;
  readonly href: string | undefined;
}

function Box({ box: { x, y, width }, target, href }: BoxProps) {
  const { title, rule, state, seconds, why } = target;
  const took = seconds === undefined ? "" : duration(seconds);
  const inside = (
    <>
      <title>{[`${title}: ${state}`, took, rule, why].filter(Boolean).join(", ")}</title>
      <rect x={x} y={y} width={width} height={boxHeight} rx={rule === "group" ? 12 : 3} />
      <text x={x + 10} y={y + 18}>
        {title}
      </text>
      <text class="took" x={x + width - 8} y={y + 18} text-anchor="end">
        {took}
      </text>
    </>
  );
  const looks = `box box-${state}`;
  if (href === undefined) return <g class={looks}>{inside}</g>;
  return (
    <a class={looks} href={href}>
      {inside}
    </a>
  );
}
