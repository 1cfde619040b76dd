// What keeps the modules apart: each layer with its last check, and who may reach whom by which way.
import {
  IconAlertTriangle,
  IconHelpCircle,
  IconShieldCheck,
  IconShieldOff,
} from "@tabler/icons-react";
import { problemOf } from "../../../api/problem.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import tables from "../parts/Table.module.css";
import { useTimes } from "../parts/times.js";
import { type Picture, usePicture } from "../use-system.js";
import { system } from "../words.js";
import classes from "./BoundariesPage.module.css";

type Layer = Picture["layers"][number];

const ICONS = {
  holds: IconShieldCheck,
  broken: IconAlertTriangle,
  off: IconShieldOff,
  unknown: IconHelpCircle,
} as const;

export function BoundariesPage() {
  const t = useWords(system);
  const say = useProblemWords();
  const { data: picture, error } = usePicture();
  if (!picture) return error && <p role="alert">{say(problemOf(error))}</p>;
  const { modules, layers } = picture;
  return (
    <div className={classes["page"]}>
      <p className={classes["lead"]}>{t("system.boundaries-lead")}</p>
      <ul className={classes["layers"]}>
        {layers.map((layer) => (
          <LayerCard key={layer.layer} layer={layer} />
        ))}
      </ul>
      <section aria-labelledby="ways">
        <h2 id="ways">{t("system.ways")}</h2>
        <p className={classes["lead"]}>{t("system.ways-lead")}</p>
        <div className={tables["scroll"]} tabIndex={0} role="group" aria-labelledby="ways">
          <table className={`${tables["table"]} ${classes["ways"]}`}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">{t("system.module")}</span>
                </th>
                {modules.map(({ name }) => (
                  <th key={name} scope="col">
                    <code>{name}</code>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {modules.map((from) => (
                <tr key={from.name}>
                  <th scope="row">
                    <code>{from.name}</code>
                  </th>
                  {modules.map((to) => (
                    <td key={to.name} data-self={from === to || undefined}>
                      <Way from={from} to={to.name} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}

function LayerCard({ layer }: { readonly layer: Layer }) {
  const t = useWords(system);
  const times = useTimes();
  const { layer: name, state, at, how, notes } = layer;
  const Icon = ICONS[state];
  return (
    <li data-state={state}>
      <Icon size={30} stroke={1.7} aria-hidden />
      <div>
        <h2>
          {t(`system.layer.${name}`)} <span>{t(`system.layer-is.${state}`)}</span>
        </h2>
        <p>{t(`system.layer-what.${name}`)}</p>
        <p className={classes["how"]}>
          {at === null ? t("system.never-checked") : t("system.checked", { time: times.day(at) })} ·{" "}
          {name === "roles" || name === "documents" ? t(`system.layer-how.${name}`) : how}
        </p>
        {notes.length > 0 && (
          <ul>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

interface WayProps {
  readonly from: Picture["modules"][number];
  readonly to: string;
}

/** What `from` may do towards `to`. */
function Way({ from, to }: WayProps) {
  const t = useWords(system);
  if (from.name === to) return <span className="visually-hidden">{t("system.way-self")}</span>;
  const calls = from.calls.some((one) => one.to === to);
  const hears = from.hears.some((one) => one.from === to);
  if (!calls && !hears) return <span className={classes["no-way"]}>{t("system.no-way")}</span>;
  return (
    <>
      {calls && <span data-kind="call">{t("system.way-calls")}</span>}
      {hears && <span data-kind="event">{t("system.way-hears")}</span>}
    </>
  );
}
