// The modules as boxes, their calls and events as arrows with how many a minute. A box opens what its module owns.
import { IconBrandMongodb, IconDatabase } from "@tabler/icons-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useWords } from "../../../words/words.js";
import type { Flow, Module } from "../use-system.js";
import { system } from "../words.js";
import { type Arrow, type Box, layOut, type MapModule } from "./layout.js";
import classes from "./ModuleMap.module.css";
import { ratesOf } from "./rates.js";

/** Around the map, for the ring of what has the focus. */
const RING = 5;

interface ModuleMapProps {
  readonly modules: readonly Module[];
  readonly flow: Flow | undefined;
  readonly chosen: string | undefined;
  onChoose(this: void, name: string | undefined): void;
}

export function ModuleMap({ modules, flow, chosen, onChoose }: ModuleMapProps) {
  const t = useWords(system);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return undefined;
    const measure = () => setWidth(current.clientWidth - 2 * RING);
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    measure();
    return () => observer.disconnect();
  }, []);
  // The picture comes anew every few seconds, who calls and hears whom does not change.
  const shape = JSON.stringify(
    modules.map(({ name, calls, hears }) => ({
      name,
      calls: calls.map(({ to }) => to),
      hears: hears.map(({ from }) => from),
    })),
  );
  const map = useMemo(() => layOut(JSON.parse(shape) as MapModule[], width), [shape, width]);
  const rates = useMemo(() => ratesOf(flow), [flow]);
  const byName = new Map(modules.map((one) => [one.name, one]));
  const concerns = ({ from, to }: Arrow) =>
    chosen === undefined || chosen === from || chosen === to;

  return (
    <div ref={frame} className={classes["frame"]}>
      <div className={classes["map"]} style={{ width: map.width, height: map.height }}>
        <svg width={map.width} height={map.height} aria-hidden className={classes["arrows"]}>
          <defs>
            {(["call", "event"] as const).map((kind) => (
              <marker
                key={kind}
                id={`head-${kind}`}
                data-kind={kind}
                className={classes["tip"]}
                viewBox="0 0 10 10"
                refX="2"
                refY="5"
                markerWidth="10"
                markerHeight="10"
                markerUnits="userSpaceOnUse"
                orient="auto"
              >
                <path d="M 0 0 L 10 5 L 0 10 z" />
              </marker>
            ))}
          </defs>
          {map.arrows.map((arrow) => (
            <ArrowLine
              key={`${arrow.kind} ${arrow.from} ${arrow.to}`}
              arrow={arrow}
              perMinute={rates.of(arrow)}
              dim={!concerns(arrow)}
            />
          ))}
        </svg>
        {[...map.boxes, ...map.bars].map((box) => {
          const module = byName.get(box.name);
          return (
            module && (
              <ModuleBox
                key={box.name}
                box={box}
                module={module}
                bar={map.bars.includes(box)}
                rates={rates}
                chosen={chosen === box.name}
                onChoose={() => onChoose(chosen === box.name ? undefined : box.name)}
              />
            )
          );
        })}
      </div>
      <table className="visually-hidden">
        <caption>{t("system.map-as-table")}</caption>
        <tbody>
          {map.arrows.map((arrow) => (
            <tr key={`${arrow.kind} ${arrow.from} ${arrow.to}`}>
              <td>
                {arrow.kind === "call"
                  ? t("system.calls-per-minute", { ...arrow, count: rates.of(arrow) })
                  : t("system.events-per-minute", { ...arrow, count: rates.of(arrow) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ArrowLineProps {
  readonly arrow: Arrow;
  readonly perMinute: number;
  readonly dim: boolean;
}

function ArrowLine({ arrow: { kind, path, label }, perMinute, dim }: ArrowLineProps) {
  const text = perMinute.toLocaleString("en");
  const half = 8 + text.length * 4.2;
  const pace =
    perMinute === 0 ? "none" : perMinute < 60 ? "slow" : perMinute < 600 ? "quick" : "fast";
  return (
    <g className={classes["arrow"]} data-kind={kind} data-pace={pace} data-dim={dim || undefined}>
      <path d={path} className={classes["line"]} markerEnd={`url(#head-${kind})`} />
      <rect x={label.x - half} y={label.y - 11} width={half * 2} height={22} rx={11} />
      <text x={label.x} y={label.y}>
        {text}
      </text>
    </g>
  );
}

interface ModuleBoxProps {
  readonly box: Box;
  readonly module: Module;
  readonly bar: boolean;
  readonly rates: ReturnType<typeof ratesOf>;
  readonly chosen: boolean;
  onChoose(this: void): void;
}

function ModuleBox({ box, module, bar, rates, chosen, onChoose }: ModuleBoxProps) {
  const t = useWords(system);
  const { name, store, tables } = module;
  const StoreIcon = store === "mongodb" ? IconBrandMongodb : IconDatabase;
  const rows = tables.reduce((total, one) => total + one.rows, 0);
  return (
    <button
      type="button"
      aria-expanded={chosen}
      className={classes["box"]}
      data-bar={bar || undefined}
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
      onClick={onChoose}
    >
      <span className={classes["title"]}>
        <b>{name}</b>
        <span className={classes["published"]}>
          {t("system.published", { count: rates.published(name).toLocaleString("en") })}
        </span>
      </span>
      <span className={classes["store"]}>
        <StoreIcon size={16} aria-hidden />
        {store === "mongodb" ? "MongoDB" : "PostgreSQL"} ·{" "}
        {t("system.rows", { count: rows.toLocaleString("en") })}
      </span>
      {bar ? (
        <span className={classes["sources"]}>
          <small>{t("system.hears-everybody")}</small>
          {module.hears.map(({ from }) => (
            <span
              key={from}
              data-quiet={rates.of({ kind: "event", from, to: name }) === 0 || undefined}
            >
              {from} <b>{rates.of({ kind: "event", from, to: name }).toLocaleString("en")}</b>
            </span>
          ))}
        </span>
      ) : (
        <span className={classes["does"]}>{t(`system.does.${doesOf(name)}`)}</span>
      )}
    </button>
  );
}

const KNOWN = [
  "auth",
  "restaurant",
  "inventory",
  "payments",
  "orders",
  "kitchen",
  "reporting",
] as const;

/** A module that was added later has no words of its own yet. */
const doesOf = (name: string) => KNOWN.find((one) => one === name) ?? "other";
