// Around every screen: where one can go, who is here, how the connection stands.
import { Button } from "@mantine/core";
import { IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useRef, useState } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { useConnection } from "../api/connection.js";
import { type Me, useSignIn } from "../api/session.js";
import { startStream } from "../api/stream.js";
import { useTimeZone } from "../api/time-zone.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import { Brand } from "./Brand.js";
import { Preferences } from "./Preferences.js";
import { Recover } from "./Recover.js";
import { type Screen, screens } from "./screens.js";
import classes from "./Shell.module.css";
import { Waiting } from "./Waiting.js";

const STUCK_MS = 10_000;

export function Shell({ me }: { readonly me: Me }) {
  const t = useWords(shell);
  const client = useQueryClient();
  useEffect(() => startStream(client), [client]);
  const { leaving, stuck, leave } = useLeave();
  const mine = screens.filter(({ permission }) => me.permissions.includes(permission));
  const [first] = mine;
  const [location] = useLocation();
  const here = mine.find(({ path }) => location.startsWith(path));
  return (
    <div className={classes["shell"]}>
      <header className={classes["bar"]}>
        <Brand />
        <Tabs screens={mine} />
        <div className={classes["right"]}>
          <Preferences />
          <User me={me} leaving={leaving} onLeave={leave} />
        </div>
      </header>
      <ConnectionBanner />
      <div role="alert" className={classes["banner"]} data-state={stuck ? "polling" : "live"}>
        {stuck && t("shell.not-signed-out", { name: me.name })}
      </div>
      <main className={classes["screen"]}>
        <Recover key={here?.path}>
          <Suspense fallback={<Waiting />}>
            <Switch>
              {mine.map(({ path, Page }) => (
                <Route key={path} path={path} nest>
                  <Page />
                </Route>
              ))}
              <Route>
                {first ? (
                  <Redirect to={first.path} replace />
                ) : (
                  <p className={classes["nothing"]}>{t("shell.nothing")}</p>
                )}
              </Route>
            </Switch>
          </Suspense>
        </Recover>
      </main>
    </div>
  );
}

function Tabs({ screens: mine }: { readonly screens: readonly Screen[] }) {
  const t = useWords(shell);
  const [location] = useLocation();
  const nav = useRef<HTMLElement>(null);
  const here = mine.find(({ path }) => location.startsWith(path))?.path;
  useEffect(() => {
    nav.current
      ?.querySelector(`a[href$="${here}"]`)
      ?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }, [here]);
  if (mine.length < 2) return null;
  return (
    <nav ref={nav} className={classes["tabs"]} aria-label={t("shell.screens")}>
      {mine.map(({ path, word, icon: Icon }) => (
        <Link key={path} href={path} aria-current={location.startsWith(path) ? "page" : undefined}>
          <Icon size={20} stroke={1.8} aria-hidden />
          <span>{t(word)}</span>
        </Link>
      ))}
    </nav>
  );
}

interface UserProps {
  readonly me: Me;
  readonly leaving: boolean;
  onLeave(this: void): void;
}

/** One tap hands the screen over to the next person; the cart stays on the device. */
function User({ me, leaving, onLeave }: UserProps) {
  const t = useWords(shell);
  return (
    <Button
      variant="subtle"
      color="gray"
      size="md"
      leftSection={<IconUser size={20} aria-hidden />}
      title={t("shell.switch-user")}
      aria-label={t("shell.signed-in", { name: me.name })}
      loading={leaving}
      onClick={onLeave}
    >
      {me.name}
    </Button>
  );
}

/** Signs out. Where that fails, the next person would work under this one's name: it is said, for long enough. */
function useLeave() {
  const { signOut } = useSignIn();
  const [leaving, setLeaving] = useState(false);
  const [stuck, setStuck] = useState(false);
  useEffect(() => {
    if (!stuck) return undefined;
    const timer = setTimeout(() => setStuck(false), STUCK_MS);
    return () => clearTimeout(timer);
  }, [stuck]);
  const leave = () => {
    setStuck(false);
    setLeaving(true);
    signOut()
      .catch(() => setStuck(true))
      .finally(() => setLeaving(false));
  };
  return { leaving, stuck, leave };
}

/** A quiet stale screen is the worst state: it says since when nothing new came. */
function ConnectionBanner() {
  const t = useWords(shell);
  const { state, freshAt } = useConnection();
  const timeZone = useTimeZone();
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
  const time = clock.format(freshAt);
  return (
    <div role="status" className={classes["banner"]} data-state={state}>
      {state === "offline" && t("shell.offline", { time })}
      {state === "polling" && (
        <>
          {/* Moves on every few seconds; who hears the screen would be told again each time. */}
          {t("shell.polling")} <span aria-hidden>{t("shell.updated", { time })}</span>
        </>
      )}
    </div>
  );
}
