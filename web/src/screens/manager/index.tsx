// The back office: its parts at the side (on a phone above), one of them at a time. It waits for the restaurant's money
// and clock, which all of them write with.
import "@mantine/core/styles.layer.css";
import {
  IconBook2,
  IconChartBar,
  IconPackage,
  IconShieldCheck,
  IconToolsKitchen2,
  IconUsers,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useCallback, useEffect, useRef, useState } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { queries } from "../../api/client.js";
import { problemOf } from "../../api/problem.js";
import { useWords } from "../../words/words.js";
import { Audit } from "./audit/Audit.js";
import classes from "./Manager.module.css";
import { MenuPage } from "./menu/MenuPage.js";
import { SayProvider } from "./parts/action.js";
import { Fault } from "./parts/Fault.js";
import { Products } from "./products/Products.js";
import { RestaurantProvider } from "./restaurant.js";
import { Sales } from "./sales/Sales.js";
import { StaffPage } from "./staff/StaffPage.js";
import { Stock } from "./stock/Stock.js";
import { manager } from "./words.js";

const PARTS = [
  { path: "/sales", word: "sales", icon: IconChartBar, Page: Sales },
  { path: "/products", word: "products", icon: IconToolsKitchen2, Page: Products },
  { path: "/stock", word: "stock", icon: IconPackage, Page: Stock },
  { path: "/menu", word: "menu", icon: IconBook2, Page: MenuPage },
  { path: "/staff", word: "staff", icon: IconUsers, Page: StaffPage },
  { path: "/audit", word: "audit", icon: IconShieldCheck, Page: Audit },
] as const satisfies readonly { readonly Page: ComponentType; readonly [field: string]: unknown }[];

const SAID_MS = 4_000;

export default function Manager() {
  const t = useWords(manager);
  const { data: restaurant, error } = useQuery(queries.restaurant.profile.queryOptions());
  const { said, say } = useSaid();
  return (
    <div className={classes["manager"]}>
      <PartLinks />
      <div className={classes["part"]}>
        {restaurant ? (
          <RestaurantProvider value={restaurant}>
            <SayProvider value={say}>
              <Switch>
                {PARTS.map(({ path, Page }) => (
                  <Route key={path} path={path}>
                    <Page />
                  </Route>
                ))}
                <Route>
                  <Redirect to="/sales" replace />
                </Route>
              </Switch>
            </SayProvider>
          </RestaurantProvider>
        ) : (
          <div className={classes["waiting"]}>
            {error ? <Fault problem={problemOf(error)} /> : t("manager.loading")}
          </div>
        )}
      </div>
      <p role="status" className={classes["said"]} data-some={said !== "" || undefined}>
        {said}
      </p>
    </div>
  );
}

function PartLinks() {
  const t = useWords(manager);
  const [location] = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current
      ?.querySelector(`a[href$="${location}"]`)
      ?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }, [location]);
  return (
    <nav ref={nav} className={classes["parts"]} aria-label={t("manager.parts")}>
      {PARTS.map(({ path, word, icon: Icon }) => (
        <Link key={path} href={path} aria-current={location.startsWith(path) ? "page" : undefined}>
          <Icon size={22} stroke={1.7} aria-hidden />
          <span>{t(`manager.${word}`)}</span>
        </Link>
      ))}
    </nav>
  );
}

function useSaid() {
  const [said, setSaid] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback((text: string) => {
    clearTimeout(timer.current);
    setSaid(text);
    timer.current = setTimeout(() => setSaid(""), SAID_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { said, say };
}
