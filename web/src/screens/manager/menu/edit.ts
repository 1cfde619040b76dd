// One edit of the settings, made on the version that this screen has read; afterwards all is read again, also when somebody
// else was quicker.
import { useAction } from "../parts/action.js";
import { useReread, useSettings } from "../settings.js";

export function useEdit() {
  const { data: settings } = useSettings();
  const reread = useReread();
  const { busy, problem, run } = useAction();
  const edit = (work: (version: number) => Promise<unknown>): Promise<boolean> =>
    run(async () => {
      if (!settings) return;
      try {
        await work(settings.version);
      } finally {
        await reread();
      }
    });
  return { busy, problem, edit };
}
