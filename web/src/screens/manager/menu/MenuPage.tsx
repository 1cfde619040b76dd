// The menu as tills show it: categories with their dishes, and the groups of choices that dishes come with.
import { useState } from "react";
import { problemOf } from "../../../api/problem.js";
import { useWords } from "../../../words/words.js";
import { Chips } from "../parts/Chips.js";
import { Fault } from "../parts/Fault.js";
import parts from "../parts/parts.module.css";
import { useSettings } from "../settings.js";
import { manager } from "../words.js";
import { Categories } from "./Categories.js";
import { Groups } from "./Groups.js";
import { menuWords } from "./words.js";

const VIEWS = ["dishes", "choices"] as const;

export function MenuPage() {
  const t = useWords(menuWords);
  const words = useWords(manager);
  const { data: settings, error } = useSettings();
  const [view, setView] = useState<(typeof VIEWS)[number]>("dishes");
  return (
    <section className={parts["page"]} aria-labelledby="menu-title">
      <div className={parts["head"]}>
        <h1 id="menu-title">{words("manager.menu")}</h1>
        <Chips
          label={t("menu.view")}
          value={view}
          options={VIEWS.map((value) => ({ value, label: t(`menu.${value}`) }))}
          onChange={setView}
        />
      </div>
      {error && <Fault problem={problemOf(error)} />}
      {settings &&
        (view === "dishes" ? <Categories settings={settings} /> : <Groups settings={settings} />)}
    </section>
  );
}
