// The story line by line: since when, in which module (a lane each), what, and how it ended.
import {
  IconArrowBackUp,
  IconBolt,
  IconBox,
  IconCash,
  IconCheck,
  IconClock,
  IconCreditCard,
  IconMailbox,
  IconRoute,
  IconStairs,
  IconToolsKitchen2,
  IconUser,
  IconX,
} from "@tabler/icons-react";
import { Fragment, useMemo } from "react";
import { useWords } from "../../../words/words.js";
import { useTimes } from "../parts/times.js";
import { system } from "../words.js";
import { type Entry, tellIn, type Told } from "./lanes.js";
import classes from "./StoryList.module.css";

const KIND_ICONS = {
  saga: IconRoute,
  step: IconStairs,
  event: IconBolt,
  delivery: IconMailbox,
  failure: IconX,
  payment: IconCash,
  gateway: IconCreditCard,
  refund: IconArrowBackUp,
  movement: IconBox,
  ticket: IconToolsKitchen2,
  action: IconUser,
} as const;
const OUTCOME_ICONS = { done: IconCheck, failed: IconX, waiting: IconClock } as const;
const LANE = 30;

export function StoryList({ entries }: { readonly entries: readonly Entry[] }) {
  const t = useWords(system);
  const times = useTimes();
  const { lanes, told } = useMemo(() => tellIn(entries), [entries]);
  return (
    <div className={classes["story"]}>
      <ul className={classes["lanes"]} aria-hidden>
        {lanes.map((name, lane) => (
          <li key={name} data-lane={lane % 8}>
            {name}
          </li>
        ))}
      </ul>
      <ol className={classes["entries"]}>
        {told.map((one) => (
          <Fragment key={one.entry.id}>
            {one.pauseMs !== undefined && (
              <li className={classes["pause"]}>
                {t("system.later", { time: times.duration(one.pauseMs) })}
              </li>
            )}
            <Row told={one} lanes={lanes.length} />
          </Fragment>
        ))}
      </ol>
    </div>
  );
}

function Row({ told, lanes }: { readonly told: Told; readonly lanes: number }) {
  const t = useWords(system);
  const times = useTimes();
  const { entry, lane, depth, sinceMs } = told;
  const { kind, module, title, detail, outcome, tookMs, at } = entry;
  const KindIcon = KIND_ICONS[kind];
  const OutcomeIcon = OUTCOME_ICONS[outcome];
  return (
    <li className={classes["entry"]} data-outcome={outcome}>
      <time dateTime={at} title={times.day(at)}>
        +{times.duration(sinceMs)}
      </time>
      <span className={classes["rail"]} style={{ width: lanes * LANE }}>
        <svg width={lanes * LANE} aria-hidden>
          {Array.from({ length: lanes }, (_, index) => (
            <line
              key={index}
              x1={index * LANE + LANE / 2}
              x2={index * LANE + LANE / 2}
              y1="0"
              y2="100%"
            />
          ))}
          <circle cx={lane * LANE + LANE / 2} cy="18" r="7" data-lane={lane % 8} />
        </svg>
      </span>
      <span className={classes["module"]} data-lane={lane % 8}>
        {module}
      </span>
      <div className={classes["what"]} data-depth={depth}>
        <KindIcon size={17} stroke={1.8} role="img" aria-label={t(`system.kind.${kind}`)} />
        <div>
          <b>{title}</b>
          {detail !== undefined && <p>{detail}</p>}
        </div>
      </div>
      <span className={classes["outcome"]}>
        {tookMs !== undefined && <small>{times.duration(tookMs)}</small>}
        <OutcomeIcon
          size={18}
          stroke={2.4}
          role="img"
          aria-label={t(`system.outcome.${outcome}`)}
        />
      </span>
    </li>
  );
}
