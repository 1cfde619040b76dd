// The system: how its modules work together, live, and what a person can mend.
// The components that the till does not use bring their styles along.
import "@mantine/core/styles.layer.css";
import { IconBolt, IconMap2, IconRoute, IconShieldCheck, IconTimeline } from "@tabler/icons-react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useWords } from "../../words/words.js";
import { BoundariesPage } from "./boundaries/BoundariesPage.js";
import { EventsPage } from "./events/EventsPage.js";
import { MapPage } from "./map/MapPage.js";
import { SagasPage } from "./sagas/SagasPage.js";
import { StoryPage } from "./story/StoryPage.js";
import classes from "./System.module.css";
import { system } from "./words.js";

const PAGES = [
  { path: "/", word: "system.page.map", icon: IconMap2 },
  { path: "/events", word: "system.page.events", icon: IconBolt },
  { path: "/sagas", word: "system.page.sagas", icon: IconRoute },
  { path: "/orders", word: "system.page.orders", icon: IconTimeline },
  { path: "/boundaries", word: "system.page.boundaries", icon: IconShieldCheck },
] as const;

export default function System() {
  const t = useWords(system);
  const [location] = useLocation();
  const isHere = (path: string) =>
    path === "/" ? location === "/" || location === "" : location.startsWith(path);
  return (
    <div className={classes["system"]}>
      <nav className={classes["nav"]} aria-label={t("system.title")}>
        {PAGES.map(({ path, word, icon: Icon }) => (
          <Link key={path} href={path} aria-current={isHere(path) ? "page" : undefined}>
            <Icon size={19} stroke={1.8} aria-hidden />
            {t(word)}
          </Link>
        ))}
      </nav>
      <div className={classes["page"]}>
        <h1 className="visually-hidden">{t("system.title")}</h1>
        <Switch>
          <Route path="/events" component={EventsPage} />
          <Route path="/sagas" component={SagasPage} />
          <Route path="/orders/:id?" component={StoryPage} />
          <Route path="/boundaries" component={BoundariesPage} />
          <Route component={MapPage} />
        </Switch>
      </div>
    </div>
  );
}
