// A screen that fails must not take the others along, and says what to do. Give it the screen as its key: another screen
// is tried anew.
import { Button } from "@mantine/core";
import { Component, type ErrorInfo, type ReactNode, useState } from "react";
import { reload } from "../api/reload.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./Recover.module.css";

interface Props {
  readonly children: ReactNode;
}

export class Recover extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const t = useWords(shell);
  const [away, setAway] = useState(false);
  return (
    <div role="alert" className={classes["failed"]}>
      <p>{t("shell.failed")}</p>
      {away && <p>{t("shell.away")}</p>}
      <Button size="lg" onClick={() => void reload().then((loads) => setAway(!loads))}>
        {t("shell.reload")}
      </Button>
    </div>
  );
}
