// One ticket: what, for whom, how long already, and the one big button that moves it on. A tap anywhere that is not a
// line does the same as the button.
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconClock,
  IconClockExclamation,
  IconFlame,
  IconHandStop,
  IconSparkles,
} from "@tabler/icons-react";
import { memo, type MouseEvent } from "react";
import { useWords } from "../../words/words.js";
import { type Thresholds, urgencyOf } from "./age.js";
import { LineRow } from "./LineRow.js";
import classes from "./TicketCard.module.css";
import { isCancelled, nextOf, type Press, type Ticket } from "./tickets.js";
import { useMinutes } from "./use-minutes.js";
import { kitchen } from "./words.js";

const SERVICES = ["dine-in", "takeaway", "delivery"] as const;
const STATUS_ICONS = { new: IconSparkles, cooking: IconFlame, ready: IconCheck } as const;
const AGE_ICONS = {
  fresh: IconClock,
  soon: IconClockExclamation,
  late: IconAlertTriangle,
} as const;

interface TicketCardProps {
  readonly ticket: Ticket;
  readonly thresholds: Thresholds;
  /** Where several stations are shown together. */
  readonly station: string | undefined;
  /** It came while somebody was looking. */
  readonly arrived: boolean;
  onPress(this: void, ticketId: string, press: Press): void;
}

export const TicketCard = memo(function TicketCard(props: TicketCardProps) {
  const { ticket, thresholds, station, arrived, onPress } = props;
  const t = useWords(kitchen);
  const minutes = useMinutes(ticket.placedAt);
  const { id, number, status } = ticket;
  const cancelled = isCancelled(ticket);
  const urgency = cancelled ? "fresh" : urgencyOf(minutes, thresholds);
  const next = nextOf(ticket);
  const press = (what: Press) => onPress(id, what);
  const main: Press = cancelled ? { kind: "acknowledge" } : { kind: "advance", to: next };
  const onTap = (event: MouseEvent) => {
    if (!(event.target as Element).closest("button")) press(main);
  };
  const service = SERVICES.find((one) => one === ticket.serviceType);
  const servedAs = service ? t(`kitchen.${service}`) : ticket.serviceType;
  const place =
    ticket.tableName === undefined ? servedAs : t("kitchen.table", { name: ticket.tableName });
  const AgeIcon = AGE_ICONS[urgency];
  const StatusIcon = status === "served" ? IconCheck : STATUS_ICONS[status];

  return (
    // The button inside does the same for keyboards.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <article
      aria-label={t("kitchen.ticket", { number, place, minutes })}
      className={classes["ticket"]}
      data-status={cancelled ? "cancelled" : status}
      data-urgency={urgency}
      data-arrived={arrived || undefined}
      onClick={onTap}
    >
      <header className={classes["head"]}>
        <div className={classes["row"]}>
          <b className={classes["number"]}>{number}</b>
          {station !== undefined && <span className={classes["station"]}>{station}</span>}
          <span className={classes["age"]}>
            <AgeIcon size={22} stroke={2.2} aria-hidden />
            {t("kitchen.minutes", { minutes })}
            {urgency !== "fresh" && <b>{t(`kitchen.${urgency}`)}</b>}
          </span>
        </div>
        <div className={classes["row"]}>
          <span className={classes["place"]}>
            {place}
            {ticket.tableName !== undefined && service !== "dine-in" && <> · {servedAs}</>}
          </span>
          {!cancelled && (
            <span className={classes["status"]}>
              <StatusIcon size={18} stroke={2.2} aria-hidden />
              {t(`kitchen.status.${status === "served" ? "ready" : status}`)}
            </span>
          )}
        </div>
      </header>
      {cancelled && (
        <p className={classes["stop"]}>
          <IconHandStop size={24} aria-hidden />
          {t("kitchen.do-not-cook")}
        </p>
      )}
      <ul className={classes["lines"]}>
        {ticket.lines.map((line) => (
          <LineRow key={line.id} line={line} whole={cancelled} onPress={press} />
        ))}
      </ul>
      <footer className={classes["foot"]}>
        {!cancelled && status !== "new" && (
          <button
            type="button"
            className={classes["back"]}
            aria-label={t("kitchen.back", { number })}
            onClick={() => press({ kind: "recall" })}
          >
            <IconArrowBackUp size={26} aria-hidden />
          </button>
        )}
        <button
          type="button"
          data-main
          className={classes["main"]}
          data-next={cancelled ? "seen" : next}
          onClick={() => press(main)}
        >
          {cancelled ? t("kitchen.seen") : t(`kitchen.to.${next}`)}
        </button>
      </footer>
    </article>
  );
});
