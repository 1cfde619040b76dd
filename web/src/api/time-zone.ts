// The restaurant's clock. A tablet may be set to any zone; what is said of a moment must be the same on all of them.
import { useQuery } from "@tanstack/react-query";
import { queries } from "./client.js";

/** Undefined, for the zone of the device, until the restaurant is known. */
export function useTimeZone(): string | undefined {
  const profile = queries.restaurant.profile.queryOptions();
  const { data } = useQuery({ ...profile, staleTime: Number.POSITIVE_INFINITY });
  return data?.timeZone;
}
