// What a module is handed: the faces that the manifest lists for it, and no other. A face that is not listed is missing
// from the type and from the object. For a module in a process of its own a remote client would be handed out here.
import { type AnyRouter, createFace, systemPrincipal } from "#platform/http";
import { StartError } from "#platform/kernel";
import { patternsOf, publisherOf, type Subscription } from "#platform/outbox";

type Manifest = Readonly<
  Record<string, { readonly calls: readonly string[]; readonly hears: readonly string[] }>
>;
interface MadeModule<Name> {
  readonly name: Name;
  readonly router: AnyRouter;
  readonly subscriptions: readonly Subscription<never>[];
}
type Calls<M extends Manifest, Name extends keyof M> = M[Name]["calls"][number];

export function createGrants<M extends Manifest, Faces extends object>(
  manifest: M,
  onCall: (from: string, to: string) => void,
) {
  const modules = new Map<string, MadeModule<string>>();
  const faceOf = (from: string, to: string) => {
    const module = modules.get(to);
    if (!module) throw new Error(`${from} calls ${to}, which must be made before it`);
    return createFace(module.router as never, {
      principal: systemPrincipal,
      onCall: () => onCall(from, to),
    });
  };

  /** An event can be named without importing it. What a pattern hears beyond the events that are named is never handed
   *  over (it becomes a dead letter), so `*` in place of a publisher grants nothing. */
  function refuseUngranted({ name: module, subscriptions }: MadeModule<keyof M & string>): void {
    const granted = [module, "*", "**", ...(manifest[module]?.hears ?? [])];
    for (const subscription of subscriptions) {
      const { name, events } = subscription;
      const heard = [...patternsOf(subscription), ...events.map((event) => event.name)];
      const foreign = heard.find((one) => !granted.includes(publisherOf(one)));
      if (foreign === undefined) continue;
      throw new StartError(
        `${name} hears ${foreign}: add ${publisherOf(foreign)} to \`hears\` of ${module} in manifest.ts first.`,
      );
    }
  }

  return {
    /** Makes the module's face available to those that may call it.
     *  @throws StartError when it hears what the manifest does not list for it */
    register<Module extends MadeModule<keyof M & string>>(module: Module): Module {
      refuseUngranted(module);
      modules.set(module.name, module);
      return module;
    },
    /** @throws StartError when a subscription is in none of the inboxes: nothing would ever be handed to it */
    refuseUnheard(inboxes: readonly { readonly subscriptions: readonly { name: string }[] }[]) {
      const served = inboxes.flatMap((inbox) => inbox.subscriptions.map(({ name }) => name));
      for (const { name: module, subscriptions } of modules.values()) {
        const deaf = subscriptions.find(({ name }) => !served.includes(name));
        if (deaf === undefined) continue;
        throw new StartError(
          `${deaf.name} would hear nothing: give the subscriptions of ${module} to hear(…) in app.ts.`,
        );
      }
    },
    /** Names or patterns of events that a module listens to. */
    heard: (name: string): readonly string[] =>
      modules.get(name)?.subscriptions.flatMap(patternsOf) ?? [],
    /** By module name, ready to be handed over. */
    facesFor<Name extends keyof M & string>(
      caller: Name,
    ): Pick<Faces, Calls<M, Name> & keyof Faces> {
      const granted = manifest[caller]?.calls ?? [];
      return Object.fromEntries(granted.map((to) => [to, faceOf(caller, to)])) as never;
    },
    /** For what stands above all modules. */
    allFaces: (caller: string) =>
      Object.fromEntries([...modules.keys()].map((to) => [to, faceOf(caller, to)])) as Faces,
  };
}
