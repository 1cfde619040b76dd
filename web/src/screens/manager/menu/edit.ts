// One edit of the settings, made on the version that this screen has read; afterwards all is read again, also when somebody
// else was quicker.
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { useWords } from "../../../words/words.js";
import { useAction, useSay } from "../parts/action.js";
import { type Settings, useReread, useSettings } from "../settings.js";
import { menuWords } from "./words.js";

/** A form gives `redraft`: what it shows is as old as the form, so its edit is made on the version of then, and when others
 *  were quicker its draft is made anew of what is now. It answers `gone` when that is not there any more: saved once more,
 *  it would be brought back. Without `redraft` the newest version counts, as the list on the screen. */
export function useEdit(redraft?: (now: Settings) => "gone" | undefined, onClose?: () => void) {
  const t = useWords(menuWords);
  const say = useSay();
  const { data: settings } = useSettings();
  const client = useQueryClient();
  const reread = useReread();
  const { busy, problem, run } = useAction();
  const opened = useRef(settings?.version);
  const edit = (work: (version: number) => Promise<unknown>): Promise<boolean> =>
    run(async () => {
      const version = redraft ? opened.current : settings?.version;
      if (version === undefined) return;
      let outdated = false;
      try {
        await work(version);
      } catch (error) {
        outdated = problemOf(error).code === "version-conflict";
        throw error;
      } finally {
        await reread();
        const now = client.getQueryData<Settings>(queries.restaurant.settings.queryKey());
        if (outdated && now && redraft) {
          opened.current = now.version;
          if (redraft(now) === "gone") {
            say(t("menu.gone"));
            onClose?.();
          }
        }
      }
    });
  return { busy, problem, edit };
}
