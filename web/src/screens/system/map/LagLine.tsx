// How long it takes from telling an event to having applied it, over the last ten minutes; below, how many were applied.
import { useLayoutEffect, useRef, useState } from "react";
import { useWords } from "../../../words/words.js";
import { shortNumber, useTimes } from "../parts/times.js";
import type { Flow } from "../use-system.js";
import { system } from "../words.js";
import classes from "./LagLine.module.css";
import { niceAbove, segmentsOf } from "./scale.js";

const HEIGHT = 190;
const TOP = 10;
const FOOT = 24;
const BARS = 34;
const LEFT = 74;
const RIGHT = 26;
/** What the restaurant allows: an event is applied within this. */
const BUDGET_MS = 500;

export function LagLine({ flow }: { readonly flow: Flow }) {
  const t = useWords(system);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const [hovered, setHovered] = useState<number>();
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);

  const { line } = flow;
  const highest = niceAbove(Math.max(1, ...line.map(({ p99Ms }) => p99Ms ?? 0)));
  const most = niceAbove(Math.max(1, ...line.map(({ applied }) => applied)));
  const plot = { width: width - LEFT - RIGHT, bottom: HEIGHT - FOOT - BARS - 8 };
  const x = (index: number) => LEFT + (index / Math.max(1, line.length - 1)) * plot.width;
  const y = (ms: number) => plot.bottom - (ms / highest) * (plot.bottom - TOP);
  const times = useTimes();
  const last = line.findLast(({ p50Ms }) => p50Ms !== null);
  const shown = hovered === undefined ? undefined : line[hovered];
  const ms = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : t("system.ms", { ms: shortNumber(value) });
  const minutes = line.flatMap(({ at }, index) => (index % 24 === 23 ? [{ at, index }] : []));

  return (
    <figure className={classes["figure"]}>
      <figcaption>
        <b>{t("system.lag")}</b>
        <span className={classes["key"]} data-line="p50">
          {t("system.half-within", { time: ms((shown ?? last)?.p50Ms) })}
        </span>
        <span className={classes["key"]} data-line="p99">
          {t("system.most-within", { time: ms((shown ?? last)?.p99Ms) })}
        </span>
        <span className={classes["when"]}>
          {shown
            ? t("system.applied-at", {
                count: shown.applied,
                time: times.clock(shown.at),
              })
            : t("system.budget", { ms: BUDGET_MS })}
        </span>
      </figcaption>
      <div
        ref={frame}
        onPointerMove={(event) => {
          const { left } = event.currentTarget.getBoundingClientRect();
          const index = Math.round(
            ((event.clientX - left - LEFT) / plot.width) * (line.length - 1),
          );
          setHovered(index >= 0 && index < line.length ? index : undefined);
        }}
        onPointerLeave={() => setHovered(undefined)}
      >
        <svg width={width} height={HEIGHT} aria-hidden>
          {[0, 0.5, 1].map((share) => (
            <g key={share} className={classes["grid"]}>
              <line x1={LEFT} x2={width - RIGHT} y1={y(highest * share)} y2={y(highest * share)} />
              <text x={LEFT - 8} y={y(highest * share)} textAnchor="end">
                {shortNumber(highest * share)}
              </text>
            </g>
          ))}
          {BUDGET_MS < highest && (
            <line
              className={classes["budget"]}
              x1={LEFT}
              x2={width - RIGHT}
              y1={y(BUDGET_MS)}
              y2={y(BUDGET_MS)}
            />
          )}
          {line.map(({ applied, at }, index) => {
            const tall = applied === 0 ? 0 : Math.max(2, (applied / most) * BARS);
            return (
              <rect
                key={at}
                className={classes["bar"]}
                x={x(index) - plot.width / line.length / 2 + 0.5}
                width={Math.max(1, plot.width / line.length - 1)}
                y={HEIGHT - FOOT - tall}
                height={tall}
              />
            );
          })}
          {(["p99Ms", "p50Ms"] as const).map((which) =>
            segmentsOf(line.map((one) => one[which])).map((points) => (
              <g key={`${which} ${points[0]?.index}`} className={classes[which]}>
                <polyline
                  points={points.map(({ index, value }) => `${x(index)},${y(value)}`).join(" ")}
                />
                {points.length === 1 &&
                  points.map(({ index, value }) => (
                    <circle key={index} cx={x(index)} cy={y(value)} r={2.5} />
                  ))}
              </g>
            )),
          )}
          {hovered !== undefined && (
            <line
              className={classes["cursor"]}
              x1={x(hovered)}
              x2={x(hovered)}
              y1={TOP}
              y2={HEIGHT - FOOT}
            />
          )}
          {minutes.map(({ at, index }) => (
            <text
              key={at}
              className={classes["tick"]}
              x={x(index)}
              y={HEIGHT - 7}
              textAnchor="middle"
            >
              {times.minute(at)}
            </text>
          ))}
        </svg>
      </div>
    </figure>
  );
}
