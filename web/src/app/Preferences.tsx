// Language and light or dark, one tap each, from everywhere.
import { ActionIcon, Button, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import { language, useLanguage } from "../words/language.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./Preferences.module.css";

export function Preferences() {
  const t = useWords(shell);
  const now = useLanguage();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const dark = scheme === "dark";
  return (
    <div className={classes["preferences"]}>
      <Button
        variant="subtle"
        color="gray"
        size="md"
        lang={now === "en" ? "my" : "en"}
        aria-label={t("shell.switch-language")}
        onClick={() => language.set(now === "en" ? "my" : "en")}
      >
        {now === "en" ? "မြန်မာ" : "English"}
      </Button>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={44}
        aria-label={dark ? t("shell.light") : t("shell.dark")}
        onClick={() => setColorScheme(dark ? "light" : "dark")}
      >
        {dark ? <IconSun size={22} /> : <IconMoon size={22} />}
      </ActionIcon>
    </div>
  );
}
