// The groups of choices: what a guest may or must choose with a dish.
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import parts from "../parts/parts.module.css";
import type { ModifierGroup, Settings } from "../settings.js";
import { dishesWith } from "./dishes-with.js";
import { GroupSheet } from "./GroupSheet.js";
import { menuWords } from "./words.js";

export function Groups({ settings }: { readonly settings: Settings }) {
  const t = useWords(menuWords);
  const language = useLanguage();
  const [open, setOpen] = useState<ModifierGroup | "new">();
  const groups = settings.modifierGroups;
  return (
    <>
      <div className={parts["tools"]}>
        <Button size="md" leftSection={<IconPlus size={18} />} onClick={() => setOpen("new")}>
          {t("menu.add-group")}
        </Button>
      </div>
      {groups.length === 0 && <p className={parts["note"]}>{t("menu.no-groups")}</p>}
      {groups.length > 0 && (
        <table className={parts["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("menu.group")}</th>
              <th scope="col" data-wide>
                {t("menu.choices")}
              </th>
              <th scope="col">{t("menu.how-many")}</th>
              <th scope="col" data-number>
                {t("menu.used-by")}
              </th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.code}>
                <th scope="row">
                  <button type="button" className={parts["open"]} onClick={() => setOpen(group)}>
                    {pick(group.name, language)}
                  </button>
                </th>
                <td data-wide>
                  {group.modifiers.map(({ name }) => pick(name, language)).join(", ")}
                </td>
                <td>
                  {group.min === group.max
                    ? t("menu.exactly", { count: group.min })
                    : t("menu.range", { min: group.min, max: group.max })}
                </td>
                <td data-number>{dishesWith(settings, group.code)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open !== undefined && (
        <GroupSheet
          key={open === "new" ? "new" : open.code}
          group={open === "new" ? undefined : open}
          settings={settings}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}
