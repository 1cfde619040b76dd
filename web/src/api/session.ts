// Who is signed in at this screen. The session itself is a cookie that no script can read.
import { QueryCache, QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.js";
import { isPassing, problemOf } from "./problem.js";

export type Me = Awaited<ReturnType<typeof api.auth.sessions.current>>;

export const sessionKey = ["session"];

/** What could not be read is asked for again: a store that is well again tells nobody. */
const AGAIN_MS = 5_000;
export const againAfterError = ({ state }: { readonly state: { readonly error: unknown } }) =>
  state.error !== null && isPassing(problemOf(state.error)) && AGAIN_MS;

/** The one cache of the page. A session that ended anywhere brings back the sign-in. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (problemOf(error).code === "unauthenticated") client.setQueryData(sessionKey, null);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // Browsers call a machine without a network offline; its server may be the machine itself.
        networkMode: "always",
        retry: (failures, error) => failures < 3 && isPassing(problemOf(error)),
        refetchInterval: againAfterError,
      },
      // Only what has a key of its own may be sent twice, and that is decided where it is sent.
      mutations: { retry: false, networkMode: "always" },
    },
  });
  return client;
}

export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: async (): Promise<Me | null> => {
      try {
        return await api.auth.sessions.current();
      } catch (error) {
        if (problemOf(error).status === 401) return null;
        throw error;
      }
    },
    // Without an answer there is neither a door nor a screen to go on from.
    retry: true,
    retryDelay: 2_000,
    // Another process of the server may learn of the new PIN a few seconds later.
    refetchInterval: ({ state }) => state.data?.mustChangePin === true && 2_000,
    staleTime: 60_000,
  });
}

/** Signs in, and out; the next person starts without the last one's data. */
export function useSignIn() {
  const client = useQueryClient();
  const become = (me: Me | null) => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
    client.setQueryData(sessionKey, me);
  };
  return {
    async signIn(who: Parameters<typeof api.auth.sessions.create>[0]): Promise<void> {
      const { body } = await api.auth.sessions.create(who);
      become(body.staff);
    },
    async signOut(): Promise<void> {
      await api.auth.sessions.end().catch((error: unknown) => {
        if (problemOf(error).status !== 401) throw error;
      });
      become(null);
    },
    /** After what this session may do has changed. */
    readAgain: () => client.invalidateQueries({ queryKey: sessionKey }),
  };
}
