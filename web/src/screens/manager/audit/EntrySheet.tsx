// One entry of the audit log with all that it says.
import { Link } from "wouter";
import type { Entry } from "../../../../../src/modules/audit/contract.js";
import { useWords } from "../../../words/words.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { useFormat } from "../restaurant.js";
import { useActionWords } from "./action-words.js";
import { audit } from "./words.js";

interface EntrySheetProps {
  readonly entry: Entry;
  onClose(this: void): void;
}

export function EntrySheet({ entry, onClose }: EntrySheetProps) {
  const t = useWords(audit);
  const nameOf = useActionWords();
  const { dayAndTime } = useFormat();
  const { actor, approvedBy, subject, reason, details } = entry;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [t("audit.when"), dayAndTime(entry.at)],
    [t("audit.who"), actor.name],
    [t("audit.allowed"), approvedBy?.name],
    [t("audit.about"), [subject.name, subject.type, subject.id].filter(Boolean).join(" · ")],
    [t("audit.reason"), reason],
    [t("audit.address"), entry.from],
    [t("audit.trace"), entry.trace],
    [t("audit.position"), String(entry.position)],
    [t("audit.hash"), entry.hash],
  ];
  return (
    <Sheet size={760} title={nameOf(entry.action)} onClose={onClose}>
      <dl className={parts["facts"]}>
        {rows.map(([label, value]) =>
          value === undefined ? null : (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
        {details && (
          <div>
            <dt>{t("audit.details")}</dt>
            <dd>
              <pre>{JSON.stringify(details, null, 2)}</pre>
            </dd>
          </div>
        )}
      </dl>
      {/* Money that went back is told with the order's id alone, which stands on no receipt. */}
      {subject.type === "order" && (
        <Link href={`~/system/orders/${subject.id}`} className={parts["story"]}>
          {t("audit.story")}
        </Link>
      )}
    </Sheet>
  );
}
