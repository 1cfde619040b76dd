// Recomputes the chain of the audit log and says what came of it.
import { Button, TextInput } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { Verification } from "../../../../../src/modules/audit/contract.js";
import { api } from "../../../api/client.js";
import { useWords } from "../../../words/words.js";
import { useAction } from "../parts/action.js";
import { Fault } from "../parts/Fault.js";
import parts from "../parts/parts.module.css";
import { useFormat } from "../restaurant.js";
import { audit } from "./words.js";

export function Check({ title }: { readonly title: ReactNode }) {
  const t = useWords(audit);
  const { count } = useFormat();
  const { busy, problem, run } = useAction();
  const [mark, setMark] = useState("");
  const [result, setResult] = useState<Verification>();
  const check = (head: string) =>
    run(async () => setResult(await api.audit.verify(head === "" ? {} : { head })));
  return (
    <>
      <div className={parts["head"]}>
        {title}
        <Button
          size="md"
          variant="default"
          leftSection={<IconShieldCheck size={20} />}
          loading={busy}
          onClick={() => void check("")}
        >
          {t("audit.check")}
        </Button>
      </div>
      <Fault problem={problem} />
      <div role="status" className={parts["result"]} data-good={result?.sound || undefined}>
        {result && (
          <>
            <b>
              {result.sound
                ? t("audit.sound", { count: count(result.entries) })
                : t("audit.unsound")}
            </b>
            {result.faults.length > 0 && (
              <ul>
                {result.faults.map(({ position, what }) => (
                  <li key={`${position} ${what}`}>{t("audit.fault", { position, what })}</li>
                ))}
              </ul>
            )}
            {result.sound && (
              <span>
                {t("audit.head")} <code>{result.head}</code>
              </span>
            )}
          </>
        )}
      </div>
      {result && (
        <form
          className={parts["tools"]}
          onSubmit={(event) => {
            event.preventDefault();
            void check(mark.trim());
          }}
        >
          <TextInput
            size="md"
            className={parts["grow"] ?? ""}
            label={t("audit.earlier")}
            required
            autoComplete="off"
            value={mark}
            onChange={(event) => setMark(event.currentTarget.value)}
          />
          <Button type="submit" size="md" variant="default" loading={busy}>
            {t("audit.compare")}
          </Button>
        </form>
      )}
    </>
  );
}
