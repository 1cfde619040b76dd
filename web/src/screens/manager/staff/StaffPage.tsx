// Who works here, and the devices on which a PIN is enough.
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { useSession } from "../../../api/session.js";
import { useWords } from "../../../words/words.js";
import { Chips } from "../parts/Chips.js";
import { Fault } from "../parts/Fault.js";
import parts from "../parts/parts.module.css";
import { manager } from "../words.js";
import { Devices } from "./Devices.js";
import type { Person } from "./person.js";
import { StaffSheet } from "./StaffSheet.js";
import { staff } from "./words.js";

const WHICH = ["working", "archived"] as const;

export function StaffPage() {
  const t = useWords(staff);
  const words = useWords(manager);
  const { data: me } = useSession();
  const { data, error } = useQuery(queries.auth.staff.list.queryOptions());
  const [which, setWhich] = useState<(typeof WHICH)[number]>("working");
  const [open, setOpen] = useState<Person | "new">();
  const shown = data?.items.filter(({ archived }) => archived === (which === "archived")) ?? [];

  return (
    <section className={parts["page"]} aria-labelledby="staff-title">
      <div className={parts["head"]}>
        <h1 id="staff-title">{words("manager.staff")}</h1>
        <Button size="md" leftSection={<IconPlus size={20} />} onClick={() => setOpen("new")}>
          {t("staff.add")}
        </Button>
      </div>
      <div className={parts["tools"]}>
        <Chips
          label={t("staff.which")}
          value={which}
          options={WHICH.map((value) => ({ value, label: t(`staff.${value}`) }))}
          onChange={setWhich}
        />
      </div>
      {error && <Fault problem={problemOf(error)} />}
      {data && shown.length === 0 && <p className={parts["note"]}>{words("manager.none")}</p>}
      {shown.length > 0 && (
        <table className={parts["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("staff.name")}</th>
              <th scope="col">{t("staff.role")}</th>
              <th scope="col">{t("staff.state")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((person) => (
              <tr key={person.id}>
                <th scope="row">
                  <button type="button" className={parts["open"]} onClick={() => setOpen(person)}>
                    {person.name}
                  </button>{" "}
                  {person.id === me?.id && <span className={parts["badge"]}>{t("staff.you")}</span>}
                </th>
                <td>{t(`staff.${person.role}`)}</td>
                <td>
                  <State person={person} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Devices />
      {open !== undefined && (
        <StaffSheet
          key={open === "new" ? "new" : open.id}
          person={open === "new" ? undefined : open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}

function State({ person }: { readonly person: Person }) {
  const t = useWords(staff);
  const [word, tone] = person.archived
    ? (["archived", undefined] as const)
    : person.sample
      ? (["sample", "warn"] as const)
      : person.mustChangePin
        ? (["must-change", "warn"] as const)
        : (["ready", "good"] as const);
  return (
    <span className={parts["badge"]} data-tone={tone}>
      {t(`staff.${word}`)}
    </span>
  );
}
